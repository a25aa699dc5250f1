/** The outbox's side of folder walks: which folder is read next, and what was come across. Each method is one transaction. */
import { Dexie } from 'dexie';
import type { ErrorCode } from '../../shared/errors/index.ts';
import { countIn, dropSourceWhenUnused, inTransaction, openWalks } from './changes.ts';
import type { JobRow, QueueDb, SourceRow, WalkRow } from './db.ts';
import { failedFolder, walkedFile } from './items.ts';

/** Names from the source folder to a folder or file in it. */
export type Within = readonly string[];

/** What a walk came across since it last told. */
export interface WalkNews {
  readonly files: readonly { readonly within: Within; readonly size: number }[];
  /** Folders still to be read. */
  readonly found: readonly Within[];
  /** Folders read to their end. */
  readonly read: readonly Within[];
  /** Folders for which the browser must be asked again. */
  readonly blocked: readonly Within[];
  /** Folders that cannot be read: each becomes one failed item by its name, and the rest goes on. */
  readonly failed: readonly { readonly within: Within; readonly code: ErrorCode }[];
}

export class Walks {
  readonly #db: QueueDb;
  readonly #now: () => number;

  constructor(db: QueueDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** A folder to begin with. */
  next(): Promise<WalkRow | undefined> {
    return openWalks(this.#db).first();
  }

  source(id: string): Promise<SourceRow | undefined> {
    return this.#db.sources.get(id);
  }

  /**
   * Files become jobs and folders walks; what is known already is left alone. `root`: the source folder's name. False when
   * the walk is no longer wanted: then nothing was noted.
   */
  tell(walk: WalkRow, root: string, news: WalkNews): Promise<boolean> {
    const db = this.#db;
    const now = this.#now();
    const { sourceId, capturedAt } = walk;
    const rowOf = (within: Within): WalkRow => ({ sourceId, place: within.join('/'), within, capturedAt });
    const gone = [...news.read, ...news.failed.map(({ within }) => within)];
    const jobs = [
      ...news.files.map(({ within, size }) => walkedFile(walk, root, within, size, now)),
      ...news.failed.map(({ within, code }) => failedFolder(walk, root, within, code, now)),
    ];
    return inTransaction(db, async () => {
      if ((await db.walks.where('sourceId').equals(sourceId).limit(1).count()) === 0) return false;
      await countIn(db, await addUnknown(db, jobs));
      const blocked = news.blocked.map((within): WalkRow => ({ ...rowOf(within), blocked: 1 }));
      await db.walks.bulkPut([...news.found.map(rowOf), ...blocked]);
      await db.walks.bulkDelete(gone.map((within) => [sourceId, within.join('/')]));
      await dropSourceWhenUnused(db, sourceId);
      return true;
    });
  }
}

/** Adds jobs but those of places that have one; answers the added. The unique index is what tells them apart. */
async function addUnknown(db: QueueDb, jobs: readonly JobRow[]): Promise<readonly JobRow[]> {
  try {
    await db.jobs.bulkAdd([...jobs]);
    return jobs;
  } catch (error) {
    if (!(error instanceof Dexie.BulkError) || error.failures.some(({ name }) => name !== 'ConstraintError'))
      throw error;
    return jobs.filter((_, i) => error.failuresByPos[i] === undefined);
  }
}
