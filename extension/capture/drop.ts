/**
 * Files and folders dropped on the page. The transfer is emptied as soon as the event is over, so everything is taken out
 * of it before the first wait. Chromium's folder handles leave out what has a name that some system could not hold
 * (`a:b`, `link.url`, a dot at the end) and do not say so; the entries of the same drop have it.
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
  const entries = files.map((item) => item.webkitGetAsEntry());
  if (handles.every((handle) => handle !== undefined)) return takeHandles(handles, entries, take);
  const plain = Array.from(transfer.files);
  return takeEntries(entries, plain, take);
}

async function takeHandles(
  dropped: readonly Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null>[],
  entries: readonly (FileSystemEntry | null)[],
  take: TakeItems,
): Promise<void> {
  const handles = await Promise.all(dropped);
  await takeInParts(leftOut(handles, entries), take);
  await take(await Promise.all(handles.filter((handle) => handle !== null).map(itemOfHandle)));
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
  await takeInParts(walkEntries(entries), take);
}

async function takeInParts(items: AsyncIterable<CapturedItem>, take: TakeItems): Promise<void> {
  let part: CapturedItem[] = [];
  for await (const item of items) {
    part.push(item);
    if (part.length < PART) continue;
    await take(part);
    part = [];
  }
  if (part.length > 0) await take(part);
}

/** What the folders' handles do not show, wherever in them it lies. */
async function* leftOut(
  handles: readonly (FileSystemHandle | null)[],
  entries: readonly (FileSystemEntry | null)[],
): AsyncGenerator<CapturedItem> {
  for (const [i, handle] of handles.entries()) {
    const entry = entries[i];
    if (handle && entry && isFolder(handle) && isFolderEntry(entry)) yield* leftOutOf(handle, entry, [entry.name]);
  }
}

async function* leftOutOf(
  handle: FileSystemDirectoryHandle,
  entry: FileSystemDirectoryEntry,
  path: readonly string[],
): AsyncGenerator<CapturedItem> {
  const shown = new Map<string, FileSystemHandle>();
  for await (const child of handle.values()) shown.set(child.name, child);
  for await (const child of childrenOf(entry)) {
    const twin = shown.get(child.name);
    if (twin === undefined) yield* walkEntry(child, path);
    else if (isFolder(twin) && isFolderEntry(child)) yield* leftOutOf(twin, child, [...path, child.name]);
  }
}

const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
const isFolderEntry = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function* walkEntries(entries: readonly (FileSystemEntry | null)[]): AsyncGenerator<CapturedItem> {
  for (const entry of entries) if (entry !== null) yield* walkEntry(entry, []);
}

async function* walkEntry(entry: FileSystemEntry, path: readonly string[]): AsyncGenerator<CapturedItem> {
  if (!isFolderEntry(entry)) {
    yield itemIn(path, await fileOf(entry as FileSystemFileEntry));
    return;
  }
  for await (const child of childrenOf(entry)) yield* walkEntry(child, [...path, entry.name]);
}

/** A reader gives its entries in parts, an empty one at the end. */
async function* childrenOf(entry: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = entry.createReader();
  for (;;) {
    const entries = await entriesOf(reader);
    if (entries.length === 0) return;
    yield* entries;
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
