/** The owner's side of a watched worker: told when it is over, however it ends. */
import { BEGUN } from './worker/life.ts';

/** Workers begin within a second or two; one that has not by now never will. */
export const BEGIN_MS = 60_000;

/**
 * Calls `then` when the worker fails, does not begin or ends by itself. Browsers tell of a fault, but not of every end; the
 * lock of its name that it holds does.
 */
export function onWorkerEnd(
  worker: Pick<Worker, 'addEventListener'>,
  name: string,
  signal: AbortSignal,
  then: () => void,
): void {
  const late = setTimeout(then, BEGIN_MS);
  signal.addEventListener('abort', () => clearTimeout(late));
  worker.addEventListener('error', then);
  worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (data !== BEGUN) return;
    clearTimeout(late);
    navigator.locks.request(name, { signal }, then).catch(() => undefined);
  });
}
