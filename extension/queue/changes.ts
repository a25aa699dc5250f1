/**
 * The inner workings of the outbox's transactions: apply an event to rows, keep the tally, let go of sources that nothing
 * needs any more. Inside extension/queue only.
 */
import { Dexie } from 'dexie';
import { HoldfastError } from '../../shared/errors/index.ts';
import { type JobRow, type QueueDb, readSetting, type Tally, writeSetting } from './db.ts';
import type { JobEvent, JobState } from './job.ts';
import { changed, tallied, tallyOf } from './row.ts';

/** Rows changed in one transaction when everything is meant. */
const SLICE = 500;
export const OPEN_STATES: readonly JobState[] = ['captured', 'queued', 'leased', 'waiting'];
const NO_TALLY: Tally = { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0 };

export type Change = readonly [before: JobRow, after: JobRow];

/** E_DISK_FULL when the browser has no room for what is to be kept; nothing of it is kept then. */
export async function inTransaction<T>(db: QueueDb, work: () => Promise<T>): Promise<T> {
  try {
    return await db.transaction('rw', [db.jobs, db.sources, db.walks, db.settings], work);
  } catch (error) {
    if (!isQuotaExceeded(error)) throw error;
    throw new HoldfastError('E_DISK_FULL', 'the browser has no room left for the queue', { cause: error });
  }
}

function isQuotaExceeded(error: unknown): boolean {
  const { name, inner } = error as { name?: string; inner?: { name?: string } };
  return name === 'QuotaExceededError' || inner?.name === 'QuotaExceededError';
}

/** Rows of one state, oldest change first. */
export function inState(db: QueueDb, state: JobState) {
  return db.jobs.where('[status.state+touchedAt]').between([state, Dexie.minKey], [state, Dexie.maxKey]);
}

/** Folders that can be read now. */
export function openWalks(db: QueueDb) {
  return db.walks.filter((walk) => walk.blocked === undefined);
}

/** Rows a runner may claim, in the order in which it should. */
export function claimable(db: QueueDb, now: number) {
  const { minKey, maxKey } = Dexie;
  return db.jobs.where('[ready+order]').between([minKey, minKey], [now, maxKey], true, true);
}

/** When the bytes of a job from the web may be fetched; undefined while only a person can change that. */
export function fetchDueAt({ status }: JobRow): number | undefined {
  if (status.state === 'captured') return 0;
  return status.state === 'waiting' ? (status.notBefore ?? undefined) : undefined;
}

export function applyTo(db: QueueDb, ids: readonly string[], event: JobEvent, now: number): Promise<void> {
  return inTransaction(db, async () => {
    const rows = await db.jobs.bulkGet([...ids]);
    await save(db, changes(rows, event, now));
  });
}

/** Applies an event slice by slice, so that no transaction is long however many rows there are. */
export async function applyInSlices(db: QueueDb, ids: readonly string[], event: JobEvent, now: number): Promise<void> {
  for (let i = 0; i < ids.length; i += SLICE) await applyTo(db, ids.slice(i, i + SLICE), event, now);
}

export function changes(rows: readonly (JobRow | undefined)[], event: JobEvent, now: number): Change[] {
  return rows.flatMap((row) => {
    const after = row && changed(row, event, now);
    return after ? [[row, after] as const] : [];
  });
}

/** Writes changed rows and what follows from them; answers the rows as written. */
export async function save(db: QueueDb, list: readonly Change[]): Promise<readonly JobRow[]> {
  if (list.length === 0) return [];
  const rows = list.map(([, after]) => after);
  await db.jobs.bulkPut(rows);
  const tally = await readSetting(db, 'tally');
  const moved = list.reduce((sum, [before, after]) => tallied(sum, tallyOf(before), tallyOf(after)), tally);
  await writeSetting(db, 'tally', moved);
  const ended = list.filter(([before, after]) => before.open === 1 && after.open === undefined);
  for (const id of new Set(ended.map(([, after]) => after.sourceId))) await dropSourceWhenUnused(db, id);
  return rows;
}

export async function countIn(db: QueueDb, jobs: readonly JobRow[]): Promise<void> {
  if (jobs.length === 0) return;
  const tally = await readSetting(db, 'tally');
  const sum = jobs.reduce((total, job) => tallied(total, NO_TALLY, tallyOf(job)), tally);
  await writeSetting(db, 'tally', sum);
}

export async function resetTallyWhenIdle(db: QueueDb): Promise<void> {
  for (const state of OPEN_STATES) if ((await inState(db, state).limit(1).count()) > 0) return;
  if ((await db.walks.limit(1).count()) === 0) await writeSetting(db, 'tally', NO_TALLY);
}

export async function dropSourceWhenUnused(db: QueueDb, sourceId: string): Promise<void> {
  const needed = await db.jobs.where('[sourceId+open]').equals([sourceId, 1]).limit(1).count();
  const walked = await db.walks.where('sourceId').equals(sourceId).limit(1).count();
  if (needed === 0 && walked === 0) await db.sources.delete(sourceId);
}

/** Paused by a person, or held because the road is closed. */
export async function isClosed(db: QueueDb, now: number): Promise<boolean> {
  if (await readSetting(db, 'paused')) return true;
  const hold = await readSetting(db, 'hold');
  return hold !== null && hold.notBefore > now;
}
