/** Accounts with what opens them: OPAQUE record, wraps, recovery key, devices. */
import type { Kysely, Transaction } from 'kysely';
import type { Bytes } from '../../shared/bytes/index.ts';
import {
  type AccountRecord,
  type DeviceRecord,
  type MetadataStore,
  type NewAccount,
  WRAP_KIND,
  type WrapRecord,
} from '../domain/index.ts';
import { bytesOf, idOf } from './ids.ts';
import type { Tables } from './tables.ts';

type Accounts = Pick<
  MetadataStore,
  | 'createAccount'
  | 'accountByName'
  | 'accountById'
  | 'replacePassword'
  | 'recoveryByLookup'
  | 'deviceById'
  | 'addDevice'
  | 'wrapsOf'
>;

export function accounts(db: Kysely<Tables>): Accounts {
  return {
    createAccount: (account) =>
      db.transaction().execute(async (tx) => {
        const taken = await tx
          .selectFrom('accounts')
          .select('account_id')
          .where('name_mac', '=', account.nameMac)
          .executeTakeFirst();
        if (taken !== undefined) return 'name-taken';
        if (await idsTaken(tx, account)) return 'exists';
        await insertAccount(tx, account);
        return 'created';
      }),
    accountByName: async (nameMac) =>
      accountOf(await db.selectFrom('accounts').selectAll().where('name_mac', '=', nameMac).executeTakeFirst()),
    accountById: async (accountId) =>
      accountOf(
        await db.selectFrom('accounts').selectAll().where('account_id', '=', bytesOf(accountId)).executeTakeFirst(),
      ),
    replacePassword: (accountId, record, wrap, keepSession) =>
      db.transaction().execute((tx) => replacePassword(tx, accountId, record, wrap, keepSession)),
    recoveryByLookup: async (lookup) => {
      const row = await db
        .selectFrom('recovery_keys')
        .selectAll()
        .where('lookup', '=', bytesOf(lookup))
        .executeTakeFirst();
      return row === undefined ? null : { accountId: idOf(row.account_id), publicKey: row.public_key };
    },
    deviceById: async (deviceId) => {
      const row = await db
        .selectFrom('devices')
        .selectAll()
        .where('device_id', '=', bytesOf(deviceId))
        .executeTakeFirst();
      if (row === undefined) return null;
      return { accountId: idOf(row.account_id), deviceId, publicKey: row.public_key, half: row.half };
    },
    addDevice: (session, device, wrap, most) =>
      db.transaction().execute((tx) => addDevice(tx, session, device, wrap, most)),
    wrapsOf: async (accountId, deviceId) => {
      const rows = await db
        .selectFrom('wraps')
        .selectAll()
        .where('account_id', '=', bytesOf(accountId))
        .orderBy('kind')
        .orderBy('credential_id')
        .execute();
      return rows
        .filter(({ kind, credential_id }) => kind !== WRAP_KIND.device || idOf(credential_id) === deviceId)
        .map(({ kind, epoch, credential_id, blob }) => ({ kind, epoch, credentialId: credential_id, blob }));
    },
  };
}

function accountOf(row: Tables['accounts'] | undefined): AccountRecord | null {
  if (row === undefined) return null;
  return {
    accountId: idOf(row.account_id),
    nameMac: row.name_mac,
    record: row.opaque_record,
    createdDay: row.created_day,
    usedBytes: row.used_bytes,
    packs: row.packs,
  };
}

async function deviceExists(tx: Transaction<Tables>, deviceId: string): Promise<boolean> {
  const row = await tx
    .selectFrom('devices')
    .select('device_id')
    .where('device_id', '=', bytesOf(deviceId))
    .executeTakeFirst();
  return row !== undefined;
}

async function idsTaken(tx: Transaction<Tables>, account: NewAccount): Promise<boolean> {
  const rows = await Promise.all([
    tx
      .selectFrom('accounts')
      .select('account_id')
      .where('account_id', '=', bytesOf(account.accountId))
      .executeTakeFirst(),
    tx
      .selectFrom('recovery_keys')
      .select('lookup')
      .where('lookup', '=', bytesOf(account.recovery.lookup))
      .executeTakeFirst(),
    tx
      .selectFrom('vaults')
      .select('vault_id')
      .where(
        'vault_id',
        'in',
        account.vaults.map(({ vaultId }) => bytesOf(vaultId)),
      )
      .executeTakeFirst(),
  ]);
  return rows.some((row) => row !== undefined) || deviceExists(tx, account.device.deviceId);
}

