/**
 * The restorer: plan, fetch, open, verify, save. Nouns: plan, set, chunk, stream. Promises: flat memory whatever the size,
 * length known before the first byte, no byte given that was not verified. May not: choose where bytes go.
 */
export { inBlocks } from './blocks.ts';
export { createFetcher } from './fetch.ts';
export type { PlannedChunk, PlannedFile, RestoreSet } from './plan.ts';
export { planShare } from './plan-share.ts';
export { planNode, planVersion } from './plan-vault.ts';
export { safeTree } from './safe-name.ts';
export { restoreLength, restoreStream } from './stream.ts';
