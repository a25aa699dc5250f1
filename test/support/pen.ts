/** Writes entries into a memory server's log directly, as a device, a thief of the log key, or the server might. */
import { certificate } from '../../shared/account/session.ts';
import { type Bytes, fromHex, toHex } from '../../shared/bytes/index.ts';
import { generateSigningPair, type SigningPair } from '../../shared/crypto/index.ts';
import { type Op, type OpOf, sealEntry } from '../../shared/format/index.ts';
import { entryHash } from '../../shared/vault/index.ts';
import { type Founder, random } from './fixtures.ts';
import type { MemoryServer } from './memory-server.ts';

export interface Writer {
  readonly deviceId: Bytes;
  readonly pair: SigningPair;
}

export async function newWriter(): Promise<Writer> {
  return { deviceId: random.bytes(16), pair: await generateSigningPair() };
}

/** The writer's certificate by the founder's identity, or by another. */
export async function certOf(founder: Founder, writer: Writer, by = founder.identity): Promise<OpOf<'device-cert'>> {
  const device = { deviceId: writer.deviceId, publicKey: writer.pair.publicKey, name: 'pen', addedAt: 3 };
  return (await certificate(by.signingKey, founder.accountId, device)) as OpOf<'device-cert'>;
}

/** Seals an entry for the place after `head` without putting it anywhere. */
export async function seal(founder: Founder, head: MemoryServer['head'], writer: Writer, ops: readonly Op[]) {
  const place = { vaultId: fromHex(founder.vaultId), seq: head.seq + 1, prev: fromHex(head.hash) };
  const entry = { device: writer.deviceId, grant: 0, t: 5, seen: [], ops };
  const body = await sealEntry(founder.logKey, place, entry, writer.pair.signingKey, random.bytes(32));
  return { body, head: { seq: place.seq, hash: toHex(await entryHash(place, body)) } };
}

/** Puts a body at the end of the log, whatever it is; the server's hash is right, as it can compute it. */
export async function push(server: MemoryServer, founder: Founder, body: Bytes): Promise<void> {
  const place = { vaultId: fromHex(founder.vaultId), seq: server.head.seq + 1, prev: fromHex(server.head.hash) };
  server.bodies.push(body);
  server.head = { seq: place.seq, hash: toHex(await entryHash(place, body)) };
}

export async function write(server: MemoryServer, founder: Founder, writer: Writer, ops: readonly Op[]): Promise<void> {
  const { body } = await seal(founder, server.head, writer, ops);
  await push(server, founder, body);
}
