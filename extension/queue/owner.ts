/**
 * Whose the queue is: of whoever was signed in when things were chosen. What waits goes into no other vault unless a person
 * says so, and nobody is told that something is safe that is another's. Each method is one transaction.
 */
import { applyTo, forget, inState, inTransaction } from './changes.ts';
import { type Account, clearSetting, type QueueDb, readSetting, writeSetting } from './db.ts';
import { tallied } from './row.ts';

export class Owner {
  readonly #db: QueueDb;
  readonly #now: () => number;

  constructor(db: QueueDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  /** Who is signed in now; null: nobody. False when that was so before. */
  enter(account: Account | null): Promise<boolean> {
    const db = this.#db;
    return inTransaction(db, async () => {
      const before = await this.#present();
      await writeSetting(db, 'account', account?.name ?? null);
      await writeSetting(db, 'stranger', null);
      if (account !== null) {
        const owns = await this.owns(account.id);
        if (!owns) await forgetDone(db);
        await writeSetting(db, owns || (await isEmpty(db)) ? 'owner' : 'stranger', account);
      }
      return before !== (account?.id ?? null);
    });
  }

  /** Id of who was signed in until now: names are alike on two servers. */
  async #present(): Promise<string | null> {
    const db = this.#db;
    if ((await readSetting(db, 'account')) === null) return null;
    return ((await readSetting(db, 'stranger')) ?? (await readSetting(db, 'owner')))?.id ?? null;
  }

  /** False while what is here is another's. */
  async owns(accountId: string): Promise<boolean> {
    const owner = await readSetting(this.#db, 'owner');
    return owner === null || owner.id === accountId;
  }

  /** What waits goes to whoever is signed in. What is in the other vault without proof is not in this one. */
  takeOver(): Promise<void> {
    const db = this.#db;
    return this.#decide(async () => {
      const ids = await inState(db, 'committed').primaryKeys();
      await applyTo(db, ids, { type: 'move' }, this.#now());
    });
  }

  /** What waits is removed. */
  discard(): Promise<void> {
    const db = this.#db;
    return this.#decide(async () => {
      for (const table of [db.jobs, db.bundles, db.sources, db.pieces, db.walks, db.drops]) await table.clear();
      for (const name of ['counts', 'tally'] as const) await clearSetting(db, name);
    });
  }

  /** Once: whoever presses again means what is no longer there. */
  #decide(change: () => Promise<void>): Promise<void> {
    const db = this.#db;
    return inTransaction(db, async () => {
      const stranger = await readSetting(db, 'stranger');
      if (stranger === null) return;
      await change();
      await writeSetting(db, 'owner', stranger);
      await writeSetting(db, 'stranger', null);
    });
  }
}

/** What was done, and why it stood still, are another's; what is open is counted anew. */
async function forgetDone(db: QueueDb): Promise<void> {
  for (const state of ['proven', 'cancelled'] as const) await forget(db, await inState(db, state).toArray());
  for (const name of ['lastProvenAt', 'audit', 'hold', 'tally'] as const) await clearSetting(db, name);
  const [open, none] = [await db.jobs.toArray(), await readSetting(db, 'tally')];
  await writeSetting(
    db,
    'tally',
    open.reduce((sum, job) => tallied(sum, null, job), none),
  );
}

async function isEmpty(db: QueueDb): Promise<boolean> {
  const counts = await Promise.all([db.jobs, db.walks, db.drops].map((table) => table.count()));
  return counts.every((count) => count === 0);
}
