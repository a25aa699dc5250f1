/**
 * Files and folders dropped on the page. The transfer is emptied as soon as the event is over, so everything is taken out
 * of it before the first wait. Chromium's folder handles leave out what has a name that some system could not hold
 * (`a:b`, `link.url`, a dot at the end) and do not say so; the entries of the same drop have it.
 */

import { sourceError } from '../../shared/archiver/index.ts';
import type { CapturedItem, DropRoot } from '../queue/index.ts';
import { childrenOf, isEntry, isFolderEntry, walkEntry } from './entries.ts';
import { itemIn, itemOfHandle } from './files.ts';
import { inParts } from './parts.ts';
import { SureNames } from './sure-names.ts';

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

/** Must be called inside the drop event. */
export async function readDrop(transfer: DataTransfer): Promise<Drop> {
  const dropped = Array.from(transfer.items).filter((item) => item.kind === 'file');
  const asked = dropped.map((item) => (item as HandleItem).getAsFileSystemHandle?.().catch(() => null) ?? null);
  const entries = dropped.map((item) => item.webkitGetAsEntry());
  const plain = Array.from(transfer.files);
  const handles = await Promise.all(asked);
  const roots = handles.flatMap((handle, i) => rootOf(handle, entries[i] ?? null));
  const held = await Promise.all(handles.filter((handle) => handle !== null).map(itemOfHandle));
  const items = held.length + roots.length === 0 ? plain.map((file) => itemIn([], file)) : held;
  const loose = roots.filter(({ handle, entry }) => handle === null && !isFolderEntry(entry));
  const others = roots.filter((root) => !loose.includes(root));
  return { items, roots: [...others, ...looseRoot(loose)], rest: inParts(leftOut(roots)) };
}

/** Files of no folder that are still to be copied: one note for all, by the name of the first. */
export function looseRoot(files: readonly { readonly name: string }[]): DropRoot[] {
  return files.slice(0, 1).map(({ name }) => ({ name, handle: null, others: files.length - 1 }));
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

/** A folder by both its ways, and where it lies. */
interface Pair {
  readonly open: () => Promise<FileSystemDirectoryHandle>;
  readonly entry: FileSystemDirectoryEntry;
  readonly path: readonly string[];
}

/** What comes without a handle, and what the folders' handles do not show, wherever in them it lies. */
async function* leftOut(roots: readonly Root[]): AsyncGenerator<CapturedItem> {
  const pairs: Pair[] = [];
  for (const { handle, entry } of roots) {
    if (handle === null) yield* walkEntry(entry, []);
    else if (isFolderEntry(entry)) pairs.push({ open: async () => handle, entry, path: [entry.name] });
  }
  const sure = new SureNames();
  // One after the other: the backup that goes on meanwhile asks the same process, and should not wait for this.
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { hidden, failed, inside } = await compare(pair, sure);
    for (const each of inside) pairs.push(each);
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

/**
 * What one folder holds that its handle does not show, and the folders in it that both show. The handle is asked only when
 * some name is not sure or could not be read, for its answer costs several times what the entries cost.
 */
async function compare(folder: Pair, sure: SureNames): Promise<Compared> {
  const { entry, path } = folder;
  const compared: Compared = { hidden: [], failed: [], inside: [] };
  const children = await gathered(childrenOf(entry, path));
  const isSure = children.every((child) => isEntry(child) && sure.has(child.name));
  const shown = isSure ? null : await namesShown(folder);
  if (shown === 'unreadable') return compared;
  for (const name of shown ?? []) sure.learn(name);
  for (const child of children) {
    if (!isEntry(child)) compared.failed.push(child);
    else if (shown?.has(child.name) === false) compared.hidden.push({ entry: child, path });
    else if (isFolderEntry(child)) compared.inside.push(pairIn(folder, child));
  }
  return compared;
}

function pairIn({ open, path }: Pair, entry: FileSystemDirectoryEntry): Pair {
  let opened: Promise<FileSystemDirectoryHandle> | null = null;
  return {
    open: () => {
      opened ??= open().then((parent) => parent.getDirectoryHandle(entry.name));
      return opened;
    },
    entry,
    path: [...path, entry.name],
  };
}

async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** None where the handle may not be read; 'unreadable' when the folder cannot be read: the walk says so by name. */
async function namesShown({ open }: Pair): Promise<Set<string> | 'unreadable'> {
  const names = new Set<string>();
  try {
    for await (const name of (await open()).keys()) names.add(name);
    return names;
  } catch (error) {
    return sourceError(error).code === 'E_SOURCE_PERMISSION' ? new Set() : 'unreadable';
  }
}

const isFolder = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle => handle.kind === 'directory';
