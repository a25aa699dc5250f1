/**
 * What the server remembers, in SQLite. Nouns: metadata store, migration, directory lock. Promises: a method that
 * resolved is durable; one that rejected changed nothing. May not: decide anything (the rules are the domain's), speak
 * HTTP, touch packs.
 */
export { type DirectoryLock, lockDirectory } from './directory-lock.ts';
export { copyDatabase } from './node-sqlite.ts';
export { openSqliteStore } from './sqlite-metadata-store.ts';
