/** The outbox's way in: captured items and bytes from the web. Each method is one short transaction. */
import { add, fetchDueAt, inTransaction, isHalted, refuseStranger, resetTallyWhenIdle, save } from './changes.ts';
import type { JobRow, QueueDb, WebRequest } from './db.ts';
import { type CapturedItem, type Lent, lentSource, takeItems } from './items.ts';
import { changed, jobRow } from './row.ts';

/** Bytes that came from the web, under the name they go by. */
export interface FetchedBytes {
  readonly blob: Blob;
  readonly name: string;
  readonly mtime: number;
  /** Address and title they came from; absent for a file that a person gave instead. */
  readonly from?: { readonly url: string; readonly title: string | null };
}

export class Intake {
  readonly #db: QueueDb;
  readonly #now: () => number;

  constructor(db: QueueDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Records items; answers the ids of the jobs that exist at once (a folder's come with its walk). E_OTHER_ACCOUNT. */
  async capture(items: readonly CapturedItem[]): Promise<readonly string[]> {
    const db = this.#db;
    const taken = takeItems(items, this.#now());
    await inTransaction(db, async () => {
      await refuseStranger(db);
      await resetTallyWhenIdle(db);
      await add(db, taken);
    });
    return taken.jobs.map((job) => job.id);
  }

  /** The next document to fetch but `except`, oldest first; one that waits only when its time has come. None while halted. */
  async nextFetch(except: ReadonlySet<string> = new Set()): Promise<{ job: JobRow; request: WebRequest } | undefined> {
    const now = this.#now();
    if (await isHalted(this.#db)) return undefined;
    for (const job of await this.#db.jobs.where('toFetch').equals(1).sortBy('order')) {
      if (except.has(job.id) || (fetchDueAt(job) ?? Number.POSITIVE_INFINITY) > now) continue;
      const source = await this.#db.sources.get(job.sourceId);
      if (source?.kind === 'web') return { job, request: source.request };
    }
    return undefined;
  }

  /** Documents that wait for the permission of their site. */
  async awaitingSite(): Promise<readonly { id: string; url: string }[]> {
    const jobs = await this.#db.jobs.where('toFetch').equals(1).toArray();
    const waiting = jobs.filter(({ status }) => status.state === 'waiting' && status.reason === 'permission');
    return waiting.flatMap(({ id, sourceUrl }) => (sourceUrl === null ? [] : [{ id, url: sourceUrl }]));
  }

  /** False once a fetch is no longer wanted: halted, cancelled, or its bytes came another way. */
  async isFetchWanted(id: string): Promise<boolean> {
    if (await isHalted(this.#db)) return false;
    const job = await this.#db.jobs.get(id);
    return job?.toFetch === 1 && fetchDueAt(job) !== undefined;
  }

  /** The bytes of a job are at hand: fetched, or given by a person after the fetch failed; a large file may be lent. */
  async supply(id: string, given: FetchedBytes | Lent): Promise<void> {
    const db = this.#db;
    await inTransaction(db, async () => {
      const before = await db.jobs.get(id);
      if (before === undefined) return;
      const { toFetch: _, toGive: __, ...rest } = before;
      const after = changed(jobRow({ ...rest, ...suppliedTo(before, given) }), { type: 'sourced' }, this.#now());
      if (after === null) return;
      await db.pieces.where('sourceId').equals(before.sourceId).delete();
      await db.sources.delete(before.sourceId);
      await db.sources.put(
        'blob' in given
          ? { id: after.sourceId, kind: 'bytes', blob: given.blob, mtime: given.mtime }
          : lentSource(given),
      );
      await save(db, [[before, after]]);
    });
  }
}

function suppliedTo({ sourceId, sourceUrl, sourceTitle }: JobRow, given: FetchedBytes | Lent): Partial<JobRow> {
  const { name } = given;
  if (!('blob' in given)) return { sourceId: given.sourceId, name, size: given.size };
  const { url, title } = given.from ?? { url: sourceUrl, title: sourceTitle };
  return { sourceId, name, size: given.blob.size, sourceUrl: url, sourceTitle: title };
}
