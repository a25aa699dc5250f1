/** Plans the download of a share from its link record: places and per-chunk keys are all in there. */
import { type Bytes, toHex } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { type LinkRecord, openChunk, type SharedChunk } from '../format/index.ts';
import { MAX_PACK } from '../protocol/index.ts';
import type { PlannedChunk, RestoreSet } from './plan.ts';

function planChunk(domainId: Bytes, packs: readonly Bytes[], chunk: SharedChunk): PlannedChunk {
  const [pack, off, len, plainLength, key, nonce, cid, h, packSize, salt] = chunk;
  const packId = packs[pack];
  if (packId === undefined) throw integrityError();
  const ref = { len: plainLength, h };
  return {
    packId: toHex(packId),
    packSize,
    off,
    len,
    ref,
    open: (blob) => openChunk(domainId, { salt, key, nonce, cid }, ref, blob),
  };
}

/** A file lies where its first chunk does. */
function filePlace(first: SharedChunk | undefined): number {
  if (first === undefined) return 0;
  const [pack, off] = first;
  return pack * MAX_PACK + off;
}

/** Plans the download of one file of the share by its place in the manifest, or of all of it. */
export function planShare(record: LinkRecord, index: number | null): RestoreSet {
  const { manifest } = record;
  const chosen = index === null ? manifest.files : manifest.files.slice(index, index + 1);
  const zip = record.kind === 1 && index === null;
  const files = chosen.map((file) => ({
    path: zip ? file.path : file.path.slice(-1),
    size: file.size,
    mtime: file.mtime,
    place: filePlace(file.chunks[0]),
    chunks: async () => file.chunks.map((chunk) => planChunk(manifest.domainId, manifest.packs, chunk)),
  }));
  return { zip, files, emptyFolders: [] };
}
