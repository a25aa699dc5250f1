/** How long to wait before another try: exponential with full jitter, so that many clients do not come back at once. */

export interface BackoffOptions {
  /** Upper bound of the first wait, in milliseconds. Default 500. */
  readonly baseMs?: number;
  /** Upper bound of every wait, in milliseconds. Default 60,000. */
  readonly capMs?: number;
}

/**
 * Milliseconds to wait after failure number `attempt` (0 for the first): a whole number below min(cap, base · 2^attempt).
 *
 * @param random01 a fresh random number, 0 ≤ random01 < 1
 */
export function backoff(attempt: number, random01: number, options: BackoffOptions = {}): number {
  const { baseMs = 500, capMs = 60_000 } = options;
  return Math.floor(random01 * Math.min(capMs, baseMs * 2 ** attempt));
}
