/**
 * The data directory beside the database. Nouns: pack store, secrets file. Promises: what was stored is durable before
 * anybody is told; a name on disk is made of a checked id only. May not: know a table, a route, or what is in a pack.
 */
export { type FsPackStoreOptions, openFsPackStore } from './fs-pack-store.ts';
export { createSecrets, readSecrets } from './secrets-file.ts';
