import { createMemoryKeyStore } from '../support/memory-key-store.ts';
import { keyStoreContract } from './key-store.ts';

keyStoreContract('memory', async () => {
  const store = createMemoryKeyStore();
  return { store, reopen: () => store };
});
