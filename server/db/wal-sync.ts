/**
 * Makes commits durable without holding up everybody: SQLite's own sync blocks the thread that serves all requests, for as
 * long as the disk takes. Commits write the log (WAL) and are synced here, off the thread; commits that come while a sync
 * runs share the next. May not: know what was committed.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Refusal } from '../domain/index.ts';

export class WalSync {
  readonly #wal: FileHandle;
  #committed = 0;
  #synced = 0;
  #running: Promise<void> | null = null;

  private constructor(wal: FileHandle) {
    this.#wal = wal;
  }

  /** Of a database that is open, so that its log is there and stays the same file. */
  static async open(databasePath: string): Promise<WalSync> {
    const directory = await open(dirname(databasePath), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
    return new WalSync(await open(`${databasePath}-wal`, 'r+'));
  }

  /** Something was committed. */
  note(): void {
    this.#committed++;
  }

  /** Resolves when everything committed before the call is durable. After one failure nothing is ever said to be. */
  async settled(): Promise<void> {
    const wanted = this.#committed;
    while (this.#synced < wanted) {
      this.#running ??= this.#sync();
      await this.#running;
    }
  }

  async close(): Promise<void> {
    await this.#wal.close();
  }

  async #sync(): Promise<void> {
    const upTo = this.#committed;
    try {
      await this.#wal.datasync();
    } catch (cause) {
      // stays as #running: the system may have dropped what it could not write, and would call a second try a success
      throw new Refusal('unavailable', { cause });
    }
    this.#synced = upTo;
    this.#running = null;
  }
}
