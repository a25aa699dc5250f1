import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { opfsFiles } from '../../../shared/browser/index.ts';
import { MemoryOpfs } from '../../support/memory-opfs.ts';

const bytes = (...values: number[]) => new Uint8Array(values);

describe('private files', () => {
  let disk: MemoryOpfs;
  let files: ReturnType<typeof opfsFiles>;
  beforeEach(() => {
    disk = new MemoryOpfs();
    files = opfsFiles(disk.root);
  });

  const contentOf = (name: string) => disk.files.get(name)?.bytes;

  test('chunks arrive one after another, and are flushed', async () => {
    const writer = await files.create('restore-1');
    for (const chunk of [bytes(1, 2), bytes(), bytes(3)]) writer.write(chunk);
    await writer.finish(3);
    assert.equal(disk.flushed, 1);
    assert.deepEqual(contentOf('restore-1'), bytes(1, 2, 3));
  });

  test('a disk that takes little at a time gets all of it', async () => {
    disk.mostAtOnce = 2;
    const writer = await files.create('restore-1');
    writer.write(bytes(1, 2, 3, 4, 5));
    writer.write(bytes(6));
    await writer.finish(6);
    assert.deepEqual(contentOf('restore-1'), bytes(1, 2, 3, 4, 5, 6));
  });

  test('begins a file anew', async () => {
    const first = await files.create('restore-1');
    first.write(bytes(1, 2, 3));
    await first.finish(3);
    const second = await files.create('restore-1');
    second.write(bytes(9));
    await second.finish(1);
    assert.deepEqual(contentOf('restore-1'), bytes(9));
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
});
