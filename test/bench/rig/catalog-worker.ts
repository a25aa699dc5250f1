/**
 * What the bench `catalog` runs in a worker of the browser, over the product's own code: writes a large state down as a
 * device would, with a tail of sealed entries behind it; and opens it, lists it, searches it.
 */
import { certificate } from '../../../shared/account/session.ts';
import { createKeyStore, systemClock, systemRandom } from '../../../shared/browser/index.ts';
import { fromHex, toHex } from '../../../shared/bytes/index.ts';
import { createCatalog } from '../../../shared/catalog/index.ts';
import { generateSigningPair } from '../../../shared/crypto/index.ts';
import { MAX_OPS, type Op, sealEntry } from '../../../shared/format/index.ts';
import { countsOf, entryHash, openVault, saveCheckpoint, type Vault } from '../../../shared/vault/index.ts';
import { fileOf, LARGE_GENESIS, largeState } from '../../support/large-state.ts';

export type Order =
  | { readonly do: 'write'; readonly files: number; readonly tail: number }
  | { readonly do: 'open' }
  | { readonly do: 'type'; readonly queries: readonly string[] };

export interface Typed {
  readonly query: string;
  readonly ms: number;
  readonly results: number;
}

const VAULT = '5a'.repeat(16);
const SEALS = { log: new Uint8Array(32).fill(1), cache: new Uint8Array(32).fill(2) };
/** As the screen asks, for a folder's first rows and for a search. */
const LIMIT = 500;

const keyStore = createKeyStore('bench-catalog');
let vault: Vault | null = null;
const catalog = createCatalog(() => (vault as Vault).state);

/** A checkpoint of so many files, and entries of 64 new files each that came after it. */
async function write(files: number, tail: number): Promise<object> {
  const identity = await generateSigningPair();
  const device = await generateSigningPair();
  const deviceId = systemRandom.bytes(16);
  const state = largeState(files, { ...LARGE_GENESIS, identity: identity.publicKey });
  const began = performance.now();
  const kept = await saveCheckpoint({ keyStore, random: systemRandom }, VAULT, SEALS.cache, state);
  const write_ms = performance.now() - began;
  const named = { deviceId, publicKey: device.publicKey, name: 'bench', addedAt: 1 };
  let place = { vaultId: fromHex(VAULT), seq: state.seq + 1, prev: state.hash };
  for (let at = 0; at < tail; at++) {
    const ops: Op[] = Array.from({ length: MAX_OPS - 1 }, (_, i) =>
      fileOf(2 * files + at * MAX_OPS + i, `new ${at} ${i}.txt`),
    );
    if (at === 0) ops.unshift(await certificate(identity.signingKey, LARGE_GENESIS.accountId, named));
    const entry = { device: deviceId, grant: 0, t: 1, seen: [], ops };
    const body = await sealEntry(SEALS.log, place, entry, device.signingKey, systemRandom.bytes(32));
    await keyStore.cacheEntries(VAULT, place.seq, [body]);
    place = { ...place, seq: place.seq + 1, prev: await entryHash(place, body) };
  }
  await keyStore.pinHead(VAULT, { seq: place.seq - 1, hash: toHex(place.prev) }, []);
  return { kept, write_ms, ...countsOf(state) };
}

/** From nothing to the first list on the screen. */
async function open(): Promise<object> {
  const { signingKey } = await generateSigningPair();
  const began = performance.now();
  const writer = { deviceId: systemRandom.bytes(16), signingKey, certificate: () => Promise.reject(new Error('no')) };
  const api = {
    readLog: async () => ({
      entries: [],
      head: { seq: vault?.state.seq ?? 0, hash: toHex(vault?.state.hash ?? SEALS.log) },
    }),
    append: () => Promise.reject(new Error('no')),
  };
  vault = await openVault({ api, keyStore, clock: systemClock, random: systemRandom }, VAULT, SEALS, writer);
  const opened = performance.now() - began;
  await vault.pull();
  const { rows } = catalog.folder(null, 'name', false, LIMIT);
  return {
    open_ms: performance.now() - began,
    opened,
    rows: rows.length,
    seq: vault.state.seq,
    files: catalog.fileCount,
  };
}

function type(queries: readonly string[]): Typed[] {
  return queries.map((query) => {
    const began = performance.now();
    const { length } = catalog.search(query, LIMIT);
    return { query, ms: performance.now() - began, results: length };
  });
}

addEventListener('message', async ({ data }: MessageEvent<Order>) => {
  try {
    if (data.do === 'write') postMessage(await write(data.files, data.tail));
    else postMessage(data.do === 'open' ? await open() : type(data.queries));
  } catch (error) {
    postMessage({ error: String((error as Error).stack) });
  }
});
