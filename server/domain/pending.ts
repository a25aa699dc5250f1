/** What is remembered for a short time (sign-ins and challenges half done, sign-ups done) in memory, and so much at most. */
import type { Clock } from './ports.ts';
import { Refusal } from './refusal.ts';

export class Pending<T> {
  readonly #clock: Clock;
  readonly #ttlMs: number;
  readonly #most: number;
  // in order of insertion, which with one lifetime for all is the order of expiry
  readonly #waiting = new Map<string, { value: T; until: number }>();

  constructor(clock: Clock, ttlMs: number, most: number) {
    this.#clock = clock;
    this.#ttlMs = ttlMs;
    this.#most = most;
  }

  put(key: string, value: T): void {
    this.#forgetExpired();
    if (this.#waiting.size >= this.#most) throw new Refusal('unavailable', { retryAfterMs: this.#ttlMs });
    this.#waiting.set(key, { value, until: this.#clock.now() + this.#ttlMs });
  }

  peek(key: string): T | null {
    this.#forgetExpired();
    return this.#waiting.get(key)?.value ?? null;
  }

  /** Answers it this once. */
  take(key: string): T | null {
    const found = this.peek(key);
    this.#waiting.delete(key);
    return found;
  }

  #forgetExpired(): void {
    const now = this.#clock.now();
    for (const [key, { until }] of this.#waiting) {
      if (until > now) return;
      this.#waiting.delete(key);
    }
  }
}
