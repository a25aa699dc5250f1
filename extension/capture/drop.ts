/**
 * Files and folders dropped on the page. The transfer is emptied as soon as the event is over, so everything is taken out
 * of it before the first wait.
 */
import type { CapturedItem } from '../queue/index.ts';
import { itemIn, itemOfHandle } from './files.ts';

interface HandleItem {
  getAsFileSystemHandle?: () => Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null>;
}

/** Where a browser gives no handles, the files themselves are handed on in parts, so that a large tree is not held at once. */
export type TakeItems = (items: readonly CapturedItem[]) => Promise<unknown>;

const PART = 100;

/** Must be called inside the drop event. */
export function readDrop(transfer: DataTransfer, take: TakeItems): Promise<void> {
  const files = Array.from(transfer.items).filter((item) => item.kind === 'file');
  const handles = files.map((item) => (item as HandleItem).getAsFileSystemHandle?.());
  if (handles.every((handle) => handle !== undefined)) return takeHandles(handles, take);
  const entries = files.map((item) => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files);
  return takeEntries(entries, plain, take);
}

async function takeHandles(
  handles: readonly Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null>[],
  take: TakeItems,
): Promise<void> {
  const found = (await Promise.all(handles)).filter((handle) => handle !== null);
  await take(await Promise.all(found.map(itemOfHandle)));
}

async function takeEntries(
  entries: readonly (FileSystemEntry | null)[],
  plain: readonly File[],
  take: TakeItems,
): Promise<void> {
  if (entries.every((entry) => entry === null)) {
    await take(plain.map((file) => itemIn([], file)));
    return;
  }
  let part: CapturedItem[] = [];
  for (const entry of entries) {
    if (entry === null) continue;
    for await (const item of walkEntry(entry, [])) {
      part.push(item);
      if (part.length < PART) continue;
      await take(part);
      part = [];
    }
  }
  if (part.length > 0) await take(part);
}

async function* walkEntry(entry: FileSystemEntry, path: readonly string[]): AsyncGenerator<CapturedItem> {
  if (entry.isFile) {
    yield itemIn(path, await fileOf(entry as FileSystemFileEntry));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    const entries = await entriesOf(reader);
    if (entries.length === 0) return;
    for (const child of entries) yield* walkEntry(child, [...path, entry.name]);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** A reader gives its entries in parts, an empty one at the end. */
function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
