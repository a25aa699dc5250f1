import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../server/db/index.ts';
import { metadataStoreContract } from './metadata-store.ts';

metadataStoreContract('SQLite', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-metadata-'));
  const path = join(root, 'holdfast.db');
  let store = await openSqliteStore(path);
  return {
    store,
    reopen: async () => {
      await store.close();
      store = await openSqliteStore(path);
      return store;
    },
    dispose: async () => {
      await store.close();
      await rm(root, { recursive: true });
    },
  };
});
