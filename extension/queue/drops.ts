/**
 * The outbox's side of drops: what was dropped goes into the queue at once as far as it is at hand, under a note that stands
 * until the rest is there too. Each method is one short transaction.
 */
import { newId } from './bundles.ts';
import { add, inTransaction, refuseStranger, resetTallyWhenIdle } from './changes.ts';
import type { DropRow, QueueDb } from './db.ts';
import { type CapturedItem, takeItems } from './items.ts';

/** One of the things that were dropped together, or the first of its files that are of no folder. */
export type DropRoot = Pick<DropRow, 'name' | 'handle' | 'others'>;

export class Drops {
  readonly #db: QueueDb;
  readonly #now: () => number;

  constructor(db: QueueDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /**
   * What is at hand, and the note that there may be more in `roots`. `lock`: is held by the page until `end`. `instead`:
   * ids of drops cut short that are made good by this one. E_OTHER_ACCOUNT.
   */
  async begin(
    lock: string,
    roots: readonly DropRoot[],
    items: readonly CapturedItem[],
    instead: readonly string[],
  ): Promise<void> {
    const db = this.#db;
    const taken = takeItems(items, this.#now());
    await inTransaction(db, async () => {
      await refuseStranger(db);
      await resetTallyWhenIdle(db);
      await db.drops.bulkDelete([...instead]);
      await db.drops.bulkAdd(
        roots.map(({ name, handle, others = 0 }) => ({ id: newId(), lock, name, handle, others })),
      );
      await add(db, taken);
    });
  }

  /** More of a drop. False when it is no longer wanted: then nothing was kept. */
  add(lock: string, items: readonly CapturedItem[]): Promise<boolean> {
    const db = this.#db;
    const taken = takeItems(items, this.#now());
    return inTransaction(db, async () => {
      if ((await db.drops.where('lock').equals(lock).count()) === 0) return false;
      await add(db, taken);
      return true;
    });
  }

  /** All of it is in the queue. */
  async end(lock: string): Promise<void> {
    await this.#db.drops.where('lock').equals(lock).delete();
  }

  cutShort(): Promise<readonly DropRow[]> {
    return this.#db.drops.filter((drop) => drop.cutShort === 1).toArray();
  }

  /** Says of those whose lock is no longer held that they were cut short. Answers how many go on. */
  async settle(locksHeld: () => Promise<ReadonlySet<string>>): Promise<number> {
    const open = await this.#db.drops.filter((drop) => drop.cutShort === undefined).toArray();
    if (open.length === 0) return 0;
    // Asked after the notes were read: one that has ended by now is gone from the table and stays so.
    const held = await locksHeld();
    const dead = open.filter(({ lock }) => !held.has(lock));
    await this.#db.drops
      .where('id')
      .anyOf(dead.map(({ id }) => id))
      .modify({ cutShort: 1 });
    return open.length - dead.length;
  }

  /** A person leaves them as they are. */
  forget(ids: readonly string[]): Promise<void> {
    return this.#db.drops.bulkDelete([...ids]);
  }
}
