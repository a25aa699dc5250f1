/** What the background answers to the extension's own pages. Each request is one change of the queue, then a look at it. */
import type { Answers } from '../messaging/index.ts';
import type { Outbox } from '../queue/index.ts';
import { type CapturePorts, captureWeb } from './captures.ts';
import type { Scheduler } from './scheduler.ts';

export function answersOf(ports: CapturePorts, scheduler: Scheduler): Answers {
  const { controls, drops } = ports.outbox;
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
    account: async ({ name }) => {
      const isAnother = await putAccount(ports.outbox, name);
      await (isAnother ? scheduler.accountChanged() : scheduler.wake());
      return null;
    },
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

/** True when somebody else was here before, or nobody. */
async function putAccount({ controls, audits }: Outbox, name: string | null): Promise<boolean> {
  const isAnother = name !== (await controls.get('account'));
  if (isAnother) await audits.forget();
  await controls.put('account', name);
  // Whoever has just been let in has also just reached the server.
  if (name !== null) for (const reason of ['auth', 'locked', 'offline'] as const) await controls.release(reason);
  return isAnother;
}
