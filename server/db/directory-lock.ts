/**
 * Keeps two servers out of one data directory. The lock is SQLite's own lock on an empty file, so that the operating
 * system releases it when the process dies, however it dies.
 */
import { Refusal } from '../domain/index.ts';
import { NodeSqlite } from './node-sqlite.ts';

export interface DirectoryLock {
  release(): void;
}

/** Null when another process holds the lock. */
export function lockDirectory(path: string): DirectoryLock | null {
  const database = new NodeSqlite(path);
  try {
    database.exec('begin exclusive');
  } catch (error) {
    database.close();
    if (error instanceof Refusal) return null;
    throw error;
  }
  return { release: () => database.close() };
}
