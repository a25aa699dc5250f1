/**
 * The files of a set read in order: planned a batch at a time, so that the first byte does not wait for the plan of the
 * last file, and the next batch is planned while one is read. The batches grow, for places in packs are shared within one.
 */
import { mapConcurrent } from '../async/index.ts';
import type { Bytes } from '../bytes/index.ts';
import type { ReadPack } from '../vault/index.ts';
import { createFetcher } from './fetch.ts';
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
  readonly files: { readonly file: File; readonly chunks: readonly PlannedChunk[] }[];
  readonly chunks: PlannedChunk[];
}

/** Errors: E_INTEGRITY, E_CANCELLED, those of `readPack`; they end the reading. */
export async function* readFiles<File extends PlannedFile>(
  files: Iterable<File> | AsyncIterable<File>,
  readPack: ReadPack,
  signal: AbortSignal,
): AsyncGenerator<ReadableFile<File>, void, undefined> {
  for await (const batch of oneAhead(batchesOf(files, readPack))) {
    const fetcher = createFetcher(batch.chunks, readPack);
    let first = 0;
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
): AsyncGenerator<Batch<File>, void, undefined> {
  let size = FIRST_BATCH;
  let batch: Batch<File> = { files: [], chunks: [] };
  const plan = async (file: File) => ({ file, chunks: await file.chunks(readPack) });
  for await (const planned of mapConcurrent(files, PLANNED_AT_ONCE, plan)) {
    batch.files.push(planned);
    for (const chunk of planned.chunks) batch.chunks.push(chunk);
    if (batch.chunks.length < size && batch.files.length < size) continue;
    yield batch;
    batch = { files: [], chunks: [] };
    size = Math.min(2 * size, LARGEST_BATCH);
  }
  if (batch.files.length > 0) yield batch;
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
