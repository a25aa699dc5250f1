/**
 * The one thing about a log that the server must compute: the hash of an entry. The bytes to hash are defined here, the
 * hash function is the caller's (WebCrypto in clients, node:crypto in the server).
 */
import { type Bytes, info, u64be } from '../bytes/index.ts';

/**
 * Input of the entry hash: entryHash = SHA-256(entryHashInput(vault 16, seq, prev 32, SHA-256(body) 32)). The chain's
 * first entry has seq 1 and a prev of 32 zero bytes.
 */
export function entryHashInput(vault: Uint8Array, seq: number, prev: Uint8Array, bodyHash: Uint8Array): Bytes {
  return info('ebk1/log/entry', vault, u64be(seq), prev, bodyHash);
}

/** Value of `If-Match` and `ETag` for a head. */
export function headTag(seq: number, hashHex: string): string {
  return `"${seq}.${hashHex}"`;
}

/** What a device or recovery key signs to open a session: bound to the server, the purpose, who, and one challenge. */
export function challengeInput(
  purpose: 'device' | 'recovery',
  serverId: Uint8Array,
  subject: Uint8Array,
  challenge: Uint8Array,
): Bytes {
  return info(purpose === 'device' ? 'ebk1/session/device' : 'ebk1/session/recovery', serverId, subject, challenge);
}
