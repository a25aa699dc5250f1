/** Sources: folders walked in parts, files looked at before and after each read. Handles are stand-ins. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FolderPart, readFolder } from '../../extension/capture/worker/folder.ts';
import { openSource } from '../../extension/capture/worker/open-source.ts';
import type { SourceRow } from '../../extension/queue/index.ts';
import type { SourceFile } from '../../shared/archiver/index.ts';
import { type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import { type Disk, fileHandle, folderHandle, type Tree } from '../support/file-tree.ts';

const isCode = (code: ErrorCode) => (error: unknown) => error instanceof HoldfastError && error.code === code;

test('a folder is read in parts; a file that cannot be looked at is listed all the same', async () => {
  const tree: Tree = { sub: {}, odd: { bytes: [], mtime: 0, fault: 'NotReadableError' } };
  for (let i = 0; i < 450; i++) tree[`f${i}`] = { bytes: [1], mtime: 0 };
  const parts: FolderPart[] = [];
  for await (const part of readFolder(folderHandle('Home', tree))) parts.push(part);
  assert.deepEqual(
    parts.map((part) => part.files.length + part.folders.length),
    [200, 200, 52],
  );
  assert.equal(parts.flatMap((part) => part.files).length, 451);
  assert.deepEqual(
    parts.flatMap((part) => part.folders.map(({ name }) => name)),
    ['sub'],
  );
});

test('a folder that may not be read says so instead of listing nothing', async () => {
  const folder = folderHandle('Home', { a: { bytes: [], mtime: 0, fault: 'NotAllowedError' } });
  await assert.rejects(async () => {
    for await (const _ of readFolder(folder));
  }, isCode('E_SOURCE_PERMISSION'));
});

const bytesOf = async ({ blob }: SourceFile): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());
const file = (disk: Disk): SourceRow => ({ id: '0', kind: 'file', handle: fileHandle('a', disk) });

test('a file is read as it was opened', async () => {
  const opened = await openSource(file({ bytes: [1, 2, 3, 4], mtime: 50 }), { within: [] });
  assert.deepEqual([opened.size, opened.mtime], [4, 50]);
  assert.deepEqual([...(await bytesOf(opened))], [1, 2, 3, 4]);
});

test('a file inside a folder is found by its path', async () => {
  const source: SourceRow = {
    id: '0',
    kind: 'folder',
    handle: folderHandle('Home', { sub: { deep: { 'a.txt': { bytes: [9], mtime: 1 } } } }),
  };
  const opened = await openSource(source, { within: ['sub', 'deep', 'a.txt'] });
  assert.deepEqual([...(await bytesOf(opened))], [9]);
  await assert.rejects(openSource(source, { within: ['sub', 'gone', 'a.txt'] }), isCode('E_SOURCE_GONE'));
});

test('a file that moved since it was opened is a change', async () => {
  for (const change of [{ mtime: 51 }, { bytes: [1, 2] }]) {
    const disk: Disk = { bytes: [1, 2, 3, 4], mtime: 50 };
    const opened = await openSource(file(disk), { within: [] });
    await opened.check();
    Object.assign(disk, change);
    await assert.rejects(opened.check(), isCode('E_SOURCE_CHANGED'));
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
    await assert.rejects(openSource(file({ bytes: [], mtime: 0, fault }), { within: [] }), isCode(code));
  }
  await assert.rejects(openSource(undefined, { within: [] }), isCode('E_SOURCE_GONE'));
});
