/** Links and their counters, for their owner. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { LinkRecord, MetadataStore, NewLink } from '../domain/index.ts';
import { charge } from './accounts.ts';
import { bytesOf, idOf } from './ids.ts';
import type { Tables } from './tables.ts';

type Links = Pick<MetadataStore, 'createLink' | 'linkContent' | 'linksOf' | 'setLinkPolicy' | 'deleteLink'>;

/** All but the record, which can be large. */
const COLUMNS = [
  'lookup',
  'account_id',
  'vault_id',
  'auth_hash',
  'created_day',
  'expires_day',
  'max_downloads',
  'received',
  'abandoned',
  'failures',
  'window_start',
  'window_failures',
] as const;

export function links(db: Kysely<Tables>): Links {
  return {
    createLink: (link, byteLimit) => db.transaction().execute((tx) => createLink(tx, link, byteLimit)),
    linkContent: async (accountId, lookup) => {
      const row = await db
        .selectFrom('links')
        .select(['auth_hash', 'record'])
        .where('lookup', '=', bytesOf(lookup))
        .where('account_id', '=', bytesOf(accountId))
        .executeTakeFirst();
      return row === undefined ? null : { authHash: row.auth_hash, record: row.record };
    },
    linksOf: async (accountId) => {
      const rows = await linkRows(db)
        .where('account_id', '=', bytesOf(accountId))
        .orderBy('created_day')
        .orderBy('lookup')
        .execute();
      return rows.map(linkRecord);
    },
    setLinkPolicy: async (accountId, lookup, { expiresDay, maxDownloads }) => {
      const unlocked = { failures: 0, window_start: 0, window_failures: 0 };
      const changed = await db
        .updateTable('links')
        .set({ expires_day: expiresDay, max_downloads: maxDownloads, ...unlocked })
        .where('lookup', '=', bytesOf(lookup))
        .where('account_id', '=', bytesOf(accountId))
        .executeTakeFirst();
      return changed.numUpdatedRows === 1n;
    },
    deleteLink: (accountId, lookup) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .deleteFrom('links')
          .where('lookup', '=', bytesOf(lookup))
          .where('account_id', '=', bytesOf(accountId))
          .returning(sql<number>`length(record)`.as('size'))
          .executeTakeFirst();
        if (row === undefined) return false;
        await tx
          .updateTable('accounts')
          .set((e) => ({ used_bytes: e('used_bytes', '-', row.size) }))
          .where('account_id', '=', bytesOf(accountId))
          .execute();
        return true;
      }),
  };
}

async function createLink(
  tx: Transaction<Tables>,
  link: NewLink,
  byteLimit: number,
): Promise<'created' | 'exists' | 'quota-exceeded'> {
  const lookup = bytesOf(link.lookup);
  const existing = await tx.selectFrom('links').select('lookup').where('lookup', '=', lookup).executeTakeFirst();
  if (existing !== undefined) return 'exists';
  const cost = { accountId: link.accountId, bytes: link.record.length, byteLimit };
  if (!(await charge(tx, cost))) return 'quota-exceeded';
  await tx
    .insertInto('links')
    .values({
      lookup,
      account_id: bytesOf(link.accountId),
      vault_id: bytesOf(link.vaultId),
      auth_hash: link.authHash,
      record: link.record,
      created_day: link.createdDay,
      expires_day: link.expiresDay,
      max_downloads: link.maxDownloads,
      received: 0,
      abandoned: 0,
      failures: 0,
      window_start: 0,
      window_failures: 0,
    })
    .execute();
  return 'created';
}

/** Links with the number of their downloads under way. */
export function linkRows(db: Kysely<Tables>) {
  return db
    .selectFrom('links')
    .select(COLUMNS)
    .select((e) =>
      e
        .selectFrom('tickets')
        .select((f) => f.fn.countAll<number>().as('count'))
        .whereRef('tickets.lookup', '=', 'links.lookup')
        .$asScalar()
        .$notNull()
        .as('running'),
    );
}

export function linkRecord(row: Omit<Tables['links'], 'record'> & { running: number }): LinkRecord {
  return {
    lookup: idOf(row.lookup),
    accountId: idOf(row.account_id),
    vaultId: idOf(row.vault_id),
    authHash: row.auth_hash,
    createdDay: row.created_day,
    expiresDay: row.expires_day,
    maxDownloads: row.max_downloads,
    received: row.received,
    abandoned: row.abandoned,
    running: row.running,
    failures: row.failures,
    windowStart: row.window_start,
    windowFailures: row.window_failures,
  };
}
