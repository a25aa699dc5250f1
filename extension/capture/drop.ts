/**
 * Files and folders dropped on the page. The transfer is emptied as soon as the event is over, so everything is taken out
 * of it before the first wait. Chromium's folder handles leave out what has a name that some system could not hold
 * (`a:b`, `link.url`, a dot at the end) and do not say so; the entries of the same drop have it.
 */

import { sourceError } from '../../shared/archiver/index.ts';
import type { CapturedItem, DropRoot } from '../queue/index.ts';
import { childrenOf, isEntry, isFolderEntry, walkEntry } from './entries.ts';
import { itemIn, itemOfHandle } from './files.ts';

type Handle = FileSystemFileHandle | FileSystemDirectoryHandle;

interface HandleItem {
  getAsFileSystemHandle?: () => Promise<Handle | null>;
}

export interface Drop {
  /** What is at hand at once. */
  readonly items: readonly CapturedItem[];
  /** The dropped things that are not whole by that. */
  readonly roots: readonly DropRoot[];
  /** What makes them whole, in parts, so that a large tree is not held at once. To be read once, while the page lives. */
  readonly rest: AsyncIterable<readonly CapturedItem[]>;
}

const PART = 100;

/** Must be called inside the drop event. */
export async function readDrop(transfer: DataTransfer): Promise<Drop> {
  const dropped = Array.from(transfer.items).filter((item) => item.kind === 'file');
  const asked = dropped.map((item) => (item as HandleItem).getAsFileSystemHandle?.().catch(() => null) ?? null);
  const entries = dropped.map((item) => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files);
  const handles = await Promise.all(asked);
  const roots = handles.flatMap((handle, i) => rootOf(handle, entries[i] ?? null));
  const items = await Promise.all(handles.filter((handle) => handle !== null).map(itemOfHandle));
  if (items.length + roots.length === 0) items.push(...plain.map((file) => itemIn([], file)));
  return { items, roots, rest: inParts(leftOut(roots)) };
}

interface Root extends DropRoot {
  readonly handle: FileSystemDirectoryHandle | null;
  readonly entry: FileSystemEntry;
}

/** A file by its handle is whole; what has no entry has no second way. */
function rootOf(handle: Handle | null, entry: FileSystemEntry | null): Root[] {
  if (entry === null || (handle !== null && !isFolder(handle))) return [];
  return [{ name: entry.name, handle, entry }];
}

async function* inParts(items: AsyncIterable<CapturedItem>): AsyncGenerator<readonly CapturedItem[]> {
  let part: CapturedItem[] = [];
  for await (const item of items) {
    if (part.push(item) < PART) continue;
    yield part;
    part = [];
  }
  if (part.length > 0) yield part;
}

/** A folder by both its ways, and where it lies. */
interface Pair {
  readonly handle: FileSystemDirectoryHandle;
  readonly entry: FileSystemDirectoryEntry;
  readonly path: readonly string[];
}

/** What comes without a handle, and what the folders' handles do not show, wherever in them it lies. */
async function* leftOut(roots: readonly Root[]): AsyncGenerator<CapturedItem> {
  const pairs: Pair[] = [];
  for (const { handle, entry } of roots) {
    if (handle === null) yield* walkEntry(entry, []);
    else if (isFolderEntry(entry)) pairs.push({ handle, entry, path: [entry.name] });
  }
  // One after the other: the backup that goes on meanwhile asks the same process, and should not wait for this.
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { hidden, failed, inside } = await compare(pair);
    pairs.push(...inside);
    yield* failed;
    for (const { entry, path } of hidden) yield* walkEntry(entry, path);
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

/** None where the handle may not be read; null when the folder cannot be read: the walk says so by name. */
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
