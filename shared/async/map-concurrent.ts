/** Maps with several calls under way at once, results in the order of the input. */
import { HoldfastError } from '../errors/index.ts';
import { abortable, onAbort, throwIfAborted } from './abort.ts';

/**
 * Yields `fn(item)` for every item in order, with at most `limit` results begun and not yet taken, so a slow consumer
 * holds the producer back. `fn` gets a signal that fires when the outer one does, when another call fails, or when the
 * consumer leaves; the generator ends only after every call it began has ended. The items must not depend on results
 * being taken. Errors: the failure that came first, E_CANCELLED, E_INPUT for a limit below 1.
 */
export async function* mapConcurrent<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, signal: AbortSignal) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R, void, undefined> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new HoldfastError('E_INPUT', 'the limit is at least one');
  throwIfAborted(signal);
  const inner = new AbortController();
  const stop = onAbort(signal, () => inner.abort(signal?.reason));
  const failures: unknown[] = [];
  const running: Promise<R>[] = [];
  const begin = (item: T): void => {
    const call = fn(item, inner.signal);
    running.push(call);
    call.catch((error: unknown) => {
      // the others now fail as cancelled, perhaps earlier in order: the cause is what the consumer must see
      failures.push(error);
      inner.abort();
    });
  };
  const take = async (): Promise<R> => {
    try {
      const result = await abortable(running[0] as Promise<R>, signal);
      running.shift();
      return result;
    } catch (error) {
      throw failures.length > 0 ? failures[0] : error;
    }
  };
  try {
    for await (const item of items) {
      throwIfAborted(signal);
      if (failures.length > 0) throw failures[0];
      begin(item);
      if (running.length >= limit) yield await take();
    }
    while (running.length > 0) yield await take();
  } finally {
    stop();
    inner.abort();
    await Promise.allSettled(running);
  }
}
