/** Vault heads and log entries. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Append, AppendOutcome, MetadataStore, VaultRecord } from '../domain/index.ts';
import { charge } from './accounts.ts';
import { bytesOf, idOf } from './ids.ts';
import { missingPacks } from './packs.ts';
import type { Tables } from './tables.ts';

type Vaults = Pick<MetadataStore, 'vaultsOf' | 'vaultOf' | 'entries' | 'append'>;

export function vaults(db: Kysely<Tables>): Vaults {
  return {
    vaultsOf: async (accountId) => {
      const rows = await db
        .selectFrom('vaults')
        .selectAll()
        .where('account_id', '=', bytesOf(accountId))
        .orderBy('kind')
        .execute();
      return rows.map(vaultRecord);
    },
    vaultOf: async (accountId, vaultId) => {
      const row = await db
        .selectFrom('vaults')
        .selectAll()
        .where('vault_id', '=', bytesOf(vaultId))
        .where('account_id', '=', bytesOf(accountId))
        .executeTakeFirst();
      return row === undefined ? null : vaultRecord(row);
    },
    entries: async (vaultId, after, limit, maxBytes) => {
      const vault = bytesOf(vaultId);
      const last = await lastOfPage(db, vault, after, limit, maxBytes);
      const rows = await db
        .selectFrom('entries')
        .select(['body', 'day'])
        .where('vault_id', '=', vault)
        .where('seq', '>', after)
        .where('seq', '<=', last)
        .orderBy('seq')
        .execute();
      return rows.map(({ body, day }) => ({ body, day }));
    },
    append: (append) => db.transaction().execute((tx) => appendEntries(tx, append)),
  };
}

function vaultRecord(row: Tables['vaults']): VaultRecord {
  return {
    vaultId: idOf(row.vault_id),
    kind: row.kind,
    head: { seq: row.head_seq, hash: idOf(row.head_hash) },
  };
}

async function lastOfPage(
  db: Kysely<Tables>,
  vault: Uint8Array<ArrayBuffer>,
  after: number,
  limit: number,
  maxBytes: number,
): Promise<number> {
  const sizes = await db
    .selectFrom('entries')
    .select(['seq', sql<number>`length(body)`.as('size')])
    .where('vault_id', '=', vault)
    .where('seq', '>', after)
    .orderBy('seq')
    .limit(limit)
    .execute();
  let last = after;
  let bytes = 0;
  for (const { seq, size } of sizes) {
    bytes += size;
    if (bytes > maxBytes && last > after) break;
    last = seq;
  }
  return last;
}

async function appendEntries(tx: Transaction<Tables>, append: Append): Promise<AppendOutcome> {
  const vaultId = bytesOf(append.vaultId);
  const row = await tx.selectFrom('vaults').selectAll().where('vault_id', '=', vaultId).executeTakeFirstOrThrow();
  const { head } = vaultRecord(row);
  if (head.seq !== append.expected.seq || head.hash !== append.expected.hash) return { outcome: 'head-moved', head };
  const missing = await missingPacks(tx, append.vaultId, append.requires);
  if (missing.length > 0) return { outcome: 'packs-missing', missing };
  const bytes = append.bodies.reduce((sum, body) => sum + body.length, 0);
  const { accountId, byteLimit } = append;
  if (!(await charge(tx, { accountId, bytes, byteLimit }))) return { outcome: 'quota-exceeded' };
  let { seq } = head;
  for (const body of append.bodies) {
    seq += 1;
    await tx.insertInto('entries').values({ vault_id: vaultId, seq, day: append.day, body }).execute();
  }
  await tx
    .updateTable('vaults')
    .set({ head_seq: append.head.seq, head_hash: bytesOf(append.head.hash) })
    .where('vault_id', '=', vaultId)
    .execute();
  return { outcome: 'appended' };
}
