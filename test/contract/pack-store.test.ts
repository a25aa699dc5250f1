import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFsPackStore } from '../../server/store/index.ts';
import { packStoreContract } from './pack-store.ts';

packStoreContract('a directory', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-packs-'));
  const store = await openFsPackStore({ root, reserveBytes: 0 });
  return { store, dispose: () => rm(root, { recursive: true }) };
});
