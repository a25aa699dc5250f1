/** Reads one chunk back from where the index says it lies: how a stored thing is proven to be there. */
import type { Bytes } from '../bytes/index.ts';
import type { PackRange } from '../client/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { type ErrorCode, integrityError } from '../errors/index.ts';
import { type ChunkRef, chunkId, chunkKey, openChunk } from '../format/index.ts';
import { RANGE_ALIGN } from '../protocol/index.ts';
import { type ChunkPlace, chunkPlace, type VaultState } from './state.ts';

export type { PackRange };

/** Gives bytes `[start, end)` of a pack; both are multiples of RANGE_ALIGN. They are the caller's alone. */
export type ReadPack = (packId: string, range: PackRange) => Promise<Bytes>;

/** A pack's own faults; every other failure is of the road and says nothing about the pack. */
export const PACK_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['E_INTEGRITY', 'E_NOT_FOUND', 'E_PROTOCOL']);

/** The smallest aligned range that covers `[off, off + len)`. */
export function alignedRange(off: number, len: number): PackRange {
  return {
    start: Math.floor(off / RANGE_ALIGN) * RANGE_ALIGN,
    end: Math.ceil((off + len) / RANGE_ALIGN) * RANGE_ALIGN,
  };
}

/** Where a manifest's chunk lies; E_INTEGRITY when no index entry names it. */
export async function placeOf(
  state: VaultState,
  keys: DomainKeys,
  ref: ChunkRef,
): Promise<ChunkPlace & { cid: Bytes }> {
  const cid = await chunkId(keys, ref.h);
  const place = chunkPlace(state, cid);
  if (place === null) throw integrityError();
  return { ...place, cid };
}

/** Fetches and verifies one chunk. E_INTEGRITY when it is not what the manifest says. */
export async function readChunk(
  state: VaultState,
  keys: DomainKeys,
  ref: ChunkRef,
  readPack: ReadPack,
): Promise<Bytes> {
  const { pack, off, len, cid, salt } = await placeOf(state, keys, ref);
  const range = alignedRange(off, len);
  const bytes = await readPack(pack.id, range);
  const blob = bytes.subarray(off - range.start, off - range.start + len);
  return openChunk(keys.domainId, await chunkKey(keys, cid, salt), ref, blob);
}
