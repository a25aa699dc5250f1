/** What the toolbar button shows: how many wait, that something has stopped, or how old the last proof is. Pure. */
import type { BadgeLook } from '../platform/index.ts';
import type { QueueSummary } from '../queue/index.ts';
import { openFiles, truthOf } from '../ui/truth.ts';

const COLORS = {
  good: '#1d7a5f',
  working: '#2b5fb3',
  waiting: '#8a6100',
  stopped: '#b3261e',
  plain: '#5b6470',
} as const;
const HOUR = 3_600_000;

export function badgeOf(summary: QueueSummary, now: number): BadgeLook {
  const { tone, text, detail } = truthOf(summary, now);
  const title = `Holdfast: ${text}. ${detail}`;
  return { text: textOf(summary, tone === 'stopped', now), color: COLORS[tone], title };
}

function textOf(summary: QueueSummary, stopped: boolean, now: number): string {
  if (stopped) return '!';
  const open = openFiles(summary);
  if (open > 0) return short(open);
  return summary.lastProvenAt === null ? '' : age(now - summary.lastProvenAt);
}

/** At most four characters. */
function short(count: number): string {
  if (count < 1_000) return String(count);
  return count < 1_000_000 ? `${Math.floor(count / 1_000)}k` : `${Math.floor(count / 1_000_000)}M`;
}

function age(ms: number): string {
  if (ms < HOUR) return '✓';
  return ms < 24 * HOUR ? `${Math.floor(ms / HOUR)}h` : `${Math.min(999, Math.floor(ms / (24 * HOUR)))}d`;
}
