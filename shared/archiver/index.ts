/**
 * The archiver: from a file to a proven version. Nouns: item, lane, parcel, pack, commit, proof; one file per stage. Promises:
 * bounded memory, exactly one commit per version id, nothing called safe before it was read back. May not: know queues,
 * browsers or the tree's other users.
 */
export { createArchiver } from './archive.ts';
export type { ArchiverDeps, PackApi, PackFindings, PackJournal, SentPack } from './deps.ts';
export { createLane, type Lane, type LaneDeps } from './lane.ts';
export { STRETCH, sourceError } from './source.ts';
export type * from './types.ts';
