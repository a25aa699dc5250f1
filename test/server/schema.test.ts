import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it, mock } from 'node:test';
import { openSqliteStore } from '../../server/db/index.ts';

/**
 * Everything the server remembers. A column that is not here is something more that it knows about people: before it is
 * added here, it goes into the leakage table of the threat model.
 */
const REMEMBERED = {
  accounts: ['account_id', 'name_mac', 'opaque_record', 'created_day', 'used_bytes', 'packs'],
  devices: ['device_id', 'account_id', 'public_key', 'half'],
  entries: ['vault_id', 'seq', 'day', 'body'],
  links: [
    'lookup',
    'account_id',
    'vault_id',
    'auth_hash',
    'record',
    'created_day',
    'expires_day',
    'max_downloads',
    'received',
    'abandoned',
    'failures',
    'window_start',
    'window_failures',
  ],
  packs: ['vault_id', 'pack_id', 'size', 'day'],
  recovery_keys: ['lookup', 'account_id', 'public_key'],
  server: ['id', 'secrets_check'],
  sessions: ['session_id', 'token_hash', 'account_id', 'client', 'device_id', 'created_at', 'last_seen_at'],
  tickets: ['ticket_hash', 'lookup', 'last_used_at', 'fetched'],
  vaults: ['vault_id', 'account_id', 'kind', 'head_seq', 'head_hash'],
  wraps: ['account_id', 'kind', 'credential_id', 'epoch', 'blob'],
};

it('remembers nothing but what is declared, in strict tables, durably', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-schema-'));
  const store = await openSqliteStore(join(root, 'holdfast.db'));
  const db = new DatabaseSync(join(root, 'holdfast.db'), { readOnly: true });
  const tables = db
    .prepare("select name, strict from pragma_table_list where schema = 'main' and type = 'table'")
    .all();
  const own = tables.filter(({ name }) => !/^(sqlite|kysely)_/.test(String(name)));
  const columns = db.prepare('select name from pragma_table_info(?) order by cid');
  const remembered = own.map(({ name }) => [name, columns.all(String(name)).map((column) => column.name)]);
  assert.deepEqual(Object.fromEntries(remembered), REMEMBERED);
  assert.ok(own.every(({ strict }) => strict === 1));
  assert.equal(db.prepare('pragma journal_mode').get()?.journal_mode, 'wal');
  db.close();
  await store.close();
  await rm(root, { recursive: true });
});

it('is made whole or not at all, so that a start that died in the middle does not end the next one', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-schema-'));
  const path = join(root, 'holdfast.db');
  const { prepare } = DatabaseSync.prototype;
  const dying = mock.method(DatabaseSync.prototype, 'prepare', function (this: DatabaseSync, sql: string) {
    if (sql.startsWith('create table devices')) throw new Error('died');
    return prepare.call(this, sql);
  });
  await assert.rejects(openSqliteStore(path), /died/);
  dying.mock.restore();
  const db = new DatabaseSync(path);
  assert.deepEqual(db.prepare('select name from sqlite_master').all(), []);
  db.close();
  await (await openSqliteStore(path)).close();
  await rm(root, { recursive: true });
});
