/** The beat while work goes on: renews what must not run out, and notices that the work is no longer wanted. */
import type { Clock } from '../../shared/async/index.ts';

const BEAT_MS = 500;

/**
 * Runs `work` with a signal that fires when `outer` does or when a beat answers false. Beats end with the work.
 */
export async function withHeartbeat<T>(
  clock: Clock,
  outer: AbortSignal,
  beat: () => Promise<boolean>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const unwanted = new AbortController();
  const over = new AbortController();
  const beating = keepBeating(clock, over.signal, async () => {
    if (!(await beat())) unwanted.abort();
  });
  try {
    return await work(AbortSignal.any([outer, unwanted.signal]));
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
