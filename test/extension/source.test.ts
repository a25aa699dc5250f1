/** Sources: what a job's file is opened as, and that a change of it is noticed. Handles are stand-ins. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSource, Sources } from '../../extension/capture/worker/index.ts';
import type { SourceRow } from '../../extension/queue/index.ts';
import { type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import { type Disk, fileHandle, folderHandle, type Tree } from '../support/file-tree.ts';

const isCode = (code: ErrorCode) => (error: unknown) => error instanceof HoldfastError && error.code === code;
const open = (source: SourceRow | undefined, within: readonly string[] = [], sources = new Sources()) =>
  openSource(sources, source, { id: within.join('/'), within });
const file = (disk: Disk): SourceRow => ({ id: '0', kind: 'file', handle: fileHandle('a', disk) });
const folder = (tree: Tree): SourceRow => ({ id: '0', kind: 'folder', handle: folderHandle('Home', tree) });

test('a file is read as it was opened', async () => {
  const opened = await open(file({ bytes: [1, 2, 3, 4], mtime: 50 }));
  assert.deepEqual([opened.size, opened.mtime], [4, 50]);
  assert.deepEqual([...(await opened.blob.slice(1, 3).bytes())], [2, 3]);
  await opened.check();
});

test('a file inside a folder is found by its path, and each directory is opened once', async () => {
  const opens: string[] = [];
  const deep: Tree = { 'a.txt': { bytes: [9], mtime: 1 }, 'b.txt': { bytes: [8], mtime: 1 } };
  const tree: Tree = {
    get sub() {
      opens.push('sub');
      return { deep };
    },
  };
  const sources = new Sources();
  for (const [name, byte] of [['a.txt', 9] as const, ['b.txt', 8] as const]) {
    const opened = await open(folder(tree), ['sub', 'deep', name], sources);
    assert.deepEqual([...(await opened.blob.bytes())], [byte]);
  }
  assert.deepEqual(opens, ['sub']);
  await assert.rejects(open(folder(tree), ['sub', 'gone', 'a.txt'], sources), isCode('E_SOURCE_GONE'));
  await assert.rejects(open(folder(tree), ['sub', 'deep', 'gone'], sources), isCode('E_SOURCE_GONE'));
});

test('a directory that could not be opened is asked for again, not remembered as gone', async () => {
  const tree: Tree = {};
  const sources = new Sources();
  await assert.rejects(open(folder(tree), ['sub', 'a'], sources), isCode('E_SOURCE_GONE'));
  tree.sub = { a: { bytes: [1], mtime: 1 } };
  assert.equal((await open(folder(tree), ['sub', 'a'], sources)).size, 1);
});

test('a file that moved since it was opened is a change', async () => {
  for (const change of [{ mtime: 51 }, { bytes: [1, 2] }]) {
    const disk: Disk = { bytes: [1, 2, 3, 4], mtime: 50 };
    const opened = await open(file(disk));
    Object.assign(disk, change);
    await assert.rejects(opened.check(), isCode('E_SOURCE_CHANGED'));
  }
});

test('so is a file that moved since the walk met it; opened again it is what it is now', async () => {
  const disk: Disk = { bytes: [1, 2, 3, 4], mtime: 50 };
  const sources = new Sources();
  sources.keep('a', await fileHandle('a', disk).getFile());
  disk.bytes = [1];
  const met = await open(folder({ a: disk }), ['a'], sources);
  assert.equal(met.size, 4);
  await assert.rejects(met.check(), isCode('E_SOURCE_CHANGED'));
  assert.equal((await open(folder({ a: disk }), ['a'], sources)).size, 1);
});

test('a permission that goes, and a file that is deleted, are noticed while it is read', async () => {
  for (const [fault, code] of [
    ['NotAllowedError', 'E_SOURCE_PERMISSION'],
    ['NotFoundError', 'E_SOURCE_GONE'],
  ] as const) {
    const disk: Disk = { bytes: [1], mtime: 50 };
    for (const source of [file(disk), folder({ a: disk })]) {
      delete disk.fault;
      const opened = await open(source, ['a']);
      disk.fault = fault;
      await assert.rejects(opened.check(), isCode(code));
      await assert.rejects(open(source, ['a']), isCode(code));
    }
  }
});

test('each fault of the file system has its code', async () => {
  const codes: [string, ErrorCode][] = [
    ['NotAllowedError', 'E_SOURCE_PERMISSION'],
    ['NotFoundError', 'E_SOURCE_GONE'],
    ['NotReadableError', 'E_SOURCE_UNREADABLE'],
    ['TypeMismatchError', 'E_SOURCE_UNREADABLE'],
  ];
  for (const [fault, code] of codes) {
    await assert.rejects(open(file({ bytes: [], mtime: 0, fault })), isCode(code));
  }
  await assert.rejects(open(undefined), isCode('E_SOURCE_GONE'));
});
