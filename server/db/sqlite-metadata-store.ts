/** The metadata store over SQLite: one file, one connection, every commit synced to disk before it is answered or seen. */
import { Kysely, SqliteDialect, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { equal } from '../../shared/bytes/index.ts';
import { ifPossible, type MetadataStore } from '../domain/index.ts';
import { accounts } from './accounts.ts';
import { links } from './links.ts';
import * as initial from './migrations/0001-initial.ts';
import { NodeSqlite } from './node-sqlite.ts';
import { packs } from './packs.ts';
import { sessions } from './sessions.ts';
import type { Tables } from './tables.ts';
import { tickets } from './tickets.ts';
import { vaults } from './vaults.ts';
import { WalSync } from './wal-sync.ts';

const MIGRATIONS = { '0001-initial': initial };

/**
 * NORMAL keeps the file sound when the power goes but not what was committed last: WalSync does. A longer WAL before each
 * checkpoint almost doubles the rate of commits; it peaks at 64 MiB.
 */
const PRAGMAS = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma foreign_keys = on;
  pragma wal_autocheckpoint = 16384;
  pragma busy_timeout = 5000;
  pragma trusted_schema = off;
`;

/** Opens or creates the database and brings its schema up to date. */
export async function openSqliteStore(path: string): Promise<MetadataStore> {
  let wal: WalSync | null = null;
  const database = new NodeSqlite(path, () => wal?.note());
  database.exec(PRAGMAS);
  const db = new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
  try {
    await migrate(database, db);
    wal = await WalSync.open(path);
  } catch (error) {
    database.close();
    throw error;
  }
  return durable(methods(db), wal);
}

function methods(db: Kysely<Tables>): MetadataStore {
  return {
    ...accounts(db),
    ...sessions(db),
    ...vaults(db),
    ...packs(db),
    ...links(db),
    ...tickets(db),
    bind: async (check) => {
      if (await isEmpty(db)) {
        await db.deleteFrom('server').execute();
        await db.insertInto('server').values({ id: 1, secrets_check: check }).execute();
      }
      const row = await db.selectFrom('server').selectAll().executeTakeFirst();
      return row !== undefined && equal(row.secrets_check, check);
    },
    isEmpty: () => isEmpty(db),
    probe: async () => {
      await db.selectFrom('server').select('id').execute();
    },
    close: async () => {
      // only moves what is durable already
      await ifPossible(sql`pragma wal_checkpoint(truncate)`.execute(db));
      await db.destroy();
    },
  };
}

/** Methods resolve when what they wrote is durable, and what they saw of others' writing too. */
function durable({ close, ...store }: MetadataStore, wal: WalSync): MetadataStore {
  const calls = Object.entries(store) as [string, (...args: unknown[]) => Promise<unknown>][];
  const settled = calls.map(([name, method]) => [
    name,
    async (...args: unknown[]) => {
      const result = await method(...args);
      await wal.settled();
      return result;
    },
  ]);
  return {
    ...(Object.fromEntries(settled) as typeof store),
    close: async () => {
      await close();
      await wal.close();
    },
  };
}

async function isEmpty(db: Kysely<Tables>): Promise<boolean> {
  return (await db.selectFrom('accounts').select('account_id').limit(1).execute()).length === 0;
}

/**
 * In one transaction, which Kysely begins for other databases only: what a start that died leaves half made would end every
 * later one. Whoever closes the database rolls back.
 */
async function migrate(database: NodeSqlite, db: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  database.exec('begin immediate');
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
  database.exec('commit');
}
