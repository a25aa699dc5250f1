/** The runner's side of the outbox: claims and what became of them. Each method is one short transaction. */
import { Dexie } from 'dexie';
import type { ErrorCode } from '../../shared/errors/index.ts';
import { type ClaimedFile, filesOf, halves, splitOff } from './bundles.ts';
import {
  applyInSlices,
  applyTo,
  type Change,
  changes,
  claimable,
  fetchDueAt,
  forget,
  inState,
  inTransaction,
  isClosed,
  isHalted,
  openWalks,
  save,
} from './changes.ts';
import { type Hold, type JobRow, type QueueDb, readSetting, type SourceRow, writeSetting } from './db.ts';
import type { Stage, WaitReason } from './job.ts';
import { changed, jobRow } from './row.ts';

export interface ClaimLimits {
  readonly jobs: number;
  /** Sum of their files, and of their sizes; the first job is taken whatever it holds. */
  readonly files: number;
  readonly bytes: number;
  readonly leaseMs: number;
}

export interface ClaimedJob {
  readonly job: JobRow;
  readonly files: readonly ClaimedFile[];
  /** Undefined when it is gone from the database. */
  readonly source: SourceRow | undefined;
}

/** A file of a leased job that cannot be archived, and why. */
export interface FileFault {
  readonly jobId: string;
  /** Its version's id; the job's own when the job is one file. */
  readonly fileId: string;
  readonly code: ErrorCode;
}

/** Finished rows kept, of each kind. */
const HISTORY = 1_000;

export class Leases {
  readonly #db: QueueDb;
  readonly #now: () => number;

