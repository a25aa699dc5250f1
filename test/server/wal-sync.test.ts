import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { WalSync } from '../../server/db/wal-sync.ts';

it('says nothing is durable any more once a sync has failed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-wal-'));
  // a device that takes every byte and cannot be synced
  await symlink('/dev/null', join(root, 'x.db-wal'));
  const wal = await WalSync.open(join(root, 'x.db'));
  await wal.settled();
  wal.note();
  for (let i = 0; i < 2; i++) await assert.rejects(wal.settled(), { problem: 'unavailable' });
  await wal.close();
  await rm(root, { recursive: true });
});

it('settles what was noted while a sync ran', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-wal-'));
  await writeFile(join(root, 'x.db-wal'), 'log');
  const wal = await WalSync.open(join(root, 'x.db'));
  wal.note();
  const first = wal.settled();
  wal.note();
  await Promise.all([first, wal.settled()]);
  await wal.settled();
  await wal.close();
  await rm(root, { recursive: true });
});
