/** What a failure of a whole run means for the queue. Pure. */
import { backoff } from '../../shared/async/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import type { Hold, WaitReason } from '../queue/index.ts';

const REASONS: Readonly<Partial<Record<ErrorCode, WaitReason>>> = {
  E_OFFLINE: 'offline',
  E_TIMEOUT: 'offline',
  E_UNAVAILABLE: 'offline',
  E_RATE: 'rate',
  E_HEAD_MOVED: 'rate',
  E_PACKS_MISSING: 'rate',
  E_QUOTA: 'quota',
  E_SERVER_FULL: 'quota',
  E_METERED: 'metered',
  E_LOCKED: 'locked',
  E_SESSION: 'auth',
  E_CREDENTIALS: 'auth',
  E_FORBIDDEN: 'auth',
  E_OTHER_SERVER: 'auth',
  E_OTHER_ACCOUNT: 'auth',
  // The server is not to be trusted as it stands; a person has to look.
  E_INTEGRITY: 'auth',
  E_ROLLBACK: 'auth',
  E_FORK: 'auth',
  E_DOWNGRADE: 'auth',
  E_PROTOCOL: 'auth',
};

/** Why the queue has to wait after this error; null when the road is not to blame. */
export function roadReason(error: unknown): WaitReason | null {
  return REASONS[codeOf(error)] ?? null;
}

const SHORTEST_MS = 1_000;

/** The hold after a failure of the road, longer each time in a row. `random01` spreads clients over the wait. */
export function holdAfter(
  error: unknown,
  reason: WaitReason,
  before: Hold | null,
  now: number,
  random01: number,
): Hold {
  const tries = (before?.tries ?? 0) + 1;
  const passing = reason === 'offline' || reason === 'rate';
  const bounds = passing ? { baseMs: 4_000, capMs: 5 * 60_000 } : { baseMs: 60_000, capMs: 30 * 60_000 };
  const asked = error instanceof HoldfastError ? (error.retryAfterMs ?? 0) : 0;
  const wait = Math.max(SHORTEST_MS, asked, backoff(tries - 1, random01, bounds));
  return { reason, code: codeOf(error), notBefore: now + wait, tries };
}
