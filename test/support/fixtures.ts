/** Shared starting points of the tests: keys, a clock, randomness, an account's vault in memory. */

import type { KeyStore } from '../../shared/account/ports.ts';
import { certificate } from '../../shared/account/session.ts';
import { type ArchiverDeps, createLane, type SentPack, type SourceFile } from '../../shared/archiver/index.ts';
import { systemClock } from '../../shared/browser/index.ts';
import { type Bytes, fromHex, toHex } from '../../shared/bytes/index.ts';
import { domainKeys, generateSigningPair, vaultKeys } from '../../shared/crypto/index.ts';
import { type Op, sealEntry, VAULT_KIND } from '../../shared/format/index.ts';
import { openVault, type Vault } from '../../shared/vault/index.ts';
import { createMemoryKeyStore } from './memory-key-store.ts';
import type { MemoryServer } from './memory-server.ts';

export const random = {
  bytes(length: number): Bytes {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(out.subarray(at, at + 65_536));
    return out;
  },
};

/** Time that passes only when somebody sleeps. */
export function fakeClock(start = 1_700_000_000_000) {
  let now = start;
  return {
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

export interface Founder {
  readonly vaultId: string;
  readonly accountId: Bytes;
  readonly identity: Awaited<ReturnType<typeof generateSigningPair>>;
  readonly logKey: Bytes;
  readonly cacheKey: Bytes;
  readonly indexKey: Bytes;
  readonly domainSecret: Bytes;
}

/** A vault with its first entry on the server. */
export async function foundVault(server: MemoryServer): Promise<Founder> {
  const vaultId = random.bytes(16);
  const accountId = random.bytes(16);
  const identity = await generateSigningPair();
  const { log, index } = await vaultKeys(random.bytes(32));
  const device = await generateSigningPair();
  const deviceId = random.bytes(16);
  const cert = { deviceId, publicKey: device.publicKey, name: 'founder', addedAt: 1 };
  const genesis: Op = {
    op: 'genesis',
    kind: VAULT_KIND.personal,
    minSuite: 1,
    identity: identity.publicKey,
    accountId,
    createdAt: 1,
    serverId: random.bytes(16),
    serverPublicKey: 'pk',
  };
  const ops = [genesis, await certificate(identity.signingKey, accountId, cert)];
  const place = { vaultId, seq: 1, prev: new Uint8Array(32) };
  const entry = { device: deviceId, grant: 0, t: 1, seen: [], ops };
  const body = await sealEntry(log, place, entry, device.signingKey, random.bytes(32));
  await server.append(toHex(vaultId), server.head, [body], []);
  return {
    vaultId: toHex(vaultId),
    accountId,
    identity,
    logKey: log,
    cacheKey: random.bytes(32),
    indexKey: index,
    domainSecret: random.bytes(32),
  };
}

export interface TestDevice extends ArchiverDeps {
  readonly vault: Vault;
  readonly keyStore: KeyStore;
  readonly signingKey: CryptoKey;
}

/** One more device of the vault's founder. */
export async function joinVault(
  server: MemoryServer,
  founder: Founder,
  keyStore = createMemoryKeyStore(),
): Promise<TestDevice> {
  const pair = await generateSigningPair();
  const deviceId = random.bytes(16);
  const clock = fakeClock();
  const writer = {
    deviceId,
    signingKey: pair.signingKey,
    certificate: () =>
      certificate(founder.identity.signingKey, founder.accountId, {
        deviceId,
        publicKey: pair.publicKey,
        name: `device ${toHex(deviceId).slice(0, 4)}`,
        addedAt: 2,
      }),
  };
  const vault = await openVault(
    { api: server, keyStore, clock, random },
    founder.vaultId,
    { log: founder.logKey, cache: founder.cacheKey },
    writer,
  );
  await vault.pull();
  const domain = await domainKeys(founder.domainSecret, fromHex('09'.repeat(16)));
  return {
    vault,
    keyStore,
    signingKey: pair.signingKey,
    domain,
    indexKey: founder.indexKey,
    deviceId,
    api: server,
    clock: systemClock,
    random,
    lanes: [
      await createLane(domain, { random, fillsFromFiles: true }),
      await createLane(domain, { random, fillsFromFiles: false }),
    ],
    journal: memoryJournal(),
    tokens: noTokens,
    findings: memoryFindings(),
  };
}

/** A file whose bytes are at hand and never change. */
export function sourceOf(content: Bytes, mtime = 1, mime = ''): SourceFile {
  return { size: content.length, mtime, mime, blob: new Blob([content]), check: async () => undefined };
}

/** Everything a stream of items gives. */
export async function gathered<T>(items: Iterable<T> | AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A pack journal that lasts as long as the test. */
export function memoryJournal(): ArchiverDeps['journal'] {
  const packs = new Map<string, SentPack>();
  return {
    add: async (_vault, pack) => void packs.set(pack.id, pack),
    all: async () => [...packs.values()],
    remove: async (_vault, ids) => {
      for (const id of ids) packs.delete(id);
    },
  };
}

/** A token keeper that keeps none. */
export const noTokens: ArchiverDeps['tokens'] = { put: async () => undefined, owe: async () => undefined };

/** Findings that last as long as the test. */
export function memoryFindings(): ArchiverDeps['findings'] {
  const damaged = new Set<string>();
  return { damaged: async () => new Set(damaged), note: async (_vault, packId) => void damaged.add(packId) };
}
