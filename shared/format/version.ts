/** What ties a file version together: the root hash over its chunks, the device certificate, and the root folder's id. */
import { type Bytes, info, u32be, u64be, utf8 } from '../bytes/index.ts';
import { LABELS, sha256 } from '../crypto/index.ts';
import type { ChunkRef } from './chunk.ts';
import type { OpOf } from './ops.ts';

export const ROOT_FOLDER: Bytes = new Uint8Array(16);

/** rootHash = SHA-256(info("ebk1/file/root", u64be(size), u32be(n), h1 ‖ … ‖ hn)), hashed over the chunks' hashes' hash. */
export async function rootHash(size: number, chunks: readonly ChunkRef[]): Promise<Bytes> {
  // Not `concat`: a large file's chunks are more than a call takes as arguments.
  const hashes = new Uint8Array(32 * chunks.length);
  for (const [i, { h }] of chunks.entries()) hashes.set(h, 32 * i);
  return sha256(info(LABELS.fileRoot, u64be(size), u32be(chunks.length), await sha256(hashes)));
}

/** What the identity key signs to admit a device. */
export function certificateInput(accountId: Uint8Array, cert: Omit<OpOf<'device-cert'>, 'op' | 'signature'>): Bytes {
  return info(LABELS.deviceCertificate, accountId, cert.deviceId, cert.publicKey, utf8(cert.name), u64be(cert.addedAt));
}
