/** The engine's worker, owned by the offscreen document (Chromium) or the background page (Firefox), as its lanes are. Wiring only. */
import { locksHeld, randomFraction, systemClock, withLock } from '../../shared/browser/index.ts';
import { createLoans, Sources } from '../capture/worker/index.ts';
import { AT_WORK, type EngineReport } from '../messaging/index.ts';
import { holdLife, isMetered, onNetworkChange } from '../platform/worker/index.ts';
import { createOutbox, createView, newId, openQueue } from '../queue/index.ts';
import {
  type AuditPorts,
  auditWhenDue,
  connectLanes,
  EngineLoop,
  KeptEngine,
  openAuditor,
  openEngine,
  signedInDevice,
} from '../runner/index.ts';

const db = openQueue();
const outbox = createOutbox(db, Date.now);
let uploadLimit: number | null = null;
createView(db)
  .limits()
  .subscribe((limits) => {
    uploadLimit = limits.uploadLimit;
  });
const report = (said: EngineReport) => self.postMessage(said);
const auditing: AuditPorts = {
  outbox,
  clock: systemClock,
  isMetered,
  random: randomFraction,
  onMoved: () => report({ type: 'moved' }),
  openAuditor,
};
const engine = new KeptEngine(
  () =>
    openEngine({
      uploadLimit: () => uploadLimit,
      onLost: () => outbox.audits.hurry(),
      owns: (accountId) => outbox.owner.owns(accountId),
    }),
  signedInDevice,
);
const loop = new EngineLoop({
  outbox,
  openEngine: () => engine.open(),
  clock: systemClock,
  owner: newId(),
  sources: new Sources(createLoans(outbox.pieces, locksHeld)),
  isMetered,
  random: randomFraction,
  web: { fetch: (url, init) => fetch(url, init), isOnline: () => navigator.onLine, now: Date.now },
  exclusively: (work) => withLock(AT_WORK, work),
  whenIdle: (signal) => auditWhenDue(auditing, signal),
  report,
});

self.addEventListener('message', (event) => {
  const { data, ports } = event as MessageEvent;
  if (data === 'lanes') connectLanes(ports);
  else loop.wake();
});
self.addEventListener('online', () => void outbox.controls.release('offline').then(() => loop.wake()));
onNetworkChange(() => void outbox.controls.release('metered').then(() => loop.wake()));
holdLife();
