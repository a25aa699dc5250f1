/** The one line of truth about the backup, for popup, page, badge and tooltip alike. Pure. */
import type { QueueSummary } from '../queue/view.ts';
import { truth } from './messages/en.ts';

export type TruthTone = 'good' | 'working' | 'waiting' | 'stopped' | 'plain';

export interface Truth {
  readonly tone: TruthTone;
  readonly text: string;
  /** What the person can do about it, when there is one thing. */
  readonly action: 'sign-in' | 'allow' | 'problems' | 'resume' | null;
}

/** Files not safe yet, folders still to be read not counted. */
export function openFiles({ counts }: QueueSummary): number {
  return counts.captured + counts.queued + counts.leased + counts.waiting + counts.committed;
}

export function truthOf(summary: QueueSummary, now: number): Truth {
  return problem(summary) ?? progress(summary) ?? rest(summary, now);
}

function problem(summary: QueueSummary): Truth | null {
  const { counts, hold, paused, waiting, tally } = summary;
  const open = openFiles(summary);
  const unread = summary.walks > 0;
  if (open === 0 && !unread) return null;
  if (summary.account === null) return { tone: 'stopped', text: truth.signIn, action: 'sign-in' };
  if (paused) return { tone: 'waiting', text: truth.paused(open), action: 'resume' };
  if (hold !== null && counts.leased === 0) return held(hold.reason, hold.code, open, tally.files);
  if (waiting.permission !== undefined && waiting.permission === open) {
    return { tone: 'stopped', text: truth.permission(open), action: 'allow' };
  }
  return null;
}

function held(reason: string, code: string, open: number, all: number): Truth {
  switch (reason) {
    case 'auth':
    case 'locked': {
      const signIn = code === 'E_SESSION' || code === 'E_LOCKED' || code === 'E_CREDENTIALS';
      return { tone: 'stopped', text: signIn ? truth.stopped.signIn : truth.stopped.server, action: 'sign-in' };
    }
    case 'quota': {
      const text = code === 'E_SERVER_FULL' ? truth.stopped.full : truth.stopped.quota;
      return { tone: 'stopped', text, action: null };
    }
    default: {
      const why = reason === 'rate' || reason === 'metered' ? truth.why[reason] : truth.why.offline;
      return { tone: 'waiting', text: truth.waiting(open, Math.max(open, all), why), action: null };
    }
  }
}

function progress(summary: QueueSummary): Truth | null {
  const { counts, tally, walks } = summary;
  const open = openFiles(summary);
  if (open === 0 && walks === 0) return null;
  if (open === 0) return { tone: 'working', text: truth.reading, action: null };
  if (open === counts.committed) return { tone: 'working', text: truth.proving(open), action: null };
  const all = Math.max(tally.files, open);
  return { tone: 'working', text: truth.working(all - open, all), action: null };
}

function rest(summary: QueueSummary, now: number): Truth {
  const { counts, lastProvenAt, account } = summary;
  if (counts.failed > 0) return { tone: 'stopped', text: truth.failed(counts.failed), action: 'problems' };
  if (lastProvenAt !== null) return { tone: 'good', text: truth.safe(lastProvenAt, now), action: null };
  if (account === null) return { tone: 'plain', text: truth.signIn, action: 'sign-in' };
  return { tone: 'plain', text: truth.empty, action: null };
}
