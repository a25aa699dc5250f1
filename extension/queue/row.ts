/**
 * A job row and what follows from its status: the only place where a row's derived fields and its share of the sums are
 * worked out. Pure.
 */
import type { Counts, JobRow, Tally } from './db.ts';
import { isFinished, type JobCore, type JobEvent, type JobStatus, next, readyAt } from './job.ts';

/** A row before its derived fields are set. */
export type JobDraft = Omit<JobRow, 'ready' | 'open' | 'place'>;

function coreOf(row: Pick<JobRow, 'status' | 'toFetch' | 'toGive'>): JobCore {
  return { status: row.status, needsBytes: row.toFetch === 1 ? 'web' : row.toGive === 1 ? 'person' : null };
}

/** The row as it is written: derived fields set or absent, so that the indexes name exactly the rows they should. */
export function jobRow(draft: JobDraft): JobRow {
  const { id, sourceId, files, within, path, name, size, done, capturedAt, sourceUrl, sourceTitle } = draft;
  const { status, order, tries, touchedAt } = draft;
  const ready = readyAt(coreOf(draft));
  return {
    ...{ id, sourceId, files, within, path, name, size, done, capturedAt, sourceUrl, sourceTitle },
    ...{ status, order, tries, touchedAt },
    ...(draft.bundle === 1 ? { bundle: 1 } : { place: within.join('/') }),
    ...(ready === undefined ? {} : { ready }),
    ...(draft.toFetch === 1 ? { toFetch: 1 } : {}),
    ...(draft.toGive === 1 ? { toGive: 1 } : {}),
    ...(draft.folder === 1 ? { folder: 1 } : {}),
    ...(isFinished(status) ? {} : { open: 1 }),
  };
}

/** The row after an event, or null when the event does not apply. */
export function changed(row: JobRow, event: JobEvent, now: number): JobRow | null {
  const status = next(coreOf(row), event, now);
  if (status === row.status) return null;
  const moved = status.state !== row.status.state;
  return jobRow({
    ...row,
    status,
    done: moved && status.state !== 'committed' ? 0 : row.done,
    tries: triesAfter(row, status, event),
    touchedAt: moved ? now : row.touchedAt,
  });
}

function triesAfter(row: JobRow, status: JobStatus, event: JobEvent): number {
  if (status.state === 'waiting') return row.tries + 1;
  return status.state === 'committed' || event.type === 'retry' || event.type === 'release' ? 0 : row.tries;
}

/** The tally when a row has become another, has come (`before` null) or gone (`after` null). Never below zero. */
export function tallied(tally: Tally, before: JobRow | null, after: JobRow | null): Tally {
  const [was, is] = [shareOf(before), shareOf(after)];
  const sum = (name: keyof typeof is) => Math.max(0, tally[name] + is[name] - was[name]);
  return {
    ...tally,
    ...{ files: sum('files'), bytes: sum('bytes'), doneFiles: sum('doneFiles'), doneBytes: sum('doneBytes') },
  };
}

const NOTHING = { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0 };

function shareOf(row: JobRow | null): Omit<Tally, 'unchanged'> {
  if (row === null) return NOTHING;
  switch (row.status.state) {
    case 'failed':
    case 'cancelled':
      return NOTHING;
    case 'committed':
    case 'proven':
      return { files: row.files, bytes: row.size, doneFiles: row.files, doneBytes: row.size };
    default:
      return { files: row.files, bytes: row.size, doneFiles: 0, doneBytes: 0 };
  }
}

/** The counts, likewise. */
export function counted(counts: Counts, before: JobRow | null, after: JobRow | null): Counts {
  const sums = { ...counts };
  if (before !== null) sums[keyOf(before)] = Math.max(0, (sums[keyOf(before)] ?? 0) - before.files);
  if (after !== null) sums[keyOf(after)] = (sums[keyOf(after)] ?? 0) + after.files;
  return sums;
}

function keyOf({ status }: JobRow): keyof Counts {
  return status.state === 'waiting' ? status.reason : status.state;
}
