/** A drop brings everything that was dropped, what a browser's folder handle leaves out included. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDrop } from '../../extension/capture/drop.ts';
import type { CapturedItem } from '../../extension/queue/index.ts';

type Tree = { readonly [name: string]: Tree | string };

const SHOWN = /^[\w -]+$/;

/** A folder as Chromium hands it over: its handle without the names that some system could not hold. */
function handleOf(name: string, tree: Tree): FileSystemHandle {
  const children = Object.entries(tree).filter(([child]) => SHOWN.test(child));
  return {
    name,
    kind: 'directory',
    async *values() {
      for (const [child, inside] of children)
        yield typeof inside === 'string' ? { name: child, kind: 'file' } : handleOf(child, inside);
    },
  } as unknown as FileSystemHandle;
}

/** The same folder as an entry, given two children at a time. */
function entryOf(name: string, inside: Tree | string): FileSystemEntry {
  if (typeof inside === 'string') {
    const file = (done: (file: File) => void): void => done(new File([inside], name));
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(inside).map(([child, below]) => entryOf(child, below));
    return { readEntries: (done: (entries: FileSystemEntry[]) => void): void => done(left.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

async function drop(items: readonly object[]): Promise<CapturedItem[]> {
  const taken: CapturedItem[] = [];
  const transfer = { items: items.map((item) => ({ kind: 'file', ...item })), files: [] } as unknown as DataTransfer;
  await readDrop(transfer, async (part) => void taken.push(...part));
  return taken;
}

const pathsOf = (items: readonly CapturedItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'bytes' ? [[...item.path, item.name].join('/')] : [])).sort();

const TREE: Tree = {
  plain: 'x',
  'a:b': 'x',
  sub: { plain: 'x', 'end.': 'x' },
  'fold?er': { plain: 'x', deep: { y: 'x' } },
};

test('what a folder handle leaves out is taken as files, and nothing twice', async () => {
  const taken = await drop([
    { getAsFileSystemHandle: async () => handleOf('tree', TREE), webkitGetAsEntry: () => entryOf('tree', TREE) },
  ]);
  assert.deepEqual(pathsOf(taken), ['tree/a:b', 'tree/fold?er/deep/y', 'tree/fold?er/plain', 'tree/sub/end.']);
  assert.deepEqual(
    taken.flatMap((item) => (item.kind === 'folder' ? [item.handle.name] : [])),
    ['tree'],
  );
});

test('without handles every file of the tree is taken', async () => {
  const taken = await drop([{ webkitGetAsEntry: () => entryOf('tree', TREE) }]);
  const inside = ['a:b', 'fold?er/deep/y', 'fold?er/plain', 'plain', 'sub/end.', 'sub/plain'];
  assert.deepEqual(
    pathsOf(taken),
    inside.map((path) => `tree/${path}`),
  );
});
