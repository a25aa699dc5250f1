/** A drop brings everything that was dropped, what a browser's folder handle leaves out included. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDrop } from '../../extension/capture/drop.ts';
import { keep } from '../../extension/capture/keep.ts';
import type { CapturedItem } from '../../extension/queue/index.ts';
import { codeOf, HoldfastError } from '../../shared/errors/index.ts';

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

const fault = (name: string): DOMException => new DOMException('', name);

test('what cannot be looked at is an item by its name, and keeps nothing else out', async () => {
  const shut = {
    ...entryOf('shut.', {}),
    createReader: () => ({ readEntries: (_: unknown, no: (error: Error) => void) => no(fault('NotReadableError')) }),
  };
  const gone = {
    ...entryOf('gone?', 'x'),
    file: (_: unknown, no: (error: Error) => void) => no(fault('NotFoundError')),
  };
  const left = [shut, gone, entryOf('a:b', 'x')];
  const entry = { ...entryOf('tree', {}), createReader: () => ({ readEntries: readOnce(left) }) };
  const taken = await drop([
    { getAsFileSystemHandle: async () => handleOf('tree', {}), webkitGetAsEntry: () => entry },
  ]);
  assert.deepEqual(
    taken.flatMap((item) => (item.kind === 'unreadable' ? [[...item.path, item.name, item.code]] : [])),
    [
      ['tree', 'shut.', 'E_SOURCE_UNREADABLE'],
      ['tree', 'gone?', 'E_SOURCE_GONE'],
    ],
  );
  assert.deepEqual(pathsOf(taken), ['tree/a:b']);
  assert.equal(taken.at(-1)?.kind, 'folder');
});

function readOnce(entries: object[]) {
  return (done: (entries: object[]) => void): void => done(entries.splice(0));
}

test('where the browser refuses a handle, the files come as copies', async () => {
  const refused = { getAsFileSystemHandle: () => Promise.reject(fault('AbortError')) };
  const unread = {
    kind: 'directory',
    name: 'other',
    values: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(fault('NotAllowedError')) }) }),
  };
  const taken = await drop([
    { ...refused, webkitGetAsEntry: () => entryOf('tree', { plain: 'x' }) },
    { getAsFileSystemHandle: async () => unread, webkitGetAsEntry: () => entryOf('other', { plain: 'x' }) },
  ]);
  assert.deepEqual(pathsOf(taken), ['other/plain', 'tree/plain']);
});

test('a folder is taken even when there is no room for the copies of what its handle leaves out', async () => {
  const taken: CapturedItem[] = [];
  const take = async (items: readonly CapturedItem[]): Promise<void> => {
    if (items.some(({ kind }) => kind === 'bytes')) throw new HoldfastError('E_DISK_FULL', 'the test says so');
    taken.push(...items);
  };
  const item = {
    getAsFileSystemHandle: async () => handleOf('tree', TREE),
    webkitGetAsEntry: () => entryOf('tree', TREE),
  };
  const transfer = { items: [{ kind: 'file', ...item }], files: [] } as unknown as DataTransfer;
  await assert.rejects(readDrop(transfer, take), isFull);
  assert.deepEqual(
    taken.map(({ kind }) => kind),
    ['folder'],
  );
});

const isFull = (error: unknown): boolean => codeOf(error) === 'E_DISK_FULL';
const copy = (name: string, blob: Blob = new Blob(['x'])): CapturedItem => {
  return { kind: 'bytes', blob, path: ['tree'], name, mtime: 0 };
};

test('a file that the browser cannot copy, or that is gone, keeps out no other', async () => {
  const kept: string[] = [];
  const capture = async (items: readonly CapturedItem[]): Promise<void> => {
    const bytes = items.filter((item) => item.kind === 'bytes');
    if (bytes.some(({ name }) => name === 'bad')) throw fault('DataError');
    for (const item of items) if ('name' in item) kept.push(`${item.kind} ${item.name}`);
  };
  const gone = Object.assign(new Blob([]), { arrayBuffer: () => Promise.reject(fault('NotFoundError')) });
  await keep(capture, [copy('a'), copy('bad'), copy('gone', gone), copy('empty', new Blob([])), copy('b')]);
  assert.deepEqual(kept, ['bytes a', 'unreadable bad', 'unreadable gone', 'bytes empty', 'bytes b']);
  const full = (): Promise<never> => Promise.reject(new HoldfastError('E_DISK_FULL', 'the test says so'));
  await assert.rejects(keep(full, [copy('a'), copy('b')]), isFull);
});
