/**
 * Every failure in Holdfast is a `HoldfastError` with a stable code. Code that reacts to a failure looks at the code,
 * never at the text. This file imports nothing.
 */

/** Stable codes. A code, once released, never changes its meaning. */
const ERROR_CODES = [
  // what we were given
  'E_INPUT', // the caller's value is not of the documented shape
  'E_PASSWORD_WEAK', // below the policy: 15 characters and 50 estimated bits
  'E_CREDENTIALS', // name or password wrong: the two are never told apart
  'E_RECOVERY_WORDS', // not twelve words of the list, or the checksum does not hold
  'E_NAME_TAKEN',
  'E_REGISTRATION_CLOSED',
  // what the server gave us
  'E_INTEGRITY', // bytes do not verify: wrong key, tampered, truncated, not canonical
  'E_ROLLBACK', // the server shows an older state than this device has seen
  'E_FORK', // the server shows another history than this device has seen
  'E_DOWNGRADE', // a suite below the floor
  'E_OTHER_SERVER', // the server at this address is not the one this device knows
  'E_PROTOCOL', // an answer outside the wire contract
  // the road
  'E_OFFLINE', // no answer at all
  'E_TIMEOUT',
  'E_UNAVAILABLE', // 5xx, or busy
  'E_RATE', // told to slow down
  'E_SERVER_FULL', // the server's disk is full
  'E_QUOTA', // this account's space is used up
  'E_SESSION', // signed out or session expired
  'E_FORBIDDEN',
  'E_NOT_FOUND',
  'E_HEAD_MOVED', // another device committed first: pull, rebase, retry
  'E_PACKS_MISSING', // a commit names packs that are not durable
  'E_OTHER_ACCOUNT', // what waits here was chosen for another account, and a person has not decided
  'E_METERED', // the network costs, and a person chose to wait for another
  'E_LOCKED', // the keys are not in memory
  // the source
  'E_SOURCE_PERMISSION', // the browser wants to be asked again
  'E_SOURCE_GONE', // the file is no longer there
  'E_SOURCE_CHANGED', // it never held still while it was read
  'E_SOURCE_UNREADABLE',
  'E_CAPTURE_SIGN_IN', // a sign-in page came instead of the document
  'E_CAPTURE_FAILED', // the site did not give the document
  'E_CAPTURE_ENDLESS', // what the site gives does not end
  // links
  'E_LINK_GONE', // unknown, expired, revoked or used up: never told apart
  'E_LINK_PASSWORD',
  'E_LINK_LOCKED', // too many wrong passwords
  // the sink
  'E_DISK_FULL', // no room on this device
  'E_SINK_PERMISSION', // the browser no longer lets us write there
  'E_CANCELLED',
  'E_INTERNAL', // a fault of ours
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Over when their cause is; anything else would only come again. */
export const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'E_OFFLINE',
  'E_TIMEOUT',
  'E_UNAVAILABLE',
  'E_RATE',
]);

/** The one error class. `detail` is for logs and developers, never the only thing a person sees. */
export class HoldfastError extends Error {
  override readonly name = 'HoldfastError';
  readonly code: ErrorCode;
  /** Milliseconds to wait before another try, when the other side said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The code of any thrown value; an unknown throw is a fault of ours. */
export function codeOf(error: unknown): ErrorCode {
  if (error instanceof HoldfastError) return error.code;
  if (error instanceof Error && error.name === 'AbortError') return 'E_CANCELLED';
  return 'E_INTERNAL';
}

/** The single error of every failed verification: it tells nobody which check failed. */
export function integrityError(cause?: unknown): HoldfastError {
  return new HoldfastError('E_INTEGRITY', 'the data did not verify', cause === undefined ? {} : { cause });
}
