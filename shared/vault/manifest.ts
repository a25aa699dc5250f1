/** The chunks of a version: from the version itself, or from the segments its manifest points to. */

import { equal } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';
import { type ChunkRef, decodeCbor, MAX_CHUNK, rootHash, segmentCodec } from '../format/index.ts';
import { type ReadPack, readChunk } from './read-chunk.ts';
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
