/** The beat while work goes on: renews what must not run out, and notices that the work is no longer wanted. */
import type { Clock } from '../../shared/async/index.ts';

const BEAT_MS = 500;

/**
 * Runs `work` with a signal that fires when `outer` does, when a beat answers false, or when one fails. Beats end with the
 * work. Rejects with the beat's failure rather than with what it did to the work.
 */
export async function withHeartbeat<T>(
  clock: Clock,
  outer: AbortSignal,
  beat: () => Promise<boolean>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const unwanted = new AbortController();
  const over = new AbortController();
  let fault: { readonly error: unknown } | null = null;
  const beating = keepBeating(clock, over.signal, async () => {
    if (!(await beat())) unwanted.abort();
  }).catch((error: unknown) => {
    fault = { error };
    unwanted.abort();
  });
  const failed = () => fault;
  try {
    return await work(AbortSignal.any([outer, unwanted.signal]));
  } catch (error) {
    throw failed()?.error ?? error;
  } finally {
    over.abort();
    await beating;
  }
}

async function keepBeating(clock: Clock, over: AbortSignal, beat: () => Promise<void>): Promise<void> {
  while (!over.aborted) {
    try {
      await clock.sleep(BEAT_MS, over);
    } catch {
      return;
    }
    await beat();
  }
}
