/**
 * Reads one item into chunks. A file that changes while it is read is read again; one that never holds still is stored as
 * it was met and marked. Nothing of a file is held but the chunk in hand.
 */
import type { Bytes } from '../bytes/index.ts';
import { isPacked } from '../chunker/index.ts';
import { codeOf, HoldfastError } from '../errors/index.ts';
import { type ChunkRef, encodeCbor, type Manifest, rootHash, segmentCodec } from '../format/index.ts';
import type { ArchiverDeps } from './deps.ts';
import type { Parcel } from './pack.ts';
import type { ChunkStore } from './store.ts';
import type { ArchiveItem, SourceFile } from './types.ts';

const CALM_TRIES = 3;
/** A manifest longer than this is stored as chunks of its own instead of inside the version. */
const INLINE_CHUNKS = 32;
const SEGMENT_CHUNKS = 65_536;

/** A file whose bytes all have a place, waiting for those places to be durable and for its commit. */
export interface ReadFile {
  readonly item: ArchiveItem;
  readonly size: number;
  readonly mtime: number;
  readonly mime: string;
  readonly rootHash: Bytes;
  readonly manifest: Manifest;
  readonly chunks: readonly ChunkRef[];
  readonly parcels: readonly Parcel[];
  readonly changedDuringRead: boolean;
}

type OnBytes = (bytes: number, size: number) => void | Promise<void>;

/** Errors: those of the source, for this item alone; those of the road, for the whole run. */
export async function readItem(
  deps: ArchiverDeps,
  store: ChunkStore,
  item: ArchiveItem,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<ReadFile> {
  for (let attempt = 1; ; attempt++) {
    const file = await item.open();
    const calm = attempt <= CALM_TRIES;
    try {
      return await readOnce(deps, store, item, calm ? file : restless(item, file), !calm, signal, onBytes);
    } catch (error) {
      if (codeOf(error) !== 'E_SOURCE_CHANGED' || !calm) throw error;
    }
  }
}

/** Opens the file afresh for every read, so that it can be stored although it keeps changing. Its size stays the first one. */
function restless(item: ArchiveItem, first: SourceFile): SourceFile {
  return {
    ...first,
    size: first.size,
    mtime: first.mtime,
    mime: first.mime,
    async read(start, end) {
      const now = await item.open();
      const bytes = await now.read(start, Math.min(end, now.size));
      if (bytes.length === end - start) return bytes;
      throw new HoldfastError('E_SOURCE_CHANGED', 'the file shrank while it was read');
    },
  };
}

async function readOnce(
  deps: ArchiverDeps,
  store: ChunkStore,
  item: ArchiveItem,
  file: SourceFile,
  changedDuringRead: boolean,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<ReadFile> {
  const chunks: ChunkRef[] = [];
  const parcels = new Set<Parcel>();
  let done = 0;
  let packed = false;
  for await (const plaintext of deps.chunker.split((start, end) => file.read(start, end), file.size)) {
    signal.throwIfAborted();
    if (chunks.length === 0) packed = isPacked(plaintext);
    const { ref, parcel } = await store.store(plaintext, packed);
    chunks.push(ref);
    if (parcel !== null) parcels.add(parcel);
    done += plaintext.length;
    await onBytes(done, file.size);
  }
  const { manifest, stored } = await writeManifest(store, chunks);
  for (const parcel of stored) parcels.add(parcel);
  return {
    item,
    size: done,
    mtime: file.mtime,
    mime: file.mime,
    rootHash: await rootHash(done, chunks),
    manifest,
    chunks,
    parcels: [...parcels],
    changedDuringRead,
  };
}

async function writeManifest(
  store: ChunkStore,
  chunks: readonly ChunkRef[],
): Promise<{ manifest: Manifest; stored: Parcel[] }> {
  const rows = chunks.map(({ len, h }): [number, Bytes] => [len, h]);
  if (rows.length <= INLINE_CHUNKS) return { manifest: { op: 'inline', chunks: rows }, stored: [] };
  const segments: [number, Bytes][] = [];
  const stored: Parcel[] = [];
  for (let at = 0; at < rows.length; at += SEGMENT_CHUNKS) {
    const { ref, parcel } = await store.store(encodeCbor(segmentCodec, rows.slice(at, at + SEGMENT_CHUNKS)), true);
    segments.push([ref.len, ref.h]);
    if (parcel !== null) stored.push(parcel);
  }
  return { manifest: { op: 'segments', segments }, stored };
}
