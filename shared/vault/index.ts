/**
 * The vault: log in, state out. Nouns: state, node, version, place, head. Promises: every entry is verified before it
 * counts; a pinned head never goes back; an append happens once. May not: read files, make packs, speak HTTP itself.
 */
export * from './apply.ts';
export { openCheckpoint, saveCheckpoint } from './checkpoint.ts';
export * from './manifest.ts';
export { fold, isLetter, type Letters, lettersOf } from './names.ts';
export { nextPin } from './pin.ts';
export type { CheckpointStore, StoredCheckpoint } from './ports.ts';
export * from './read-chunk.ts';
export * from './read-log.ts';
export * from './state.ts';
export { GROUP_ROWS } from './table.ts';
export { NONE } from './tables.ts';
export * from './vault.ts';
export { entryHash, verifyNext } from './verify.ts';
