/**
 * The job: one file, or a bundle of small ones, on its way into the vault, as a pure state machine. `next` alone decides
 * what a job does next. May not: read a clock, touch the database, or know where the bytes come from.
 */
import type { ErrorCode } from '../../shared/errors/index.ts';

export type WaitReason = 'offline' | 'rate' | 'quota' | 'auth' | 'locked' | 'permission' | 'metered';

/** How far the owner of a lease has come. */
export type Stage = 'claimed' | 'reading' | 'committing';

export type JobStatus =
  /** Recorded; its bytes are still to be fetched. */
  | { state: 'captured' }
  | { state: 'queued' }
  | { state: 'leased'; owner: string; stage: Stage; until: number }
  /** `notBefore` null: only a release ends it. */
  | { state: 'waiting'; reason: WaitReason; notBefore: number | null }
  /** In the vault's log; `owner` is to prove it until `until`, after that anybody may. */
  | { state: 'committed'; owner: string; until: number }
  | { state: 'proven' }
  | { state: 'failed'; code: ErrorCode }
  | { state: 'cancelled' };

export type JobState = JobStatus['state'];

export const JOB_STATES = [
  'captured',
  'queued',
  'leased',
  'waiting',
  'committed',
  'proven',
  'failed',
  'cancelled',
] as const satisfies readonly JobState[];

export type JobEvent =
  /** The bytes are at hand. */
  | { type: 'sourced' }
  | { type: 'claim'; owner: string; until: number }
  /** The owner is alive and has come this far. */
  | { type: 'advance'; owner: string; stage: Stage; until: number }
  | { type: 'commit'; owner: string; until: number }
  | { type: 'prove' }
  /** The owner puts the job back unfinished. */
  | { type: 'yield'; owner: string }
  /** Whoever else held it is known to be dead: `heir` alone holds the runner's lock. */
  | { type: 'inherit'; heir: string }
  | { type: 'wait'; owner: string | null; reason: WaitReason; notBefore: number | null }
  | { type: 'fail'; owner: string | null; code: ErrorCode }
  /** What the job waited for has come. */
  | { type: 'release'; reason: WaitReason }
  | { type: 'retry' }
  /** It goes into another vault now, where nothing of it is yet. */
  | { type: 'move' }
  | { type: 'cancel' };

/** What the machine needs to know of a job. */
export interface JobCore {
  readonly status: JobStatus;
  /** Where bytes that are not here yet must come from; null when they are here. */
  readonly needsBytes: 'web' | 'person' | null;
}

/**
 * The status after an event; the same object when the event does not apply. A commit is a fact and is believed from
 * anybody; everything else about a lease is believed from its owner only.
 */
export function next(job: JobCore, event: JobEvent, now: number): JobStatus {
  return applies(job, event, now) ? target(job, event, now) : job.status;
}

function applies(job: JobCore, event: JobEvent, now: number): boolean {
  const { status } = job;
  switch (event.type) {
    case 'sourced':
      return status.state === 'captured' || isStuck(status);
    case 'claim':
      return (readyAt(job) ?? Number.POSITIVE_INFINITY) <= now;
    case 'advance':
    case 'yield':
      return ownedBy(status, event.owner) !== null;
    case 'inherit':
      return (status.state === 'leased' || status.state === 'committed') && status.owner !== event.heir;
    case 'prove':
    case 'move':
      return status.state === 'committed';
    case 'wait':
    case 'fail':
      return mayStop(job, event.owner);
    case 'release':
      return status.state === 'waiting' && status.reason === event.reason;
    case 'retry':
      return isStuck(status) && job.needsBytes !== 'person';
    case 'commit':
    case 'cancel':
      return status.state !== 'committed' && !isFinished(status);
    default:
      return event satisfies never;
  }
}

/** Where an event that applies leads. Once committed, a job never goes back: what is still owed is the proof of this vault. */
function target(job: JobCore, event: JobEvent, now: number): JobStatus {
  const committed = job.status.state === 'committed' ? job.status : null;
  switch (event.type) {
    case 'sourced':
    case 'move':
      return { state: 'queued' };
    case 'claim':
      return held(committed, event.owner, 'claimed', event.until);
    case 'advance':
      return held(committed, event.owner, event.stage, event.until);
    case 'commit':
      return { state: 'committed', owner: event.owner, until: event.until };
    case 'prove':
      return { state: 'proven' };
    case 'yield':
    case 'inherit':
      return committed ? { ...committed, until: now } : { state: 'queued' };
    case 'wait':
      if (committed) return { ...committed, until: event.notBefore ?? committed.until };
      return { state: 'waiting', reason: event.reason, notBefore: event.notBefore };
    case 'fail':
      return { state: 'failed', code: event.code };
    case 'release':
    case 'retry':
      return job.needsBytes !== null ? { state: 'captured' } : { state: 'queued' };
    case 'cancel':
      return { state: 'cancelled' };
    default:
      return event satisfies never;
  }
}

/** The time from which a runner may claim the job; undefined when none may. */
export function readyAt(job: JobCore): number | undefined {
  if (job.needsBytes !== null) return undefined;
  switch (job.status.state) {
    case 'queued':
      return 0;
    case 'leased':
    case 'committed':
      return job.status.until;
    case 'waiting':
      return job.status.notBefore ?? undefined;
    default:
      return undefined;
  }
}

/** Nothing will happen to the job any more. */
export function isFinished(status: JobStatus): boolean {
  return status.state === 'proven' || status.state === 'cancelled';
}

type Owned = Extract<JobStatus, { state: 'leased' | 'committed' }>;

function held(committed: Owned | null, owner: string, stage: Stage, until: number): JobStatus {
  return committed ? { state: 'committed', owner, until } : { state: 'leased', owner, stage, until };
}

function ownedBy(status: JobStatus, owner: string | null): Owned | null {
  const owned = status.state === 'leased' || status.state === 'committed' ? status : null;
  return owned?.owner === owner ? owned : null;
}

/** A lease is stopped by its owner; bytes still to be fetched have no lease and are stopped by whoever fetches them. */
function mayStop(job: JobCore, owner: string | null): boolean {
  if (ownedBy(job.status, owner)) return true;
  return (
    owner === null && job.needsBytes !== null && (job.status.state === 'captured' || job.status.state === 'waiting')
  );
}

function isStuck(status: JobStatus): boolean {
  return status.state === 'failed' || status.state === 'waiting';
}
