/** Web Locks: one holder of a name among all pages and workers of the origin, released when its context dies. */
import { HoldfastError } from '../errors/index.ts';

export interface LockOptions {
  /** Stops waiting for the lock (E_CANCELLED). Once `run` has begun it has no effect. */
  readonly signal?: AbortSignal;
}

/** Runs `run` while holding the exclusive lock, waiting for it as long as it takes. */
export function withLock<T>(name: string, run: () => Promise<T>, options?: LockOptions): Promise<T>;
/** Runs `run` only if nobody holds the lock now; null otherwise. */
export function withLock<T>(name: string, run: () => Promise<T>, options: { ifAvailable: true }): Promise<T | null>;
export async function withLock<T>(
  name: string,
  run: () => Promise<T>,
  options: LockOptions & { ifAvailable?: true } = {},
): Promise<T | null> {
  let begun = false;
  try {
    return await navigator.locks.request(name, { ...options }, async (lock) => {
      begun = true;
      return lock === null ? null : await run();
    });
  } catch (cause) {
    if (begun || !options.signal?.aborted) throw cause;
    throw new HoldfastError('E_CANCELLED', 'waiting for a lock was cancelled', { cause });
  }
}

/** Names of the locks that are held now. */
export async function locksHeld(): Promise<ReadonlySet<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.flatMap(({ name = [] }) => name));
}
