/** The browser's clock and timer behind the port of shared/async. */
import type { Clock } from '../async/ports.ts';
import { HoldfastError } from '../errors/index.ts';

const cancelled = (): HoldfastError => new HoldfastError('E_CANCELLED', 'waiting was cancelled');

export const systemClock: Clock = {
  now: () => Date.now(),

  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelled());
        return;
      }
      const stop = (): void => {
        clearTimeout(timer);
        reject(cancelled());
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', stop);
        resolve();
      }, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};
