/**
 * Files and folders dropped on the page. The transfer is emptied as soon as the event is over, so everything is taken out
 * of it before the first wait. Chromium's folder handles leave out what has a name that some system could not hold
 * (`a:b`, `link.url`, a dot at the end) and do not say so; the entries of the same drop have it.
 */

import { sourceError } from '../../shared/archiver/index.ts';
import type { CapturedItem } from '../queue/index.ts';
import { childrenOf, isEntry, isFolderEntry, walkEntries, walkEntry } from './entries.ts';
import { itemIn, itemOfHandle } from './files.ts';

interface HandleItem {
  getAsFileSystemHandle?: () => Promise<FileSystemFileHandle | FileSystemDirectoryHandle | null>;
}

/** Where a browser gives no handles, the files themselves are handed on in parts, so that a large tree is not held at once. */
export type TakeItems = (items: readonly CapturedItem[]) => Promise<unknown>;

const PART = 100;
/** Folders compared together: each is a few questions to another process. */
const TOGETHER = 16;

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
  const handles = await Promise.all(dropped.map((handle) => handle.catch(() => null)));
  try {
    // First: a page that is closed meanwhile leaves no folder that looks whole and is not.
    await takeInParts(leftOut(handles, entries), take);
  } finally {
    await take(await Promise.all(handles.filter((handle) => handle !== null).map(itemOfHandle)));
  }
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

/** A folder by both its ways, and where it lies. */
interface Pair {
  readonly handle: FileSystemDirectoryHandle;
  readonly entry: FileSystemDirectoryEntry;
  readonly path: readonly string[];
}

/** What comes without a handle, and what the folders' handles do not show, wherever in them it lies. */
async function* leftOut(
  handles: readonly (FileSystemHandle | null)[],
  entries: readonly (FileSystemEntry | null)[],
): AsyncGenerator<CapturedItem> {
  const pairs: Pair[] = [];
  for (const [i, handle] of handles.entries()) {
    const entry = entries[i];
    if (!entry) continue;
    if (!handle) yield* walkEntry(entry, []);
    else if (isFolder(handle) && isFolderEntry(entry)) pairs.push({ handle, entry, path: [entry.name] });
  }
  while (pairs.length > 0) {
    const compared = await Promise.all(pairs.splice(-TOGETHER).map(compare));
    for (const { hidden, failed, inside } of compared) {
      pairs.push(...inside);
      yield* failed;
      for (const { entry, path } of hidden) yield* walkEntry(entry, path);
    }
  }
}

interface Compared {
  readonly hidden: { readonly entry: FileSystemEntry; readonly path: readonly string[] }[];
  /** What could not be read, as items by their names. */
  readonly failed: CapturedItem[];
  readonly inside: Pair[];
}

/** What one folder holds that its handle does not show, and the folders in it that both show. */
async function compare({ handle, entry, path }: Pair): Promise<Compared> {
  const compared: Compared = { hidden: [], failed: [], inside: [] };
  const [shown, children] = await Promise.all([childrenShown(handle), gathered(childrenOf(entry, path))]);
  if (shown === null) return compared;
  for (const child of children) {
    if (!isEntry(child)) {
      compared.failed.push(child);
      continue;
    }
    const twin = shown.get(child.name);
    if (twin === undefined) compared.hidden.push({ entry: child, path });
    else if (isFolder(twin) && isFolderEntry(child))
      compared.inside.push({ handle: twin, entry: child, path: [...path, child.name] });
  }
  return compared;
}

async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** None where the handle may not be read; null when the folder cannot be read: the walk that follows says so by name. */
async function childrenShown(handle: FileSystemDirectoryHandle): Promise<Map<string, FileSystemHandle> | null> {
  const shown = new Map<string, FileSystemHandle>();
  try {
    for await (const child of handle.values()) shown.set(child.name, child);
    return shown;
  } catch (error) {
    return sourceError(error).code === 'E_SOURCE_PERMISSION' ? new Map() : null;
  }
}

const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
