/**
 * The restorer: plan, fetch, open, verify, save. Nouns: plan, set, chunk, stream, tree. Promises: flat memory whatever the
 * size, length known before the first byte, no byte given that was not verified. May not: choose where bytes go.
 */
export { createFetcher } from './fetch.ts';
export { type Patience, patient } from './patient.ts';
export { byPlace, type PlannedChunk, type PlannedFile, type RestoreSet } from './plan.ts';
export { planShare } from './plan-share.ts';
export { planNode, planVersion } from './plan-vault.ts';
export { safeTree } from './safe-name.ts';
export { restoreLength, restoreStream } from './stream.ts';
export type * from './tree.ts';
export { restoreTree } from './tree.ts';
