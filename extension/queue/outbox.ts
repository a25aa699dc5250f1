/**
 * The outbox: every change to the queue, each one short transaction. It promises that nothing captured is lost, that
 * bytes are let go only when their job is proven or cancelled, and that death at any instruction leaves a queue that
 * another runner can go on with. May not: read files, speak to the network, or decide what a job does next (job.ts).
 */
import { Audits } from './audits.ts';
import { Controls } from './controls.ts';
import type { QueueDb } from './db.ts';
import { Drops } from './drops.ts';
import { Intake } from './intake.ts';
import { Leases } from './leases.ts';
import { Owner } from './owner.ts';
import { Pieces } from './pieces.ts';
import { Walks } from './walks.ts';

export interface Outbox {
  readonly intake: Intake;
  readonly drops: Drops;
  readonly pieces: Pieces;
  readonly walks: Walks;
  readonly leases: Leases;
  readonly controls: Controls;
  readonly audits: Audits;
  readonly owner: Owner;
}

/** `now`: milliseconds since 1970. */
export function createOutbox(db: QueueDb, now: () => number): Outbox {
  const leases = new Leases(db, now);
  return {
    intake: new Intake(db, now),
    drops: new Drops(db, now),
    pieces: new Pieces(db),
    walks: new Walks(db, now),
    leases,
    controls: new Controls(db, now),
    audits: new Audits(db, now, () => leases.nextDue()),
    owner: new Owner(db, now),
  };
}