async function insertAccount(tx: Transaction<Tables>, account: NewAccount): Promise<void> {
  const accountId = bytesOf(account.accountId);
  await tx
    .insertInto('accounts')
    .values({
      account_id: accountId,
      name_mac: account.nameMac,
      opaque_record: account.record,
      created_day: account.day,
      used_bytes: account.vaults.reduce((sum, { genesis }) => sum + genesis.length, 0),
      packs: 0,
    })
    .execute();
  const { lookup, publicKey } = account.recovery;
  await tx
    .insertInto('recovery_keys')
    .values({ lookup: bytesOf(lookup), account_id: accountId, public_key: publicKey })
    .execute();
  await insertDevice(tx, accountId, account.device);
  for (const wrap of account.wraps) await insertWrap(tx, accountId, wrap);
  for (const { vaultId, kind, genesis, head } of account.vaults) {
    const vault_id = bytesOf(vaultId);
    await tx
      .insertInto('vaults')
      .values({ vault_id, account_id: accountId, kind, head_seq: head.seq, head_hash: bytesOf(head.hash) })
      .execute();
    await tx.insertInto('entries').values({ vault_id, seq: head.seq, day: account.day, body: genesis }).execute();
  }
}

async function replacePassword(
  tx: Transaction<Tables>,
  accountId: string,
  record: Bytes,
  wrap: WrapRecord,
  keepSession: string,
): Promise<boolean> {
  const account = bytesOf(accountId);
  const kept = await sessionRow(tx, keepSession);
  if (kept === undefined) return false;
  await tx.updateTable('accounts').set({ opaque_record: record }).where('account_id', '=', account).execute();
  await tx.deleteFrom('wraps').where('account_id', '=', account).where('kind', '=', wrap.kind).execute();
  await insertWrap(tx, account, wrap);
  await forgetOthers(tx, account, kept);
  return true;
}

function sessionRow(tx: Transaction<Tables>, sessionId: string) {
  return tx
    .selectFrom('sessions')
    .select(['session_id', 'device_id'])
    .where('session_id', '=', bytesOf(sessionId))
    .executeTakeFirst();
}

/** Ends every session but one, and with them the devices that could open new ones by their own keys. */
async function forgetOthers(
  tx: Transaction<Tables>,
  account: Bytes,
  kept: Pick<Tables['sessions'], 'session_id' | 'device_id'>,
): Promise<void> {
  await tx
    .deleteFrom('sessions')
    .where('account_id', '=', account)
    .where('session_id', '!=', kept.session_id)
    .execute();
  const device = kept.device_id ?? new Uint8Array(0);
  await tx
    .deleteFrom('wraps')
    .where('account_id', '=', account)
    .where('kind', '=', WRAP_KIND.device)
    .where('credential_id', '!=', device)
    .execute();
  await tx.deleteFrom('devices').where('account_id', '=', account).where('device_id', '!=', device).execute();
}

async function addDevice(
  tx: Transaction<Tables>,
  session: { accountId: string; sessionId: string },
  device: DeviceRecord,
  wrap: WrapRecord,
  most: number,
): Promise<'added' | 'exists' | 'too-many' | 'session-ended'> {
  const account = bytesOf(session.accountId);
  if ((await sessionRow(tx, session.sessionId)) === undefined) return 'session-ended';
  if (await deviceExists(tx, device.deviceId)) return 'exists';
  const { count } = await tx
    .selectFrom('devices')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('account_id', '=', account)
    .executeTakeFirstOrThrow();
  if (count >= most) return 'too-many';
  await insertDevice(tx, account, device);
  await insertWrap(tx, account, wrap);
  await tx
    .updateTable('sessions')
    .set({ device_id: bytesOf(device.deviceId) })
    .where('session_id', '=', bytesOf(session.sessionId))
    .execute();
  return 'added';
}

async function insertDevice(tx: Transaction<Tables>, account: Bytes, device: DeviceRecord): Promise<void> {
  await tx
    .insertInto('devices')
    .values({
      device_id: bytesOf(device.deviceId),
      account_id: account,
      public_key: device.publicKey,
      half: device.half,
    })
    .execute();
}

async function insertWrap(tx: Transaction<Tables>, account: Bytes, wrap: WrapRecord): Promise<void> {
  const { kind, epoch, credentialId, blob } = wrap;
  await tx
    .insertInto('wraps')
    .values({ account_id: account, kind, epoch, credential_id: credentialId, blob })
    .execute();
}

/** Adds to what the account holds, unless that would go beyond the limit. */
export async function charge(
  tx: Transaction<Tables>,
  cost: { accountId: string; bytes: number; byteLimit: number },
): Promise<boolean> {
  const charged = await tx
    .updateTable('accounts')
    .set((e) => ({ used_bytes: e('used_bytes', '+', cost.bytes) }))
    .where('account_id', '=', bytesOf(cost.accountId))
    .where('used_bytes', '<=', cost.byteLimit - cost.bytes)
    .executeTakeFirst();
  return charged.numUpdatedRows === 1n;
}
