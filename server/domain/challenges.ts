/** Challenges: the HMAC of a part of a pack, for owners who want to know that it is still there without reading it. */
import { createHmac } from 'node:crypto';
import { AUDIT_MAC_BYTES, challengedRange } from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { Refusal } from './refusal.ts';

/** 16 bytes, or null when the vault has no such pack or it cannot be read. The caller has checked the vault. */
export async function answerChallenge(
  { metadata, packs }: Deps,
  vaultId: string,
  packId: string,
  key: Uint8Array,
): Promise<Buffer | null> {
  const size = await metadata.packSize(vaultId, packId);
  if (size === null) return null;
  const { start, end } = challengedRange(key, size);
  const mac = createHmac('sha256', key);
  try {
    const blocks = await packs.get(packId, size, start, end);
    if (blocks === null) return null;
    for await (const block of blocks) mac.update(block);
  } catch (error) {
    // What the disk refuses is told of like what is gone: the owner will ask for the pack itself.
    if (error instanceof Refusal) return null;
    throw error;
  }
  return mac.digest().subarray(0, AUDIT_MAC_BYTES);
}
