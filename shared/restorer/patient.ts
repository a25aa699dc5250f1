/** Asking that waits out a broken road: a restore stands still, and goes on by itself, for as long as it is wanted. */
import { backoff } from '../async/index.ts';
import { codeOf, type ErrorCode, PASSING } from '../errors/index.ts';

const LEAST_MS = 500;
const WAITS = { baseMs: 2_000, capMs: 30_000 };

export interface Patience {
  /** Rejects with E_CANCELLED when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A fresh random number, 0 ≤ n < 1. */
  random(): number;
  readonly signal: AbortSignal;
  /** Why it waits; null when it goes on. */
  readonly onWait: (code: ErrorCode | null) => void;
}

/** The same question, asked again until it is answered. Errors: E_CANCELLED, and those of `ask` that do not pass. */
export function patient<Args extends unknown[], T>(
  ask: (...args: Args) => Promise<T>,
  { sleep, random, signal, onWait }: Patience,
): (...args: Args) => Promise<T> {
  return async (...args) => {
    for (let attempt = 0; ; attempt++) {
      try {
        const answer = await ask(...args);
        if (attempt > 0) onWait(null);
        return answer;
      } catch (error) {
        const code = codeOf(error);
        if (!PASSING.has(code)) throw error;
        onWait(code);
        await sleep(LEAST_MS + backoff(attempt, random(), WAITS), signal);
      }
    }
  };
}
