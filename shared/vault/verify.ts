/** Opens and verifies one entry in its place: decryption, certificates, signature. What passes may be applied. */
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import { sha256, verify } from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';
import {
  certificateInput,
  type EntryPlace,
  entrySigned,
  type Op,
  type OpenedEntry,
  openEntry,
} from '../format/index.ts';
import { entryHashInput } from '../protocol/index.ts';
import type { GenesisState, VaultState } from './state.ts';

/** Hash of an entry: what the next one names as `prev`. */
export async function entryHash(place: EntryPlace, body: Uint8Array): Promise<Bytes> {
  return sha256(entryHashInput(place.vaultId, place.seq, place.prev, await sha256(body)));
}

/**
 * The entry that extends `state`, verified. E_INTEGRITY when it was not written, for exactly this place, by a device that
 * the founder's identity admitted and nobody revoked; E_DOWNGRADE for a suite below the vault's floor.
 */
export async function verifyNext(
  state: VaultState,
  vaultId: Uint8Array,
  logKey: Uint8Array,
  body: Uint8Array,
): Promise<{ entry: OpenedEntry; hash: Bytes }> {
  const place = { vaultId, seq: state.seq + 1, prev: state.hash };
  const entry = await openEntry(logKey, place, body, state.minSuite);
  const genesis = state.genesis ?? genesisOf(entry.ops);
  const writer = toHex(entry.device);
  let publicKey: Bytes | undefined = state.devices.get(writer)?.publicKey;
  if (state.devices.get(writer)?.revoked === true) throw integrityError();
  for (const op of entry.ops) {
    if (op.op !== 'device-cert') continue;
    if (!(await verify(genesis.identity, op.signature, certificateInput(genesis.accountId, op))))
      throw integrityError();
    const already = state.devices.get(toHex(op.deviceId));
    if (already !== undefined && !equal(already.publicKey, op.publicKey)) throw integrityError();
    if (toHex(op.deviceId) === writer) publicKey = op.publicKey;
  }
  if (publicKey === undefined || !(await entrySigned(place, entry, publicKey))) throw integrityError();
  return { entry, hash: await entryHash(place, body) };
}

function genesisOf(ops: readonly Op[]): GenesisState {
  const first = ops[0];
  if (first?.op !== 'genesis') throw integrityError();
  return first;
}
