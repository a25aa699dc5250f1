/**
 * The sole importer of node:sqlite: what Kysely's SQLite dialect asks of a database, with prepared statements kept, and
 * the disk's failures turned into refusals; and a copy of a database that is in use.
 */
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SqliteDatabase, SqliteStatement } from 'kysely';
import { Refusal } from '../domain/index.ts';

const MOST_STATEMENTS = 256;
/** More than a database has. */
const ALL_PAGES = 2 ** 31 - 1;
const SQLITE_FULL = 13;
/** Busy, locked, read-only, I/O, corrupt, cannot open, not a database: the disk's or another process's fault, not ours. */
const SQLITE_UNAVAILABLE: ReadonlySet<number> = new Set([5, 6, 8, 10, 11, 14, 26]);

/** The refusal that an error of SQLite means, or the error itself. */
export function translated(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const primary = error.errcode & 0xff;
  if (primary === SQLITE_FULL) return new Refusal('server-full', { cause: error });
  return SQLITE_UNAVAILABLE.has(primary) ? new Refusal('unavailable', { cause: error }) : error;
}

function guarded<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}

const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];

function statement(prepared: StatementSync, ran: () => void): SqliteStatement {
  const call = <T>(execute: () => T): T => {
    const result = guarded(execute);
    ran();
    return result;
  };
  return {
    reader: prepared.columns().length > 0,
    all: (parameters) => call(() => prepared.all(...values(parameters))),
    run: (parameters) => call(() => prepared.run(...values(parameters))),
    iterate: (parameters) => guarded(() => prepared.iterate(...values(parameters))),
  };
}

/** SQLite rolls back by itself when the disk is full; rolling back once more would hide the reason. */
function rollback(database: DatabaseSync): SqliteStatement {
  const run = () => {
    if (database.isTransaction) database.exec('rollback');
    return { changes: 0, lastInsertRowid: 0 };
  };
  return { reader: false, all: () => [], run, iterate: () => [][Symbol.iterator]() };
}

export class NodeSqlite implements SqliteDatabase {
  readonly #database: DatabaseSync;
  readonly #committed: () => void;
  // in order of last use
  readonly #statements = new Map<string, SqliteStatement>();

  /** @param committed called after each statement that may have ended a transaction with changes */
  constructor(path: string, committed: () => void = () => {}) {
    this.#database = guarded(() => new DatabaseSync(path));
    this.#committed = committed;
  }

  exec(sql: string): void {
    guarded(() => this.#database.exec(sql));
  }

  prepare(sql: string): SqliteStatement {
    if (sql === 'rollback') return rollback(this.#database);
    const found = this.#statements.get(sql) ?? this.#prepared(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, found);
    for (const oldest of this.#statements.keys()) {
      if (this.#statements.size <= MOST_STATEMENTS) break;
      this.#statements.delete(oldest);
    }
    return found;
  }

  #prepared(sql: string): SqliteStatement {
    const ran = () => {
      if (!this.#database.isTransaction) this.#committed();
    };
    const reads = sql.startsWith('select ');
    return guarded(() => statement(this.#database.prepare(sql), reads ? () => {} : ran));
  }

  close(): void {
    this.#database.close();
  }
}

/** In one step, which is one moment of the database. Of several, SQLite begins anew whenever somebody wrote between two. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  const source = new DatabaseSync(from, { readOnly: true });
  try {
    await backup(source, to, { rate: ALL_PAGES });
  } finally {
    source.close();
  }
}
