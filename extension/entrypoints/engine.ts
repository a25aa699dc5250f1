/** The engine's worker, owned by the offscreen document (Chromium) or the background page (Firefox). Wiring only. */
import { randomFraction, systemClock, withLock } from '../../shared/browser/index.ts';
import { deviceName } from '../../web/worker/device-name.ts';
import { Sources } from '../capture/worker/index.ts';
import { isMetered, onNetworkChange } from '../platform/worker/index.ts';
import { createOutbox, newId, openQueue } from '../queue/index.ts';
import { EngineLoop, openEngine } from '../runner/index.ts';

const outbox = createOutbox(openQueue(), Date.now);
const loop = new EngineLoop({
  outbox,
  openEngine: () => openEngine(deviceName(navigator.userAgent, 'extension')),
  clock: systemClock,
  owner: newId(),
  sources: new Sources(),
  isMetered,
  random: randomFraction,
  web: { fetch: (url, init) => fetch(url, init), isOnline: () => navigator.onLine, now: Date.now },
  exclusively: (work) => withLock('holdfast-runner', work),
  report: (report) => self.postMessage(report),
});

self.addEventListener('message', () => loop.wake());
self.addEventListener('online', () => void outbox.controls.release('offline').then(() => loop.wake()));
onNetworkChange(() => void outbox.controls.release('metered').then(() => loop.wake()));
