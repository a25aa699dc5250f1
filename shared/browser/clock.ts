/** The browser's clock and timer behind the port of shared/async. */
import { type Clock, cancelled, onAbort } from '../async/index.ts';

export const systemClock: Clock = {
  now: () => Date.now(),

  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        stop();
        resolve();
      }, ms);
      const stop = onAbort(signal, () => {
        clearTimeout(timer);
        reject(cancelled(signal));
      });
    }),
};
