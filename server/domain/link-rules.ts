/** When a link works. Pure: the store applies these rules inside its transactions. */
import { DAY_MS, LINK_FAILURES_PER_HOUR, LINK_FAILURES_TOTAL, type LinkRow } from '../../shared/protocol/index.ts';
import type { LinkRecord } from './ports.ts';

const HOUR_MS = 60 * 60_000;

/** Downloads that may still begin; null is any number. */
export function downloadsLeft(link: LinkRecord): number | null {
  if (link.maxDownloads === null) return null;
  return Math.max(0, link.maxDownloads - link.received - link.abandoned - link.running);
}

export function isExpired(link: LinkRecord, now: number): boolean {
  return link.expiresDay !== null && Math.floor(now / DAY_MS) > link.expiresDay;
}

export function isLocked(link: LinkRecord, now: number): boolean {
  const inWindow = now - link.windowStart < HOUR_MS;
  return link.failures >= LINK_FAILURES_TOTAL || (inWindow && link.windowFailures >= LINK_FAILURES_PER_HOUR);
}

export function linkState(link: LinkRecord, now: number): LinkRow['state'] {
  if (isExpired(link, now)) return 'expired';
  if (downloadsLeft(link) === 0) return 'used-up';
  return isLocked(link, now) ? 'locked' : 'live';
}

/** The counters after one more wrong proof. */
export function afterFailure(
  link: LinkRecord,
  now: number,
): Pick<LinkRecord, 'failures' | 'windowStart' | 'windowFailures'> {
  const failures = link.failures + 1;
  return now - link.windowStart < HOUR_MS
    ? { failures, windowStart: link.windowStart, windowFailures: link.windowFailures + 1 }
    : { failures, windowStart: now, windowFailures: 1 };
}
