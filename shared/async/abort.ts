/** Cancellation: every cancelled call fails with E_CANCELLED, whatever reason the signal carries. */
import { HoldfastError } from '../errors/index.ts';

/** The error of a cancelled call; the signal's own reason becomes its cause. */
export function cancelled(signal?: AbortSignal): HoldfastError {
  return new HoldfastError('E_CANCELLED', 'cancelled', { cause: signal?.reason });
}

/** Throws E_CANCELLED when the signal has fired. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw cancelled(signal);
}

/**
 * Calls `then` once when the signal fires, at once when it has fired already. Returns a function that takes the
 * listener away again, so that a signal that lives long does not collect them.
 */
export function onAbort(signal: AbortSignal | undefined, then: () => void): () => void {
  if (signal === undefined) return () => undefined;
  if (signal.aborted) {
    then();
    return () => undefined;
  }
  signal.addEventListener('abort', then, { once: true });
  return () => signal.removeEventListener('abort', then);
}

/**
 * The promise's outcome, or E_CANCELLED as soon as the signal fires. The work behind the promise is not stopped; a
 * later failure of it is swallowed.
 */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: fired, reject } = Promise.withResolvers<never>();
  const stop = onAbort(signal, () => reject(cancelled(signal)));
  try {
    return await Promise.race([fired, promise]);
  } finally {
    stop();
  }
}
