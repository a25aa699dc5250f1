/**
 * The files of a set read in order: planned a batch at a time, so that the first byte does not wait for the plan of the
 * last file, and the next batch is planned while one is read. The batches grow: the more of the plan is known, the fewer
 * packs are let go before their last file.
 */
import { mapConcurrent } from '../async/index.ts';
import type { Bytes } from '../bytes/index.ts';
import type { ReadPack } from '../vault/index.ts';
import { type ChunkFetcher, createFetcher } from './fetch.ts';
import type { PlannedChunk, PlannedFile } from './plan.ts';

const FIRST_BATCH = 512;
const LARGEST_BATCH = 8_192;
/** Files planned together: each is a few questions to WebCrypto, which answers several as soon as one. */
const PLANNED_AT_ONCE = 8;

/** A planned file whose chunks can now be read, before the next file is asked for. */
export interface ReadableFile<File extends PlannedFile> {
  readonly file: File;
  readonly chunks: readonly PlannedChunk[];
  /** Plaintexts of the chunks in order, each verified. */
  read(): AsyncGenerator<Bytes, void, undefined>;
}

interface Batch<File> {
  readonly files: readonly Planned<File>[];
  /** Number of its first chunk. */
  readonly first: number;
}

interface Planned<File> {
  readonly file: File;
  readonly chunks: readonly PlannedChunk[];
}

/** Errors: E_INTEGRITY, E_CANCELLED, those of `readPack`; they end the reading. */
export async function* readFiles<File extends PlannedFile>(
  files: Iterable<File> | AsyncIterable<File>,
  readPack: ReadPack,
  signal: AbortSignal,
): AsyncGenerator<ReadableFile<File>, void, undefined> {
  const fetcher = createFetcher(readPack);
  for await (const batch of oneAhead(batchesOf(files, readPack, fetcher))) {
    let { first } = batch;
    for (const { file, chunks } of batch.files) {
      const start = first;
      first += chunks.length;
      yield { file, chunks, read: () => fetcher.read(start, start + chunks.length, signal) };
    }
  }
}

async function* batchesOf<File extends PlannedFile>(
  files: Iterable<File> | AsyncIterable<File>,
  readPack: ReadPack,
  fetcher: ChunkFetcher,
): AsyncGenerator<Batch<File>, void, undefined> {
  let size = FIRST_BATCH;
  let batch: Planned<File>[] = [];
  let chunks = 0;
  const close = (): Batch<File> => ({ files: batch, first: fetcher.add(batch.flatMap((planned) => planned.chunks)) });
  const plan = async (file: File) => ({ file, chunks: await file.chunks(readPack) });
  for await (const planned of mapConcurrent(files, PLANNED_AT_ONCE, plan)) {
    batch.push(planned);
    chunks += planned.chunks.length;
    if (chunks < size && batch.length < size) continue;
    yield close();
    batch = [];
    chunks = 0;
    size = Math.min(2 * size, LARGEST_BATCH);
  }
  const last = close();
  fetcher.complete();
  if (last.files.length > 0) yield last;
}

/** The same items, each begun while the one before it is used. */
async function* oneAhead<T>(source: AsyncGenerator<T>): AsyncGenerator<T, void, undefined> {
  let next = source.next();
  for (;;) {
    const { done, value } = await next;
    if (done) return;
    next = source.next();
    // seen when it is awaited, or not at all when the reader leaves
    next.catch(() => {});
    yield value;
  }
}
