/**
 * Reads items into chunks. A file that changes while it is read is read again; one that never holds still is stored as it
 * was met and marked. Nothing of a file is held but the chunks in hand, and those within the byte budget.
 */
import type { Bytes } from '../bytes/index.ts';
import { codeOf, HoldfastError } from '../errors/index.ts';
import { type ChunkRef, encodeCbor, type Manifest, rootHash, segmentCodec } from '../format/index.ts';
import { type Cutter, cutFile } from './cut-file.ts';
import type { ChunkGroup, Lane } from './lane.ts';
import type { Parcel } from './pack.ts';
import { readWhole } from './source.ts';
import type { ArchiveItem, SourceFile } from './types.ts';

const CALM_TRIES = 3;
/** Bytes of a restless file that are copied at a time. */
const COPY = 1_048_576;
/** A manifest longer than this is stored as chunks of its own instead of inside the version. */
const INLINE_CHUNKS = 32;
const SEGMENT_CHUNKS = 65_536;
/**
 * A small file is read in one go, and a browser refuses to read one whose date has moved since it was opened, counted in
 * whole seconds. Only a file that was written to this shortly before can therefore change unseen, and is looked at twice.
 */
const FRESH_MS = 10_000;

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

export interface Opened {
  readonly item: ArchiveItem;
  readonly file: SourceFile;
}

export interface Reader extends Cutter {
  readonly now: () => number;
}

/**
 * Several small files at once, in the order given; null when not all of them can be read as they were opened, and then
 * nothing was kept: each has to be read alone.
 */
export async function readTogether(reader: Reader, opened: readonly Opened[]): Promise<ReadFile[] | null> {
  const lane = reader.lane();
  const full = opened.filter(({ file }) => file.size > 0);
  const sum = full.reduce((bytes, { file }) => bytes + file.size, 0);
  const release = await reader.budget.acquire(sum, reader.signal);
  try {
    const group = full.length === 0 ? null : await readAsOpened(lane, full, reader.now());
    if (group === null && full.length > 0) return null;
    const parcels = group === null ? [] : await reader.store.store(lane, group);
    let next = 0;
    return await Promise.all(
      opened.map(({ item, file }) => {
        const place = file.size > 0 ? next++ : null;
        const chunks = place === null || group === null ? [] : [refOf(group, place)];
        const parcel = place === null ? null : (parcels[place] ?? null);
        return readFile(item, file, chunks, parcel === null ? [] : [parcel], false);
      }),
    );
  } finally {
    release();
  }
}

async function readAsOpened(lane: Lane, opened: readonly Opened[], now: number): Promise<ChunkGroup | null> {
  let group: ChunkGroup | null = null;
  try {
    group = await lane.whole(...inOneBlob(opened.map(({ file }) => file.blob)));
    const fresh = opened.filter(({ file }) => now - file.mtime < FRESH_MS);
    await Promise.all(fresh.map(({ file }) => file.check()));
    return group;
  } catch {
    if (group !== null) await lane.seal(group.id, []);
    return null;
  }
}

/** One Blob and the lengths of its parts: to hand over a Blob costs the same whatever it holds. */
function inOneBlob(parts: readonly Blob[]): [Blob, number[]] {
  return [new Blob([...parts]), parts.map(({ size }) => size)];
}

/** One file of any size. Errors: those of the source, for this item alone; those of the road, for the whole run. */
export async function readAlone(
  reader: Reader,
  item: ArchiveItem,
  onBytes: (bytes: number, size: number) => void,
): Promise<ReadFile> {
  for (let attempt = 1; ; attempt++) {
    const file = await item.open();
    const calm = attempt <= CALM_TRIES;
    try {
      const source = calm ? file : await copyOf(item, file);
      return await cut(reader, item, source, !calm, onBytes);
    } catch (error) {
      if (codeOf(error) !== 'E_SOURCE_CHANGED' || !calm) throw error;
    }
  }
}

async function cut(
  reader: Reader,
  item: ArchiveItem,
  file: SourceFile,
  changedDuringRead: boolean,
  onBytes: (bytes: number, size: number) => void,
): Promise<ReadFile> {
  const { chunks, parcels } = await cutFile(reader, file, (bytes) => onBytes(bytes, file.size));
  await file.check();
  const { manifest, stored } = await writeManifest(reader, chunks);
  return readFile(item, file, chunks, [...parcels, ...stored], changedDuringRead, manifest);
}

/** A copy in the browser's own store of a file that keeps changing, opened afresh for every read. Its size stays the first. */
async function copyOf(item: ArchiveItem, first: SourceFile): Promise<SourceFile> {
  let at = 0;
  const blocks = new ReadableStream<Bytes>({
    async pull(controller) {
      const end = Math.min(first.size, at + COPY);
      const block = at === end ? new Uint8Array(0) : await freshBlock(item, at, end);
      at = end;
      if (block.length > 0) controller.enqueue(block);
      if (at === first.size) controller.close();
    },
  });
  const blob = await new Response(blocks).blob();
  return { size: first.size, mtime: first.mtime, mime: first.mime, blob, check: async () => undefined };
}

async function freshBlock(item: ArchiveItem, start: number, end: number): Promise<Bytes> {
  for (let attempt = 1; ; attempt++) {
    try {
      const bytes = await readWhole((await item.open()).blob.slice(start, end));
      if (bytes.length === end - start) return bytes;
      throw new HoldfastError('E_SOURCE_CHANGED', 'the file shrank while it was read');
    } catch (error) {
      if (attempt > CALM_TRIES) throw error;
    }
  }
}

async function readFile(
  item: ArchiveItem,
  { mtime, mime }: SourceFile,
  chunks: readonly ChunkRef[],
  parcels: readonly (Parcel | null)[],
  changedDuringRead: boolean,
  manifest: Manifest = { op: 'inline', chunks: rowsOf(chunks) },
): Promise<ReadFile> {
  const size = chunks.reduce((sum, { len }) => sum + len, 0);
  const travelling = new Set(parcels.filter((parcel) => parcel !== null));
  return {
    ...{ item, size, mtime, mime, manifest, chunks, changedDuringRead },
    parcels: [...travelling],
    rootHash: await rootHash(size, chunks),
  };
}

function refOf(group: ChunkGroup, place: number): ChunkRef {
  const { len, h } = group.chunks[place] as ChunkRef;
  return { len, h };
}

function rowsOf(chunks: readonly ChunkRef[]): [number, Bytes][] {
  return chunks.map(({ len, h }) => [len, h]);
}

async function writeManifest(
  reader: Reader,
  chunks: readonly ChunkRef[],
): Promise<{ manifest: Manifest; stored: readonly (Parcel | null)[] }> {
  const rows = rowsOf(chunks);
  if (rows.length <= INLINE_CHUNKS) return { manifest: { op: 'inline', chunks: rows }, stored: [] };
  const segments: Bytes[] = [];
  for (let at = 0; at < rows.length; at += SEGMENT_CHUNKS) {
    segments.push(encodeCbor(segmentCodec, rows.slice(at, at + SEGMENT_CHUNKS)));
  }
  const lane = reader.lane();
  const group = await lane.whole(...inOneBlob(segments.map((segment) => new Blob([segment]))));
  const stored = await reader.store.store(lane, group);
  return { manifest: { op: 'segments', segments: rowsOf(group.chunks) }, stored };
}
