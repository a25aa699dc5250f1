/** The engine's worker, owned by the offscreen document (Chromium) or the background page (Firefox). Wiring only. */
import { randomFraction, systemClock, withLock } from '../../shared/browser/index.ts';
import { deviceName } from '../../web/worker/device-name.ts';
import { Sources } from '../capture/worker/index.ts';
import { isMetered, onNetworkChange } from '../platform/worker/index.ts';
import { createOutbox, createView, newId, openQueue } from '../queue/index.ts';
import { EngineLoop, openEngine } from '../runner/index.ts';

const db = openQueue();
const outbox = createOutbox(db, Date.now);
let uploadLimit: number | null = null;
createView(db)
  .limits()
  .subscribe((limits) => {
    uploadLimit = limits.uploadLimit;
  });
const loop = new EngineLoop({
  outbox,
  openEngine: () => openEngine(deviceName(navigator.userAgent, 'extension'), () => uploadLimit),
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
