/** The bytes of a restore, in order and verified: a file as it was, or a ZIP whose length is known in advance. */
import type { Bytes } from '../bytes/index.ts';
import type { ReadPack } from '../vault/index.ts';
import { createFetcher } from './fetch.ts';
import type { RestoreSet } from './plan.ts';
import { safeTree } from './safe-name.ts';
import { zipLength, zipStream } from './zip.ts';

/** Exact number of bytes `restoreStream` gives. */
export function restoreLength(set: RestoreSet): number {
  if (set.zip) return zipLength(zipEntries(set));
  return set.files.reduce((sum, file) => sum + file.size, 0);
}

/**
 * Streams the set. Every chunk is verified before any of its bytes is given; E_INTEGRITY ends the stream, so what was
 * given before must not be called complete. Errors of `readPack` pass through.
 */
export async function* restoreStream(set: RestoreSet, readPack: ReadPack, signal: AbortSignal): AsyncGenerator<Bytes> {
  const chunks = set.files.flatMap((file) => file.chunks);
  const fetcher = createFetcher(chunks, readPack);
  let first = 0;
  const starts = new Map(
    set.files.map((file) => {
      const start = first;
      first += file.chunks.length;
      return [file, start];
    }),
  );
  const open = (file: RestoreSet['files'][number]) => {
    const start = starts.get(file) as number;
    return fetcher.read(start, start + file.chunks.length, signal);
  };
  if (!set.zip) {
    for (const file of set.files) yield* open(file);
    return;
  }
  yield* zipStream(
    zipEntries(set).map((entry, i) => {
      const file = set.files[i];
      return { ...entry, open: () => (file === undefined ? nothing() : open(file)) };
    }),
  );
}

/** Files first, in the set's order, then empty folders; names that fit every file system, no two the same. */
function zipEntries(set: RestoreSet) {
  const entries = [
    ...set.files.map(({ path, size, mtime }) => ({ path, size, mtime, kind: 'file' as const })),
    ...set.emptyFolders.map(({ path, mtime }) => ({ path, size: 0, mtime, kind: 'folder' as const })),
  ];
  const paths = safeTree(entries);
  return entries.map((entry, i) => ({ ...entry, path: paths[i] as string[] }));
}

async function* nothing(): AsyncGenerator<Bytes> {}
