/**
 * The outbox's side of large copies: a page makes them piece by piece while it lends the file itself, so that sending does not
 * wait for the copy and no transaction is long. Each method is one short transaction.
 */
import { inTransaction } from './changes.ts';
import type { QueueDb } from './db.ts';

export class Pieces {
  readonly #db: QueueDb;

  constructor(db: QueueDb) {
    this.#db = db;
  }

  /** Keeps a piece. False when nobody needs the copy any more: then nothing was kept. E_DISK_FULL. */
  add(sourceId: string, number: number, blob: Blob): Promise<boolean> {
    const db = this.#db;
    return inTransaction(db, async () => {
      if ((await db.sources.get(sourceId))?.kind !== 'pieces') return false;
      await db.pieces.put({ sourceId, number, blob });
      return true;
    });
  }

  /** All pieces are there: the copy is read from now on. */
  end(sourceId: string): Promise<void> {
    const db = this.#db;
    return inTransaction(db, async () => {
      const source = await db.sources.get(sourceId);
      if (source?.kind !== 'pieces') return;
      const { lender: _, ...whole } = source;
      await db.sources.put(whole);
    });
  }

  /** Lets go of the pieces there are: the copy will not become whole. */
  async giveUp(sourceId: string): Promise<void> {
    await this.#db.pieces.where('sourceId').equals(sourceId).delete();
  }

  /** Its job goes on, or will: until that has failed or ended, the file may be asked for. */
  async isWanted(sourceId: string): Promise<boolean> {
    const jobs = await this.#db.jobs.where('[sourceId+open]').equals([sourceId, 1]).toArray();
    return jobs.some(({ status }) => status.state !== 'failed');
  }

  /**
   * The copy; null while it is not whole, or when it is gone. To be read piece by piece: of one Blob made of all, Firefox
   * reads more into memory than was asked for.
   */
  async whole(sourceId: string): Promise<readonly Blob[] | null> {
    const db = this.#db;
    const source = await db.sources.get(sourceId);
    if (source?.kind !== 'pieces' || source.lender !== undefined) return null;
    const pieces = await db.pieces.where('sourceId').equals(sourceId).sortBy('number');
    return pieces.map(({ blob }) => blob);
  }
}
