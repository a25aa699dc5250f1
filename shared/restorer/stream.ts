/** The bytes of a restore, in order and verified: a file as it was, or a ZIP whose length is known in advance. */
import type { Bytes } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import type { ReadPack } from '../vault/index.ts';
import { inBlocks } from './blocks.ts';
import { byPlace, type RestoreSet } from './plan.ts';
import { type ReadableFile, readFiles } from './read.ts';
import { safeTree } from './safe-name.ts';
import { zipLength, zipStream } from './zip.ts';

/** Exact number of bytes `restoreStream` gives. */
export function restoreLength(set: RestoreSet): number {
  if (set.zip) return zipLength(zipEntries(set));
  return set.files.reduce((sum, file) => sum + file.size, 0);
}

/**
 * Streams the set in blocks, each with a buffer of its own. Every chunk is verified before any of its bytes is given;
 * E_INTEGRITY ends the stream, so what was given before must not be called complete. Errors of `readPack` pass through.
 */
export function restoreStream(
  set: RestoreSet,
  readPack: ReadPack,
  signal: AbortSignal,
): AsyncGenerator<Bytes, void, undefined> {
  const files = readFiles(byPlace(set.files), readPack, signal);
  return inBlocks(set.zip ? zipped(set, files) : plain(files));
}

async function* plain(files: AsyncIterable<ReadableFile<RestoreSet['files'][number]>>): AsyncGenerator<Bytes> {
  for await (const file of files) yield* file.read();
}

function zipped(set: RestoreSet, files: AsyncGenerator<ReadableFile<RestoreSet['files'][number]>>) {
  async function* next(): AsyncGenerator<Bytes> {
    const { done, value } = await files.next();
    if (done) throw integrityError();
    yield* value.read();
  }
  return zipStream(zipEntries(set).map((entry) => ({ ...entry, open: next })));
}

/** Files first, as they are read, then empty folders; names that fit every file system, no two the same. */
function zipEntries({ files, emptyFolders }: RestoreSet) {
  const all = [
    ...files.map(({ path, size, mtime, place }) => ({ path, size, mtime, place, kind: 'file' as const })),
    ...emptyFolders.map(({ path, mtime }) => ({ path, size: 0, mtime, place: 0, kind: 'folder' as const })),
  ];
  // Named in the set's order, so that a name does not depend on what was backed up when.
  const paths = safeTree(all);
  const entries = all.map((entry, i) => ({ ...entry, path: paths[i] as string[] }));
  return [...byPlace(entries.slice(0, files.length)), ...entries.slice(files.length)];
}
