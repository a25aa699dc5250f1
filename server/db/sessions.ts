/** Sessions by the hash of their token. */
import type { Kysely, Transaction } from 'kysely';
import type { Bytes } from '../../shared/bytes/index.ts';
import { type ClientKind, type MetadataStore, type SessionRecord, sessionLimits, WRAP_KIND } from '../domain/index.ts';
import { bytesOf, bytesOrNull, idOf, idOrNull } from './ids.ts';
import type { Tables } from './tables.ts';

type Sessions = Pick<MetadataStore, 'openSession' | 'sessionByToken' | 'sessionsOf' | 'touchSession' | 'endSession'>;

export function sessions(db: Kysely<Tables>): Sessions {
  return {
    openSession: (session, tokenHash, mostOfDevice) =>
      db.transaction().execute(async (tx) => {
        await forgetDead(tx, session.createdAt);
        await tx
          .insertInto('sessions')
          .values({
            session_id: bytesOf(session.sessionId),
            token_hash: tokenHash,
            account_id: bytesOf(session.accountId),
            client: session.client,
            device_id: bytesOrNull(session.deviceId),
            created_at: session.createdAt,
            last_seen_at: session.lastSeenAt,
          })
          .execute();
        if (session.deviceId !== null) await forgetOldest(tx, session, bytesOf(session.deviceId), mostOfDevice);
      }),
    sessionByToken: async (tokenHash) => {
      const row = await db.selectFrom('sessions').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst();
      return row === undefined ? null : sessionOf(row);
    },
    sessionsOf: async (accountId) => {
      const rows = await db
        .selectFrom('sessions')
        .selectAll()
        .where('account_id', '=', bytesOf(accountId))
        .orderBy('created_at', 'desc')
        .execute();
      return rows.map(sessionOf);
    },
    touchSession: async (sessionId, now) => {
      await db
        .updateTable('sessions')
        .set({ last_seen_at: now })
        .where('session_id', '=', bytesOf(sessionId))
        .execute();
    },
    endSession: (accountId, sessionId) =>
      db.transaction().execute(async (tx) => {
        const account = bytesOf(accountId);
        const row = await tx
          .deleteFrom('sessions')
          .where('session_id', '=', bytesOf(sessionId))
          .where('account_id', '=', account)
          .returning('device_id')
          .executeTakeFirst();
        if (row === undefined) return false;
        if (row.device_id !== null) await forgetDevice(tx, account, row.device_id);
        return true;
      }),
  };
}

function sessionOf(row: Tables['sessions']): SessionRecord {
  return {
    sessionId: idOf(row.session_id),
    accountId: idOf(row.account_id),
    client: row.client,
    deviceId: idOrNull(row.device_id),
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

/**
 * A device of the web is of no more use than its session, for every sign-in there makes a new one; kept, they would add up
 * until the account takes no more devices. One of the extension opens its next session itself.
 */
async function forgetDead(tx: Transaction<Tables>, now: number): Promise<void> {
  const kinds: readonly ClientKind[] = ['web', 'extension'];
  for (const client of kinds) {
    const { idleMs, maxMs } = sessionLimits(client);
    const dead = await tx
      .deleteFrom('sessions')
      .where('client', '=', client)
      .where((e) => e.or([e('last_seen_at', '<=', now - idleMs), e('created_at', '<=', now - maxMs)]))
      .returning(['account_id', 'device_id'])
      .execute();
    if (client === 'extension') continue;
    for (const { account_id, device_id } of dead) if (device_id !== null) await forgetDevice(tx, account_id, device_id);
  }
}

async function forgetOldest(
  tx: Transaction<Tables>,
  session: SessionRecord,
  device: Bytes,
  most: number,
): Promise<void> {
  const own = bytesOf(session.sessionId);
  const newest = tx
    .selectFrom('sessions')
    .select('session_id')
    .where('device_id', '=', device)
    .where('session_id', '!=', own)
    .orderBy('created_at', 'desc')
    .limit(most - 1);
  await tx
    .deleteFrom('sessions')
    .where('device_id', '=', device)
    .where('session_id', '!=', own)
    .where('session_id', 'not in', newest)
    .execute();
}

async function forgetDevice(tx: Transaction<Tables>, account: Bytes, device: Bytes): Promise<void> {
  await tx
    .deleteFrom('wraps')
    .where('account_id', '=', account)
    .where('kind', '=', WRAP_KIND.device)
    .where('credential_id', '=', device)
    .execute();
  await tx.deleteFrom('devices').where('device_id', '=', device).execute();
}
