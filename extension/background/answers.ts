/** What the background answers to the extension's own pages. Each request is one change of the queue, then a look at it. */
import type { Answers } from '../messaging/index.ts';
import { type CapturePorts, captureWeb } from './captures.ts';
import type { Scheduler } from './scheduler.ts';

export function answersOf(ports: CapturePorts, scheduler: Scheduler): Answers {
  const { controls, drops, owner } = ports.outbox;
  const then = async (change: Promise<void>): Promise<null> => {
    await change;
    await scheduler.wake();
    return null;
  };
  return {
    wake: () => then(Promise.resolve()),
    pause: () => then(controls.pause()),
    resume: () => then(controls.resume()),
    cancel: ({ ids }) => then(controls.cancel(ids)),
    'cancel-all': () => then(controls.cancelAll()),
    retry: ({ ids }) => then(controls.retry(ids)),
    'retry-all': () => then(controls.retryAll()),
    'forget-drops': ({ ids }) => then(drops.forget(ids)),
    release: ({ reason, sourceId }) => then(controls.release(reason, sourceId ?? undefined)),
    account: async ({ account }) => {
      if (await owner.enter(account)) await scheduler.endEngine();
      // Whoever has just been let in has also just reached the server.
      const over = account === null ? [] : (['auth', 'locked', 'offline'] as const);
      for (const reason of over) await controls.release(reason);
      return then(Promise.resolve());
    },
    // Whoever had no space left was the other.
    'take-over': () => then(owner.takeOver().then(() => controls.release('quota'))),
    discard: () => then(owner.discard()),
    limits: ({ uploadLimit, waitOnMetered }) => then(controls.setLimits(uploadLimit, waitOnMetered)),
    'capture-web': async ({ capture, tabId }) => {
      const answer = await captureWeb(ports, capture, tabId);
      await scheduler.wake();
      return answer;
    },
    'engine-report': async ({ report }) => {
      await scheduler.report(report);
      return null;
    },
  };
}
