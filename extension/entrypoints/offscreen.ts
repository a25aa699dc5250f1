/** Chromium's offscreen document: owns the engine's worker and carries words between it and the background. Wiring only. */
import { createReceiver, createSend } from '../messaging/index.ts';
import { onMessage, post, self, startEngineWorker } from '../platform/index.ts';

const send = createSend(post);
const worker = startEngineWorker((report) => {
  // The background looks at the queue again by itself when a report is lost.
  send({ type: 'engine-report', report }).catch(() => undefined);
});

onMessage(
  createReceiver('engine', self(), {
    'engine-wake': async () => {
      worker.wake();
      return null;
    },
  }),
);
