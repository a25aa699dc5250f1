/** The one line of truth about the backup, for popup, page, badge and tooltip alike. Pure. */
import type { QueueSummary } from '../queue/view.ts';
import { truth } from './messages/en.ts';

export type TruthTone = 'good' | 'working' | 'waiting' | 'stopped' | 'plain';

export interface Truth {
  readonly tone: TruthTone;
  readonly text: string;
  /** The second half of the line. */
  readonly detail: string;
}

/** Files not safe yet, folders still to be read not counted. */
export function openFiles({ counts }: QueueSummary): number {
  return counts.captured + counts.queued + counts.leased + counts.waiting + counts.committed;
}

/** The same, those that failed included: what a person would miss. */
export function unsafeFiles(summary: QueueSummary): number {
  return openFiles(summary) + summary.counts.failed;
}

/** What was chosen is still being looked through: there may be more files than are known. */
export function isReading({ walks, blocked, drops }: QueueSummary): boolean {
  return walks > blocked || drops > 0;
}

/** Nothing of what was chosen is still to be done. */
export function isIdle(summary: QueueSummary): boolean {
  return openFiles(summary) === 0 && summary.walks === 0 && summary.drops === 0;
}

export function truthOf(summary: QueueSummary, now: number): Truth {
  return problem(summary) ?? progress(summary) ?? rest(summary, now);
}

function problem(summary: QueueSummary): Truth | null {
  const { blocked, counts, hold, paused, stranger, waiting, walks, tally } = summary;
  if (stranger !== null) return say('stopped', truth.stranger(unsafeFiles(summary), walks, stranger.owner));
  if (isIdle(summary)) return null;
  const open = openFiles(summary);
  if (summary.account === null) return say('stopped', truth.signIn);
  if (paused) return say('waiting', truth.paused(open));
  if (hold !== null && counts.leased === 0) return held(hold.reason, hold.code, open, tally.files);
  const goesOn = open > (waiting.permission ?? 0) || isReading(summary);
  return goesOn ? null : say('stopped', truth.permission(open, blocked));
}

function held(reason: string, code: string, open: number, all: number): Truth {
  switch (reason) {
    case 'auth':
    case 'locked': {
      if (code === 'E_OTHER_ACCOUNT') return say('stopped', truth.stopped.open);
      const signIn = code === 'E_SESSION' || code === 'E_LOCKED' || code === 'E_CREDENTIALS';
      return say('stopped', signIn ? truth.stopped.signIn : truth.stopped.server);
    }
    case 'quota':
      return say('stopped', code === 'E_SERVER_FULL' ? truth.stopped.full : truth.stopped.quota);
    case 'fault':
      if (code === 'E_DISK_FULL') return say('stopped', truth.stopped.disk);
      return say('waiting', truth.waiting(open, Math.max(open, all), truth.why.internal));
    default: {
      const known = reason === 'rate' || reason === 'metered' ? truth.why[reason] : truth.why.offline;
      const why = code === 'E_INTERNAL' ? truth.why.internal : known;
      return say('waiting', truth.waiting(open, Math.max(open, all), why));
    }
  }
}

function progress(summary: QueueSummary): Truth | null {
  const { counts, tally } = summary;
  const open = openFiles(summary);
  if (open === 0 && !isReading(summary)) return null;
  if (open === 0) return say('working', truth.reading(tally.unchanged));
  if (open === counts.committed) return say('working', truth.proving(open));
  const safe = Math.max(0, tally.doneFiles - counts.committed);
  return say('working', truth.working(safe, Math.max(tally.files, safe)));
}

function rest(summary: QueueSummary, now: number): Truth {
  const { audit, counts, cutShort, lastProvenAt, account } = summary;
  if (audit.damaged !== null) return say('stopped', truth.damaged(audit.damaged.files));
  if (cutShort.length > 0) return say('stopped', truth.cutShort(cutShort));
  if (counts.failed > 0) return say('stopped', truth.failed(counts.failed));
  if (lastProvenAt !== null) return say('good', truth.safe(lastProvenAt, audit.provenAt, now));
  if (account === null) return say('plain', truth.signIn);
  return say('plain', truth.empty);
}

function say(tone: TruthTone, [text = '', detail = '']: readonly string[]): Truth {
  return { tone, text, detail };
}
