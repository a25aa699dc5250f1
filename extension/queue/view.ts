/** What the screens may see of the queue: read-only live queries. May not: write. */
import { inState } from './changes.ts';
import {
  type AuditNote,
  type DropRow,
  type Hold,
  harmOf,
  type JobRow,
  type QueueDb,
  readSetting,
  type SettingValues,
  type SourceRow,
  type Tally,
} from './db.ts';
import { JOB_STATES, type JobState, type WaitReason } from './job.ts';
import { type Live, live } from './live.ts';

export type { AuditNote, Hold, JobRow, SourceRow, Tally } from './db.ts';
export type { JobState, JobStatus, WaitReason } from './job.ts';
export type { Live } from './live.ts';

export interface QueueSummary {
  /** Files in each state. */
  counts: Readonly<Record<JobState, number>>;
  waiting: Readonly<Partial<Record<WaitReason, number>>>;
  /** Folders still to be read, and those of them for which the browser must be asked again. */
  walks: number;
  blocked: number;
  /** Dropped things that a page is still looking through. */
  drops: number;
  /** Those of which a part may be missing: their page died, or could not go on. */
  cutShort: readonly CutShort[];
  /** Sources that can be read only as long as the browser allows it: files and folders that were not copied. */
  handles: number;
  tally: Tally;
  /** Bytes of the jobs under way that are dealt with already. */
  inFlight: number;
  hold: Hold | null;
  paused: boolean;
  lastProvenAt: number | null;
  /** What reading back found. */
  audit: Pick<AuditNote, 'provenAt' | 'damaged'>;
  account: string | null;
  /** Who is asked what becomes of everything here, and whose it is. */
  stranger: { name: string; owner: string } | null;
}

export type CutShort = Required<Pick<DropRow, 'id' | 'name' | 'others'>>;

/** What backing up may take of the network. */
export type Limits = Pick<SettingValues, 'uploadLimit' | 'waitOnMetered'>;

/** The part of the list to show. */
export type QueueFilter = 'all' | 'open' | 'failed' | 'done';

export interface Proofs {
  readonly lastProvenAt: number | null;
  readonly atRest: boolean;
}

export interface QueueView {
  summary(): Live<QueueSummary>;
  /** Newest change first. */
  jobs(filter: QueueFilter, limit: number): Live<readonly JobRow[]>;
  /** When something was last proven, and whether nothing is under way. */
  proofs(): Live<Proofs>;
  hold(): Live<Hold | null>;
  limits(): Live<Limits>;
  /** The sources that the browser must be asked for again before their items can go on. */
  awaitingPermission(): Live<readonly SourceRow[]>;
}

const WAIT_REASONS: readonly WaitReason[] = ['offline', 'rate', 'quota', 'auth', 'locked', 'permission', 'metered'];
const STATES_OF: Readonly<Record<Exclude<QueueFilter, 'all'>, readonly JobState[]>> = {
  open: ['leased', 'committed', 'captured', 'waiting', 'queued'],
  failed: ['failed'],
  done: ['proven', 'cancelled'],
};

export function createView(db: QueueDb): QueueView {
  return {
    summary: () => live(() => readSummary(db)),
    jobs: (filter, limit) => live(() => readJobs(db, filter, limit)),
    proofs: () => live(() => readProofs(db)),
    hold: () => live(() => readSetting(db, 'hold')),
    limits: () => live(() => readLimits(db)),
    awaitingPermission: () => live(() => readAwaiting(db)),
  };
}

/** The summary once, for callers that are not on screen. All its numbers are of the same moment. */
export function readSummary(db: QueueDb): Promise<QueueSummary> {
  return db.transaction('r', [db.jobs, db.walks, db.drops, db.settings, db.sources], () => summarise(db));
}

async function summarise(db: QueueDb): Promise<QueueSummary> {
  const by = await readSetting(db, 'counts');
  const waiting: Partial<Record<WaitReason, number>> = {};
  for (const reason of WAIT_REASONS) if ((by[reason] ?? 0) > 0) waiting[reason] = by[reason] ?? 0;
  const waitingFiles = Object.values(waiting).reduce((sum, files) => sum + files, 0);
  const filesIn = (state: JobState) => (state === 'waiting' ? waitingFiles : (by[state] ?? 0));
  const counts = Object.fromEntries(JOB_STATES.map((state) => [state, filesIn(state)])) as Record<JobState, number>;
  const drops = await db.drops.toArray();
  const cutShort = drops.filter((drop) => drop.cutShort === 1);
  const audit = await readSetting(db, 'audit');
  const [stranger, owner] = [await readSetting(db, 'stranger'), await readSetting(db, 'owner')];
  const leased = counts.leased > 0 ? await inState(db, 'leased').toArray() : [];
  return {
    counts,
    waiting,
    walks: await db.walks.count(),
    blocked: await db.walks.filter((walk) => walk.blocked === 1).count(),
    drops: drops.length - cutShort.length,
    cutShort: cutShort.map(({ id, name, others = 0 }) => ({ id, name, others })),
    handles: await db.sources.where('kind').anyOf('file', 'folder').count(),
    tally: await readSetting(db, 'tally'),
    inFlight: leased.reduce((sum, job) => sum + Math.min(job.done, job.size), 0),
    hold: await readSetting(db, 'hold'),
    paused: await readSetting(db, 'paused'),
    lastProvenAt: await readSetting(db, 'lastProvenAt'),
    audit: { provenAt: audit.provenAt, damaged: harmOf(audit) },
    account: await readSetting(db, 'account'),
    stranger: stranger && { name: stranger.name, owner: owner?.name ?? '' },
  };
}

function readProofs(db: QueueDb): Promise<Proofs> {
  return db.transaction('r', db.settings, async () => {
    const { leased = 0, committed = 0 } = await readSetting(db, 'counts');
    return { lastProvenAt: await readSetting(db, 'lastProvenAt'), atRest: leased + committed === 0 };
  });
}

async function readLimits(db: QueueDb): Promise<Limits> {
  return { uploadLimit: await readSetting(db, 'uploadLimit'), waitOnMetered: await readSetting(db, 'waitOnMetered') };
}

async function readJobs(db: QueueDb, filter: QueueFilter, limit: number): Promise<readonly JobRow[]> {
  if (filter === 'all') return db.jobs.orderBy('touchedAt').reverse().limit(limit).toArray();
  const rows: JobRow[] = [];
  for (const state of STATES_OF[filter]) {
    if (rows.length >= limit) break;
    rows.push(
      ...(await inState(db, state)
        .reverse()
        .limit(limit - rows.length)
        .toArray()),
    );
  }
  return rows;
}

async function readAwaiting(db: QueueDb): Promise<readonly SourceRow[]> {
  const jobs = await db.jobs.where('[status.state+status.reason]').equals(['waiting', 'permission']).toArray();
  const walks = await db.walks.filter((walk) => walk.blocked === 1).toArray();
  const sources = await db.sources.bulkGet([...new Set([...jobs, ...walks].map((row) => row.sourceId))]);
  return sources.filter((source) => source !== undefined);
}
