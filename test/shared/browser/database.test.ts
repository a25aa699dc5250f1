/** Connections to databases: whatever becomes of one, the next call has one that works. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { forceCloseDatabase } from 'fake-indexeddb';
import { type DBSchema, deleteDB, openDB, unwrap } from 'idb';
import { connectionTo } from '../../../shared/browser/database.ts';
import { createAuditLog, createKeyStore, createPackJournal, createTokenStore } from '../../../shared/browser/index.ts';

interface Things extends DBSchema {
  first: { key: string; value: number };
  second: { key: string; value: number };
}

const connect = (name: string) => connectionTo<Things>(name, [['first'], ['second']]);

test('each version adds its stores, and what is there stays', async () => {
  const older = connectionTo<Things>('grown', [['first']]);
  await (await older.open()).put('first', 1, 'one');
  await older.close();
  const database = await connect('grown').open();
  assert.deepEqual([...database.objectStoreNames], ['first', 'second']);
  assert.equal(await database.get('first', 'one'), 1);
});

test('it opens once, and again after it was closed or ended by the browser', async () => {
  const connection = connect('ended');
  const first = await connection.open();
  assert.equal(await connection.open(), first);
  await connection.close();
  const second = await connection.open();
  assert.notEqual(second, first);
  forceCloseDatabase(unwrap(second) as never);
  assert.notEqual(await connection.open(), second);
});

test('it steps aside for a newer version', async () => {
  await connect('upgraded').open();
  const newer = await openDB('upgraded', 3);
  assert.deepEqual([...newer.objectStoreNames], ['first', 'second']);
  newer.close();
});

describe('a failed opening is not held on to', () => {
  const users: Readonly<Record<string, (name: string) => () => Promise<unknown>>> = {
    'key store': (name) => createKeyStore(name).load,
    'audit log': (name) => createAuditLog(name).all.bind(null, 'v'),
    'pack journal': (name) => createPackJournal(name).all.bind(null, 'v'),
    'token store': (name) => createTokenStore(name).owed.bind(null, 'v'),
  };

  for (const [user, begin] of Object.entries(users))
    test(user, async () => {
      (await openDB(user, 9)).close();
      const read = begin(user);
      await assert.rejects(read(), { name: 'VersionError' });
      await deleteDB(user);
      await read();
    });
});
