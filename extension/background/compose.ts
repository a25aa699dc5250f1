/** The background's composition root: everything it is made of, joined once per start. */
import { locksHeld } from '../../shared/browser/index.ts';
import { createSend } from '../messaging/index.ts';
import {
  createEngineHost,
  fetchInTab,
  fireAt,
  hasSite,
  notifiedCauses,
  notify,
  post,
  putNotifiedCauses,
  repeat,
  requestSite,
  showBadge,
  unnotify,
} from '../platform/index.ts';
import { createOutbox, openQueue, readSummary } from '../queue/index.ts';
import type { CapturePorts } from './captures.ts';
import { Scheduler } from './scheduler.ts';

export interface Background {
  readonly captures: CapturePorts;
  readonly scheduler: Scheduler;
}

export function compose(): Background {
  const db = openQueue();
  const outbox = createOutbox(db, Date.now);
  const scheduler: Scheduler = new Scheduler({
    outbox,
    summary: () => readSummary(db),
    host: createEngineHost({ send: createSend(post), onReport: (report) => void scheduler.report(report) }),
    now: Date.now,
    ...{ locksHeld, repeat, fireAt, showBadge, notify, unnotify, notifiedCauses, putNotifiedCauses },
  });
  return { captures: { outbox, hasSite, requestSite, fetchInTab, notify, now: Date.now }, scheduler };
}
