import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { opfsFiles } from '../../../shared/browser/index.ts';
import { MemoryOpfs } from '../../support/memory-opfs.ts';

const bytes = (...values: number[]) => new Uint8Array(values);
const DAY = 86_400_000;

describe('private files', () => {
  let disk: MemoryOpfs;
  let files: ReturnType<typeof opfsFiles>;
  beforeEach(() => {
    disk = new MemoryOpfs();
    files = opfsFiles(disk.root);
  });

  const contentOf = async (name: string) => new Uint8Array(await (await files.open(name)).arrayBuffer());

  test('chunks arrive one after another, flushed, and the file can be opened', async () => {
    const writer = await files.create('restore-1');
    for (const chunk of [bytes(1, 2), bytes(), bytes(3)]) writer.write(chunk);
    await writer.finish(3);
    assert.equal(disk.flushed, 1);
    assert.deepEqual(await contentOf('restore-1'), bytes(1, 2, 3));
  });

  test('a disk that takes little at a time gets all of it', async () => {
    disk.mostAtOnce = 2;
    const writer = await files.create('restore-1');
    writer.write(bytes(1, 2, 3, 4, 5));
    writer.write(bytes(6));
    await writer.finish(6);
    assert.deepEqual(await contentOf('restore-1'), bytes(1, 2, 3, 4, 5, 6));
  });

  test('begins a file anew', async () => {
    const first = await files.create('restore-1');
    first.write(bytes(1, 2, 3));
    await first.finish(3);
    const second = await files.create('restore-1');
    second.write(bytes(9));
    await second.finish(1);
    assert.deepEqual(await contentOf('restore-1'), bytes(9));
  });

  test('one writer at a time', async () => {
    await files.create('restore-1');
    await assert.rejects(files.create('restore-1'), { name: 'NoModificationAllowedError' });
  });

  test('a full disk is E_DISK_FULL, and the file can be abandoned', async () => {
    disk.quota = 4;
    const writer = await files.create('restore-1');
    writer.write(bytes(1, 2, 3));
    assert.throws(() => writer.write(bytes(4, 5)), { code: 'E_DISK_FULL' });
    await writer.abandon();
    assert.equal(disk.files.size, 0);
  });

  test('a disk that takes nothing is full as well', async () => {
    disk.mostAtOnce = 0;
    const writer = await files.create('restore-1');
    assert.throws(() => writer.write(bytes(1)), { code: 'E_DISK_FULL' });
  });

  test('a file of another length than promised is not kept', async () => {
    const writer = await files.create('restore-1');
    writer.write(bytes(1, 2));
    await assert.rejects(writer.finish(3), { code: 'E_INTERNAL' });
    assert.equal(disk.files.size, 0);
    await writer.abandon();
  });

  test('removes, also what is not there', async () => {
    await (await files.create('restore-1')).finish(0);
    await files.remove('restore-1');
    await files.remove('restore-1');
    await assert.rejects(files.open('restore-1'), { name: 'NotFoundError' });
  });

  test('sweeps what is old, ours, and not being written', async () => {
    for (const name of ['restore-old', 'restore-new', 'restore-busy', 'other-old']) {
      const writer = await files.create(name);
      if (name !== 'restore-busy') await writer.finish(0);
    }
    const fresh = disk.files.get('restore-new') ?? assert.fail('the file is there');
    fresh.lastModified = DAY;
    await files.sweep('restore-', 2 * DAY);
    assert.deepEqual([...disk.files.keys()], ['restore-new', 'restore-busy', 'other-old']);
  });

  test('two pages may sweep at once', async () => {
    for (const name of ['restore-1', 'restore-2']) await (await files.create(name)).finish(0);
    await Promise.all([files.sweep('restore-', 2 * DAY), opfsFiles(disk.root).sweep('restore-', 2 * DAY)]);
    assert.equal(disk.files.size, 0);
  });
});
