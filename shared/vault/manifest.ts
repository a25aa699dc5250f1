/** The chunks of a version: from the version itself, or from the segments its manifest points to; and where they lie. */

import { equal } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { codeOf, integrityError } from '../errors/index.ts';
import { type ChunkRef, decodeCbor, MAX_CHUNK, rootHash, segmentCodec } from '../format/index.ts';
import { PACK_FAULTS, placeOf, type ReadPack, readChunk } from './read-chunk.ts';
import type { VaultState, VersionState } from './state.ts';

/** All chunks in order, checked against the version's size and root hash. E_INTEGRITY when they do not add up. */
export async function readManifest(
  state: VaultState,
  keys: DomainKeys,
  version: VersionState,
  readPack: ReadPack,
): Promise<ChunkRef[]> {
  const { manifest } = version;
  const chunks: ChunkRef[] = [];
  if (manifest.op === 'inline') {
    for (const [len, h] of manifest.chunks) chunks.push({ len, h });
  } else {
    for (const [len, h] of manifest.segments) {
      const segment = await readChunk(state, keys, { len, h }, readPack);
      for (const [chunkLen, chunkHash] of decodeCbor(segmentCodec, segment, MAX_CHUNK))
        chunks.push({ len: chunkLen, h: chunkHash });
    }
  }
  const size = chunks.reduce((sum, chunk) => sum + chunk.len, 0);
  if (size !== version.size || !equal(await rootHash(size, chunks), version.rootHash)) throw integrityError();
  return chunks;
}

/**
 * The packs that a version's content lies in, those of its manifest's segments included. Errors: E_INTEGRITY when a chunk
 * is in no pack or the manifest does not verify; those of `readPack`, which is asked only for segments.
 */
export async function packsOfVersion(
  state: VaultState,
  keys: DomainKeys,
  version: VersionState,
  readPack: ReadPack,
): Promise<Set<string>> {
  const { manifest } = version;
  const segments = manifest.op === 'segments' ? manifest.segments.map(([len, h]) => ({ len, h })) : [];
  const packs = new Set<string>();
  for (const ref of [...segments, ...(await readManifest(state, keys, version, readPack))])
    packs.add((await placeOf(state, keys, ref)).pack.id);
  return packs;
}

/**
 * True when some of a version's content lies in one of these packs, and when that cannot be said because the list of its
 * chunks does not come back itself. Errors: those of the road.
 */
export async function liesIn(
  packIds: ReadonlySet<string>,
  state: VaultState,
  keys: DomainKeys,
  version: VersionState,
  readPack: ReadPack,
): Promise<boolean> {
  try {
    const packs = await packsOfVersion(state, keys, version, readPack);
    return [...packs].some((id) => packIds.has(id));
  } catch (error) {
    if (PACK_FAULTS.has(codeOf(error))) return true;
    throw error;
  }
}
