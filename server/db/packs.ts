/** The packs that each vault has. */
import { type Kysely, sql, type Transaction } from 'kysely';
import type { MetadataStore, NewPack } from '../domain/index.ts';
import { bytesOf, idOf } from './ids.ts';
import type { Tables } from './tables.ts';

type Packs = Pick<MetadataStore, 'missingPacks' | 'packSize' | 'addPack' | 'packs'>;

export function packs(db: Kysely<Tables>): Packs {
  return {
    missingPacks: (vaultId, packIds) => missingPacks(db, vaultId, packIds),
    packSize: async (vaultId, packId) => {
      const row = await db
        .selectFrom('packs')
        .select('size')
        .where('vault_id', '=', bytesOf(vaultId))
        .where('pack_id', '=', bytesOf(packId))
        .executeTakeFirst();
      return row?.size ?? null;
    },
    addPack: (pack) => db.transaction().execute((tx) => addPack(tx, pack)),
    packs: async (after, limit) => {
      const rows = await db
        .selectFrom('packs')
        .select(['pack_id', 'size'])
        .distinct()
        .where('pack_id', '>', bytesOf(after))
        .orderBy('pack_id')
        .limit(limit)
        .execute();
      return rows.map(({ pack_id, size }) => ({ packId: idOf(pack_id), size }));
    },
  };
}

async function addPack(tx: Transaction<Tables>, pack: NewPack): Promise<void> {
  const key = { vault_id: bytesOf(pack.vaultId), pack_id: bytesOf(pack.packId) };
  const known = await tx
    .selectFrom('packs')
    .select('size')
    .where('vault_id', '=', key.vault_id)
    .where('pack_id', '=', key.pack_id)
    .executeTakeFirst();
  if (known !== undefined) return;
  const { accountId, size, day } = pack;
  await tx
    .updateTable('accounts')
    .set((e) => ({ used_bytes: e('used_bytes', '+', size), packs: e('packs', '+', 1) }))
    .where('account_id', '=', bytesOf(accountId))
    .execute();
  await tx
    .insertInto('packs')
    .values({ ...key, size, day })
    .execute();
}

/** One statement for any number of ids: thousands of single look-ups would hold up everybody else. */
export async function missingPacks(
  db: Kysely<Tables>,
  vaultId: string,
  packIds: readonly string[],
): Promise<readonly string[]> {
  if (packIds.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    select wanted.value as id from json_each(${JSON.stringify(packIds)}) as wanted
    where not exists (
      select 1 from packs where packs.vault_id = ${bytesOf(vaultId)} and packs.pack_id = unhex(wanted.value)
    )
    order by wanted.key`.execute(db);
  return rows.map(({ id }) => id);
}
