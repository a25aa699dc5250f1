/** The IndexedDB key store over fake-indexeddb, whose structured clone is Node's own and so carries CryptoKeys. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { openDB } from 'idb';
import { createKeyStore, type IndexedDbKeyStore } from '../../shared/browser/index.ts';
import { keyStoreContract } from './key-store.ts';

const opened: IndexedDbKeyStore[] = [];
let databases = 0;

function storeOf(name: string): IndexedDbKeyStore {
  const store = createKeyStore(name);
  opened.push(store);
  return store;
}

after(() => Promise.all(opened.map((store) => store.close())));

keyStoreContract('IndexedDB', async () => {
  const name = `keys-${databases++}`;
  return { store: storeOf(name), reopen: () => storeOf(name) };
});

test('steps aside when a newer version of the app opens the database', async () => {
  const store = storeOf('upgraded');
  await store.putSetting('theme', 'dark');
  const newer = await openDB('upgraded', 3);
  assert.ok(newer.objectStoreNames.contains('settings'));
  newer.close();
});

test('takes over what its first version kept', async () => {
  const first = await openDB('first', 1, {
    upgrade: (database) => {
      for (const store of ['device', 'heads', 'entries', 'settings']) database.createObjectStore(store);
    },
  });
  await first.put('settings', 'dark', 'theme');
  first.close();
  const store = storeOf('first');
  assert.equal(await store.setting('theme'), 'dark');
  assert.equal(await store.checkpoint('ab'.repeat(16)), null);
});

test('opens again after its connection was closed', async () => {
  const store = storeOf('closed');
  await store.putSetting('theme', 'dark');
  await store.close();
  assert.equal(await store.setting('theme'), 'dark');
});
