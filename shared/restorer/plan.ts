/** What to restore: sizes and names at once, the place and key of every chunk only when a file's turn comes. */
import type { Bytes } from '../bytes/index.ts';
import type { ChunkRef } from '../format/index.ts';
import type { ReadPack } from '../vault/index.ts';

/** One chunk: where it lies, what it must be, and how it is opened. */
export interface PlannedChunk {
  readonly packId: string;
  /** Size of the pack, one of the classes. */
  readonly packSize: number;
  readonly off: number;
  readonly len: number;
  readonly ref: ChunkRef;
  /** Opens and verifies the blob; E_INTEGRITY. The result shares its memory with nothing. */
  open(blob: Uint8Array): Promise<Bytes>;
}

export interface PlannedFile {
  /** Folder names and last the file's own, from the top of what is restored, as the vault or link has them. */
  readonly path: readonly string[];
  readonly size: number;
  readonly mtime: number;
  /** Files whose numbers are close lie close together in the packs. */
  readonly place: number;
  /** Its chunks in order. E_INTEGRITY when the manifest does not add up or names what no pack holds; errors of `readPack`. */
  chunks(readPack: ReadPack): Promise<readonly PlannedChunk[]>;
}

/** What a restore produces: one file's bytes, or a ZIP of several. */
export interface RestoreSet {
  readonly zip: boolean;
  readonly files: readonly PlannedFile[];
  /** Folders that hold nothing, so that the ZIP has them too. */
  readonly emptyFolders: readonly { path: readonly string[]; mtime: number }[];
}

/** The order in which files are read: those of one pack one after another, so that it is fetched once. */
export function byPlace<T extends Pick<PlannedFile, 'place'>>(files: readonly T[]): T[] {
  return files.toSorted((a, b) => a.place - b.place);
}
