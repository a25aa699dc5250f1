/**
 * The inner workings of the outbox's transactions: apply an event to rows, keep the tally, let go of sources that nothing
 * needs any more. Inside extension/queue only.
 */
import { Dexie } from 'dexie';
import { HoldfastError } from '../../shared/errors/index.ts';
import { clearSetting, type JobRow, type QueueDb, readSetting, writeSetting } from './db.ts';
import type { TakenItems } from './items.ts';
import type { JobEvent, JobState } from './job.ts';
import { changed, counted, tallied } from './row.ts';

/** Rows changed in one transaction when everything is meant. */
const SLICE = 500;
export const OPEN_STATES: readonly JobState[] = ['captured', 'queued', 'leased', 'waiting'];

/** `before` null: a new row; `after` null: the row goes. */
export type Change = readonly [before: JobRow | null, after: JobRow | null];

/** E_DISK_FULL when the browser has no room for what is to be kept; nothing of it is kept then. */
export async function inTransaction<T>(db: QueueDb, work: () => Promise<T>): Promise<T> {
  try {
    return await db.transaction(
      'rw',
      [db.jobs, db.bundles, db.sources, db.pieces, db.walks, db.drops, db.settings],
      work,
    );
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

/** Writes changed rows and what follows from them. */
export async function save(db: QueueDb, list: readonly Change[]): Promise<void> {
  if (list.length === 0) return;
  await db.jobs.bulkDelete(list.flatMap(([before, after]) => (before && !after ? [before.id] : [])));
  await db.jobs.bulkPut(list.flatMap(([, after]) => after ?? []));
  const [tally, counts] = [await readSetting(db, 'tally'), await readSetting(db, 'counts')];
  await writeSetting(
    db,
    'tally',
    list.reduce((sum, [before, after]) => tallied(sum, before, after), tally),
  );
  await writeSetting(
    db,
    'counts',
    list.reduce((sum, [before, after]) => counted(sum, before, after), counts),
  );
  const ended = list.flatMap(([before, after]) => (before?.open === 1 && after?.open === undefined ? before : []));
  await dropUnusedSources(db, new Set(ended.map(({ sourceId }) => sourceId)));
}

/** Writes down what was captured. */
export async function add(db: QueueDb, { sources, walks, jobs, bundles }: TakenItems): Promise<void> {
  await db.sources.bulkAdd(sources);
  await db.bundles.bulkAdd(bundles);
  await db.walks.bulkAdd(walks);
  await save(
    db,
    jobs.map((job) => [null, job]),
  );
}

/** Forgets finished rows; what they were counted for stays in the tally. */
export async function forget(db: QueueDb, rows: readonly JobRow[]): Promise<void> {
  await db.jobs.bulkDelete(rows.map((row) => row.id));
  const counts = await readSetting(db, 'counts');
  await writeSetting(
    db,
    'counts',
    rows.reduce((sum, row) => counted(sum, row, null), counts),
  );
}

export async function resetTallyWhenIdle(db: QueueDb): Promise<void> {
  for (const state of OPEN_STATES) if ((await inState(db, state).limit(1).count()) > 0) return;
  if ((await db.walks.limit(1).count()) === 0) await clearSetting(db, 'tally');
}

/** Copies and lists of files go with their source: until then they tell what is known of a folder that is read once more. */
export async function dropUnusedSources(db: QueueDb, ids: Iterable<string>): Promise<void> {
  const asked = [...ids];
  if (asked.length === 0) return;
  const open = await db.jobs
    .where('[sourceId+open]')
    .anyOf(asked.map((id) => [id, 1]))
    .uniqueKeys();
  const walked = await db.walks.where('sourceId').anyOf(asked).uniqueKeys();
  const used = new Set([...open.map((key) => (key as unknown as [string, 1])[0]), ...walked]);
  const unused = asked.filter((id) => !used.has(id));
  await db.sources.bulkDelete(unused);
  await db.pieces.where('sourceId').anyOf(unused).delete();
  await db.bundles.where('sourceId').anyOf(unused).delete();
}

/** A person paused it, or has to decide first whose it is. */
export async function isHalted(db: QueueDb): Promise<boolean> {
  return (await readSetting(db, 'paused')) || (await readSetting(db, 'stranger')) !== null;
}

/** What somebody chooses does not mix with what waits of another: E_OTHER_ACCOUNT until that is decided. */
export async function refuseStranger(db: QueueDb): Promise<void> {
  if ((await readSetting(db, 'stranger')) !== null)
    throw new HoldfastError('E_OTHER_ACCOUNT', 'what waits here is of another account');
}

/** Halted, or held because the road is closed. */
export async function isClosed(db: QueueDb, now: number): Promise<boolean> {
  if (await isHalted(db)) return true;
  const hold = await readSetting(db, 'hold');
  return hold !== null && hold.notBefore > now;
}