  constructor(db: QueueDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** A batch to archive, leased to `owner`; empty while halted or held. */
  claim(owner: string, limits: ClaimLimits): Promise<readonly ClaimedJob[]> {
    const db = this.#db;
    const now = this.#now();
    return inTransaction(db, async () => {
      if (await isClosed(db, now)) return [];
      const batch = withinLimits(await claimable(db, now).limit(limits.jobs).toArray(), limits);
      const list = changes(batch, { type: 'claim', owner, until: now + limits.leaseMs }, now);
      await save(db, list);
      return claimed(
        db,
        list.flatMap(([, after]) => after ?? []),
      );
    });
  }

  /** Takes over what runners left that are known to be dead; only for whoever holds the runner's lock. */
  async inherit(heir: string): Promise<void> {
    for (const state of ['leased', 'committed'] as const) {
      const ids = await inState(this.#db, state).primaryKeys();
      await applyInSlices(this.#db, ids, { type: 'inherit', heir }, this.#now());
    }
  }

  /**
   * Notes the bytes dealt with and renews leases before they run out; what has not moved is not written again. Answers
   * whether the queue was halted, and the ids that `owner` no longer holds.
   */
  advance(
    owner: string,
    leaseMs: number,
    progress: ReadonlyMap<string, number>,
  ): Promise<{ halted: boolean; lost: readonly string[] }> {
    const db = this.#db;
    const now = this.#now();
    return inTransaction(db, async () => {
      const rows = await db.jobs.bulkGet([...progress.keys()]);
      const lost: string[] = [];
      const renewed: JobRow[] = [];
      for (const [i, [id, done]] of [...progress].entries()) {
        const row = rows[i];
        const stage = stageAt(done, row?.size ?? 0);
        const after = row && changed(row, { type: 'advance', owner, stage, until: now + leaseMs }, now);
        if (after && isCurrent(row, done, now + leaseMs / 2)) continue;
        if (after) renewed.push({ ...after, done });
        else if (row?.status.state !== 'proven') lost.push(id);
      }
      await db.jobs.bulkPut(renewed);
      return { halted: await isHalted(db), lost };
    });
  }

  commit(owner: string, ids: readonly string[], leaseMs: number): Promise<void> {
    const now = this.#now();
    return applyTo(this.#db, ids, { type: 'commit', owner, until: now + leaseMs }, now);
  }

  prove(ids: readonly string[]): Promise<void> {
    const now = this.#now();
    return inTransaction(this.#db, async () => {
      await applyTo(this.#db, ids, { type: 'prove' }, now);
      await writeSetting(this.#db, 'lastProvenAt', now);
    });
  }

  putBack(owner: string, ids: readonly string[]): Promise<void> {
    return applyTo(this.#db, ids, { type: 'yield', owner }, this.#now());
  }

  /** `owner` null: a document that is still to be fetched. */
  wait(owner: string | null, ids: readonly string[], reason: WaitReason, notBefore: number | null): Promise<void> {
    return applyTo(this.#db, ids, { type: 'wait', owner, reason, notBefore }, this.#now());
  }

  /** `owner` null: a document that is still to be fetched. A file of a bundle fails as a job of its own. */
  fail(owner: string | null, faults: readonly FileFault[]): Promise<void> {
    const db = this.#db;
    return inTransaction(db, async () => {
      const list: Change[] = [];
      for (const [jobId, some] of Map.groupBy(faults, (fault) => fault.jobId)) {
        const job = await db.jobs.get(jobId);
        if (job)
          list.push(...(await this.#failures(owner, job, new Map(some.map(({ fileId, code }) => [fileId, code])))));
      }
      await save(db, list);
    });
  }

  async #failures(
    owner: string | null,
    job: JobRow,
    codes: ReadonlyMap<string, ErrorCode>,
  ): Promise<readonly Change[]> {
    const failed = (row: JobRow): JobRow | null =>
      changed(row, { type: 'fail', owner, code: codes.get(row.id) ?? 'E_INTERNAL' }, this.#now());
    const whole = failed(job);
    if (whole === null) return [];
    if (codes.get(job.id) === 'E_SOURCE_GONE' && (await this.#wasLent(job)))
      return [[job, jobRow({ ...whole, toGive: 1 })]];
    const bundle = job.bundle === 1 ? await this.#db.bundles.get(job.id) : undefined;
    if (bundle === undefined) return [[job, whole]];
    const parts = splitOff(job, bundle, codes);
    await this.#db.bundles.put(parts.bundle);
    return [[job, parts.rest], ...parts.singles.map((single): Change => [null, failed(single)])];
  }

  /** The page that lent the file went before its copy was whole: only a person has it. */
  async #wasLent({ sourceId }: JobRow): Promise<boolean> {
    const source = await this.#db.sources.get(sourceId);
    return source?.kind === 'pieces' && source.lender !== undefined;
  }

  /** Puts a leased bundle back as two: a fault of ours that names no file is looked for in each. */
  halve(owner: string, id: string): Promise<void> {
    const db = this.#db;
    const now = this.#now();
    return inTransaction(db, async () => {
      const [job, bundle] = [await db.jobs.get(id), await db.bundles.get(id)];
      if (!job || !bundle) return;
      const parts = halves(job, bundle);
      await db.bundles.bulkPut(parts.map((part) => part.bundle));
      const rows = parts.map((part) => part.job);
      await save(
        db,
        rows.map((row) => [row.id === id ? job : null, row]),
      );
      await save(db, changes(rows, { type: 'yield', owner }, now));
    });
  }

  /** Until a person says so, nothing at all is begun. */
  isHalted(): Promise<boolean> {
    return isHalted(this.#db);
  }

  /** Halted, or held because the road is closed. */
  isClosed(): Promise<boolean> {
    return isClosed(this.#db, this.#now());
  }

  hold(): Promise<Hold | null> {
    return readSetting(this.#db, 'hold');
  }

  setHold(hold: Hold | null): Promise<void> {
    return writeSetting(this.#db, 'hold', hold);
  }

  /** The next time at which there is something to do, 0 for at once; null when only a person can change that. */
  async nextDue(): Promise<number | null> {
    const db = this.#db;
    if (await isHalted(db)) return null;
    const first = await db.jobs.where('[ready+order]').between([Dexie.minKey], [Dexie.maxKey]).first();
    const fetches = await db.jobs.where('toFetch').equals(1).toArray();
    const walk = (await openWalks(db).limit(1).count()) > 0 ? 0 : undefined;
    const hold = await readSetting(db, 'hold');
    const held = (at: number): number => Math.max(at, hold?.notBefore ?? 0);
    // Folders and the web need no road to the server, but they need the queue.
    const others = [walk, ...fetches.map(fetchDueAt)].filter((at) => at !== undefined);
    const times = hold?.reason === 'fault' ? others.map(held) : others;
    if (first?.ready !== undefined) times.push(held(first.ready));
    return times.length === 0 ? null : Math.min(...times);
  }

  /** Forgets the oldest finished rows beyond the history that is kept. */
  async prune(): Promise<void> {
    const db = this.#db;
    for (const state of ['proven', 'cancelled'] as const) {
      await inTransaction(db, async () => {
        const excess = (await inState(db, state).count()) - HISTORY;
        if (excess > 0) await forget(db, await inState(db, state).limit(excess).toArray());
      });
    }
  }
}

/** Leased rows with what they are to be read from. */
async function claimed(db: QueueDb, jobs: readonly JobRow[]): Promise<readonly ClaimedJob[]> {
  const ids = [...new Set(jobs.map((job) => job.sourceId))];
  const sources = new Map((await db.sources.bulkGet(ids)).map((source) => [source?.id, source]));
  const listed = jobs.filter((job) => job.bundle === 1).map((job) => job.id);
  const bundles = new Map((await db.bundles.bulkGet(listed)).map((bundle) => [bundle?.id, bundle]));
  return jobs.map((job) => ({ job, files: filesOf(job, bundles.get(job.id)), source: sources.get(job.sourceId) }));
}

function withinLimits(rows: readonly JobRow[], limits: ClaimLimits): readonly JobRow[] {
  let [files, bytes] = [0, 0];
  const over = rows.findIndex((row, i) => {
    files += row.files;
    bytes += row.size;
    return i > 0 && (files > limits.files || bytes > limits.bytes);
  });
  return over === -1 ? rows : rows.slice(0, over);
}

/** Says what there is to say already, and is held for long enough. */
function isCurrent({ status, done }: JobRow, doneNow: number, until: number): boolean {
  return done === doneNow && 'until' in status && status.until > until;
}

function stageAt(done: number, size: number): Stage {
  if (done === 0 && size > 0) return 'claimed';
  return done < size ? 'reading' : 'committing';
}
