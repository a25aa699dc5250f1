/** Which notifications the present state calls for: one for each cause, with its text. Pure. */
import type { QueueSummary } from '../queue/index.ts';
import { notice } from '../ui/messages/en.ts';
import { isIdle } from '../ui/truth.ts';

export type Cause = 'done' | 'failed' | 'cut-short' | 'damaged' | 'auth' | 'quota' | 'permission' | 'fault';

export function causesOf(summary: QueueSummary): ReadonlyMap<Cause, string> {
  const { audit, blocked, counts, cutShort, hold, tally, waiting } = summary;
  const found = new Map<Cause, string>();
  const idle = isIdle(summary);
  if (hold?.reason === 'auth' || hold?.reason === 'locked') found.set('auth', notice.auth);
  if (hold?.reason === 'quota') found.set('quota', notice.quota);
  if (hold?.reason === 'fault') found.set('fault', notice.fault(hold.code));
  if (waiting.permission !== undefined || blocked > 0) found.set('permission', notice.permission);
  if (audit.damaged !== null) found.set('damaged', notice.damaged(audit.damaged.files));
  if (cutShort.length > 0) found.set('cut-short', notice.cutShort(cutShort));
  if (counts.failed > 0) found.set('failed', notice.failed(counts.failed));
  if (idle && tally.doneFiles > 0) found.set('done', notice.done(tally.doneFiles, tally.doneBytes));
  else if (idle && tally.unchanged > 0) found.set('done', notice.unchanged(tally.unchanged));
  return found;
}

export interface NoticePlan {
  readonly show: readonly Cause[];
  readonly clear: readonly Cause[];
  /** To be remembered as shown. */
  readonly shown: readonly Cause[];
}

/**
 * New causes are shown once and those that are over are taken away. `before` null: the browser has just started, and
 * what was done in an earlier session is no news.
 */
export function planNotices(before: readonly string[] | null, causes: ReadonlyMap<Cause, string>): NoticePlan {
  const active = [...causes.keys()];
  const known = before ?? ['done'];
  return {
    show: active.filter((cause) => !known.includes(cause)),
    clear: (before ?? []).filter((cause): cause is Cause => !active.includes(cause as Cause)),
    shown: active,
  };
}
