/** The outbox's side of folder walks: which folder is read next, and what was come across. Each method is one transaction. */
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { WalkedFile, Within } from './bundles.ts';
import { dropUnusedSources, inTransaction, openWalks, save } from './changes.ts';
import { type JobRow, type QueueDb, readSetting, type SourceRow, type WalkRow, writeSetting } from './db.ts';
import { failedFolder, walkedJobs } from './items.ts';

/** What a walk came across since it last told. */
export interface WalkNews {
  /** Files that no job is known for. */
  readonly files: readonly WalkedFile[];
  /** How many files the vault has as they are. */
  readonly unchanged: number;
  /** Folders still to be read. `begun`: some of what they hold may have been told already. */
  readonly left: readonly { readonly within: Within; readonly begun: boolean }[];
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

  /** Names of the files in a folder that have a job already: asked when a folder is read once more. */
  async known(sourceId: string, within: Within): Promise<ReadonlySet<string>> {
    const db = this.#db;
    const folder = [sourceId, ...within];
    const bundles = await db.bundles.where('folders').equals(folder).toArray();
    const bundled = bundles.flatMap(({ folders, files }) => {
      const number = folders.findIndex((names) => names.join('/') === folder.join('/'));
      return files.filter((file) => file.folder === number).map(({ name }) => name);
    });
    const inside = within.map((name) => `${name}/`).join('');
    const below = db.jobs.where('[sourceId+place]').between([sourceId, inside], [sourceId, `${inside}\uffff`]);
    const alone = await below.filter((job) => job.within.length === within.length + 1).toArray();
    return new Set([...bundled, ...alone.map(({ name }) => name)]);
  }

  /**
   * Files become jobs and folders walks, and a folder is crossed off together with the last of what it holds. `root`: the
   * source folder's name. False when the walk is no longer wanted: then nothing was noted.
   */
  tell(walk: WalkRow, root: string, news: WalkNews): Promise<boolean> {
    const db = this.#db;
    const now = this.#now();
    const { sourceId, capturedAt } = walk;
    const rowOf = (within: Within): WalkRow => ({ sourceId, place: within.join('/'), within, capturedAt });
    const gone = [...news.read, ...news.failed.map(({ within }) => within)];
    const { jobs, bundles } = walkedJobs(walk, root, news.files, now);
    const failed = news.failed.map(({ within, code }) => failedFolder(walk, root, within, code, now));
    return inTransaction(db, async () => {
      if ((await db.walks.where('sourceId').equals(sourceId).limit(1).count()) === 0) return false;
      await db.bundles.bulkAdd(bundles);
      await save(
        db,
        [...jobs, ...(await unknown(db, failed))].map((job) => [null, job]),
      );
      const left = news.left.map(
        ({ within, begun }): WalkRow => ({ ...rowOf(within), ...(begun ? { begun: 1 } : {}) }),
      );
      const blocked = news.blocked.map((within): WalkRow => ({ ...rowOf(within), begun: 1, blocked: 1 }));
      await db.walks.bulkPut([...left, ...blocked]);
      await db.walks.bulkDelete(gone.map((within) => [sourceId, within.join('/')]));
      await this.#countUnchanged(news.unchanged);
      await dropUnusedSources(db, [sourceId]);
      return true;
    });
  }

  async #countUnchanged(more: number): Promise<void> {
    if (more === 0) return;
    const tally = await readSetting(this.#db, 'tally');
    await writeSetting(this.#db, 'tally', { ...tally, unchanged: tally.unchanged + more });
  }
}

/** Without those whose place has a job already: a folder that failed before, and fails again when its parent is read anew. */
async function unknown(db: QueueDb, rows: readonly JobRow[]): Promise<readonly JobRow[]> {
  const places = rows.map(({ sourceId, place }) => [sourceId, place ?? '']);
  const found = await db.jobs.where('[sourceId+place]').anyOf(places).toArray();
  const known = new Set(found.map(({ place }) => place));
  return rows.filter(({ place }) => !known.has(place));
}
