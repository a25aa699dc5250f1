/** The entries of a drop: older than handles, they show every name, but each file has to be copied. */
import type { CapturedItem } from '../queue/index.ts';
import { itemIn, unreadableIn } from './files.ts';

export const isFolderEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** The file, or all the files below the folder; what cannot be read is an item by its name. `path`: where it lies. */
export async function* walkEntry(entry: FileSystemEntry, path: readonly string[]): AsyncGenerator<CapturedItem> {
  if (!isFolderEntry(entry)) {
    yield await itemOfEntry(entry as FileSystemFileEntry, path);
    return;
  }
  const inside = [...path, entry.name];
  for await (const child of childrenOf(entry, inside)) {
    if (isEntry(child)) yield* walkEntry(child, inside);
    else yield child;
  }
}

function itemOfEntry(entry: FileSystemFileEntry, path: readonly string[]): Promise<CapturedItem> {
  return new Promise<File>((resolve, reject) => entry.file(resolve, reject)).then(
    (file) => itemIn(path, file),
    (error: unknown) => unreadableIn(path, entry.name, error),
  );
}

export const isEntry = (child: FileSystemEntry | CapturedItem): child is FileSystemEntry => 'isFile' in child;

/** What the folder at `path` holds, and an item by its own name when it cannot be read to its end. */
export async function* childrenOf(
  entry: FileSystemDirectoryEntry,
  path: readonly string[],
): AsyncGenerator<FileSystemEntry | CapturedItem> {
  const reader = entry.createReader();
  try {
    for (;;) {
      // A reader gives its entries in parts, an empty one at the end.
      const entries = await entriesOf(reader);
      if (entries.length === 0) return;
      yield* entries;
    }
  } catch (error) {
    yield unreadableIn(path.slice(0, -1), entry.name, error);
  }
}

function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
