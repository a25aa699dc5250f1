/**
 * A job row and what follows from its status: the only place where a row's derived fields and its share of the tally
 * are worked out. Pure.
 */
import type { JobRow, Tally } from './db.ts';
import { isFinished, type JobCore, type JobEvent, type JobStatus, next, readyAt } from './job.ts';

/** A row before its derived fields are set. */
export type JobDraft = Omit<JobRow, 'ready' | 'open' | 'place'>;

function coreOf(row: Pick<JobRow, 'status' | 'toFetch'>): JobCore {
  return { status: row.status, needsBytes: row.toFetch === 1 };
}

/** The row as it is written: derived fields set or absent, so that the indexes name exactly the rows they should. */
export function jobRow(draft: JobDraft): JobRow {
  const { id, sourceId, within, path, name, size, done, capturedAt, sourceUrl, sourceTitle } = draft;
  const { status, order, tries, touchedAt, toFetch } = draft;
  const place = within.join('/');
  const ready = readyAt(coreOf(draft));
  return {
    ...{ id, sourceId, within, place, path, name, size, done, capturedAt, sourceUrl, sourceTitle },
    ...{ status, order, tries, touchedAt },
    ...(ready === undefined ? {} : { ready }),
    ...(toFetch === 1 ? { toFetch } : {}),
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

/** What a row adds to the tally. */
export function tallyOf(row: JobRow): Tally {
  switch (row.status.state) {
    case 'failed':
    case 'cancelled':
      return { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0 };
    case 'committed':
    case 'proven':
      return { files: 1, bytes: row.size, doneFiles: 1, doneBytes: row.size };
    default:
      return { files: 1, bytes: row.size, doneFiles: 0, doneBytes: 0 };
  }
}

/** `tally + after − before`, never below zero. */
export function tallied(tally: Tally, before: Tally, after: Tally): Tally {
  const sum = (name: keyof Tally) => Math.max(0, tally[name] + after[name] - before[name]);
  return { files: sum('files'), bytes: sum('bytes'), doneFiles: sum('doneFiles'), doneBytes: sum('doneBytes') };
}
