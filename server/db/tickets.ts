/** Proofs of links, and the tickets of downloads under way. */
import { type Kysely, sql, type Transaction } from 'kysely';
import { type Bytes, equal } from '../../shared/bytes/index.ts';
import {
  afterFailure,
  downloadsLeft,
  isExpired,
  isLocked,
  type LinkProof,
  type MetadataStore,
  type ProofOutcome,
} from '../domain/index.ts';
import { bytesOf, idOf } from './ids.ts';
import { linkRecord, linkRows } from './links.ts';
import type { Tables } from './tables.ts';

/** A ticket's last use is kept to the minute; a write for every pack would be many. */
const USED_STEP_MS = 60_000;

type Tickets = Pick<MetadataStore, 'proveLink' | 'ticketVault' | 'touchTicket' | 'completeTicket' | 'settleTickets'>;

export function tickets(db: Kysely<Tables>): Tickets {
  return {
    proveLink: (proof) => db.transaction().execute((tx) => prove(tx, proof)),
    ticketVault: async (ticketHash) => {
      const row = await db
        .selectFrom('tickets')
        .innerJoin('links', 'links.lookup', 'tickets.lookup')
        .select('vault_id')
        .where('ticket_hash', '=', ticketHash)
        .executeTakeFirst();
      return row === undefined ? null : idOf(row.vault_id);
    },
    touchTicket: async (ticketHash, now) => {
      const stale = await db
        .selectFrom('tickets')
        .select('ticket_hash')
        .where('ticket_hash', '=', ticketHash)
        .where((e) => e.or([e('fetched', '=', 0), e('last_used_at', '<=', now - USED_STEP_MS)]))
        .executeTakeFirst();
      if (stale === undefined) return;
      await db
        .updateTable('tickets')
        .set({ fetched: 1, last_used_at: now })
        .where('ticket_hash', '=', ticketHash)
        .execute();
    },
    completeTicket: (ticketHash) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .deleteFrom('tickets')
          .where('ticket_hash', '=', ticketHash)
          .returning('lookup')
          .executeTakeFirst();
        if (row === undefined) return false;
        await tx
          .updateTable('links')
          .set((e) => ({ received: e('received', '+', 1) }))
          .where('lookup', '=', row.lookup)
          .execute();
        return true;
      }),
    settleTickets: async (idleSince) => {
      const idle = await db
        .selectFrom('tickets')
        .select('ticket_hash')
        .where('last_used_at', '<', idleSince)
        .limit(1)
        .executeTakeFirst();
      if (idle !== undefined) await db.transaction().execute((tx) => settle(tx, idleSince));
    },
  };
}

async function prove(tx: Transaction<Tables>, proof: LinkProof): Promise<ProofOutcome> {
  const lookup = bytesOf(proof.lookup);
  const row = await linkRows(tx).where('lookup', '=', lookup).executeTakeFirst();
  if (row === undefined) return { outcome: 'gone' };
  const link = linkRecord(row);
  const taken = proof.ticketHash === null ? undefined : await ticketRow(tx, proof.ticketHash);
  const goesOn = taken !== undefined && equal(taken.lookup, lookup);
  if (!goesOn && (isExpired(link, proof.now) || downloadsLeft(link) === 0)) return { outcome: 'gone' };
  if (isLocked(link, proof.now)) return { outcome: 'locked' };
  if (!equal(link.authHash, proof.authHash)) {
    const { failures, windowStart, windowFailures } = afterFailure(link, proof.now);
    await tx
      .updateTable('links')
      .set({ failures, window_start: windowStart, window_failures: windowFailures })
      .where('lookup', '=', lookup)
      .execute();
    return { outcome: 'wrong' };
  }
  if (taken !== undefined && !goesOn) return { outcome: 'gone' };
  if (proof.ticketHash !== null && !goesOn) {
    await tx
      .insertInto('tickets')
      .values({ ticket_hash: proof.ticketHash, lookup, last_used_at: proof.now, fetched: 0 })
      .execute();
  }
  const { record } = await tx
    .selectFrom('links')
    .select('record')
    .where('lookup', '=', lookup)
    .executeTakeFirstOrThrow();
  return { outcome: 'proven', link, record };
}

function ticketRow(tx: Transaction<Tables>, ticketHash: Bytes) {
  return tx.selectFrom('tickets').select('lookup').where('ticket_hash', '=', ticketHash).executeTakeFirst();
}

async function settle(tx: Transaction<Tables>, idleSince: number): Promise<void> {
  await sql`
    update links set abandoned = abandoned + ended.count
    from (
      select lookup, count(*) as count from tickets
      where last_used_at < ${idleSince} and fetched = 1 group by lookup
    ) as ended
    where links.lookup = ended.lookup`.execute(tx);
  await tx.deleteFrom('tickets').where('last_used_at', '<', idleSince).execute();
}
