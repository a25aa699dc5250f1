/**
 * The queue: what was captured and what became of it, in IndexedDB. Nouns: job, bundle, source, piece, walk, drop, outbox, view, hold, tally.
 * It promises to survive the death of any context at any instruction. May not: read files, fetch, encrypt or send.
 */
export { BUNDLE_FILES, type ClaimedFile, newId, type WalkedFile, type Within } from './bundles.ts';
export {
  type Account,
  type DropRow,
  type Hold,
  type JobRow,
  openQueue,
  type QueueDb,
  type SourceRow,
  type WalkRow,
  type WebRequest,
} from './db.ts';
export type { DropRoot, Drops } from './drops.ts';
export type { FetchedBytes, Intake } from './intake.ts';
export type { CapturedItem, Copy, Lent } from './items.ts';
export type { WaitReason } from './job.ts';
export type { ClaimedJob, ClaimLimits, FileFault } from './leases.ts';
export { createOutbox, type Outbox } from './outbox.ts';
export type { Pieces } from './pieces.ts';
export { createView, type QueueSummary, readSummary } from './view.ts';
export type { WalkNews } from './walks.ts';
