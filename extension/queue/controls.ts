/** The person's side of the outbox: pause, cancel, retry, and what a job waited for. */
import { applyInSlices, applyTo, dropSourceWhenUnused, inState, inTransaction, OPEN_STATES } from './changes.ts';
import { type QueueDb, readSetting, type SettingName, type SettingValues, writeSetting } from './db.ts';
import type { WaitReason } from './job.ts';

export class Controls {
  readonly #db: QueueDb;
  readonly #now: () => number;

  constructor(db: QueueDb, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  pause(): Promise<void> {
    return this.put('paused', true);
  }

  resume(): Promise<void> {
    return this.put('paused', false);
  }

  cancel(ids: readonly string[]): Promise<void> {
    return applyTo(this.#db, ids, { type: 'cancel' }, this.#now());
  }

  /** Everything that is not in the vault yet, folders still to be read included. */
  async cancelAll(): Promise<void> {
    const db = this.#db;
    await inTransaction(db, async () => {
      const walks = await db.walks.toArray();
      await db.walks.clear();
      for (const sourceId of new Set(walks.map((walk) => walk.sourceId))) await dropSourceWhenUnused(db, sourceId);
    });
    for (const state of [...OPEN_STATES, 'failed'] as const) {
      await applyInSlices(db, await inState(db, state).primaryKeys(), { type: 'cancel' }, this.#now());
    }
  }

  async retry(ids: readonly string[]): Promise<void> {
    await this.put('hold', null);
    await applyTo(this.#db, ids, { type: 'retry' }, this.#now());
  }

  async retryAll(): Promise<void> {
    await this.put('hold', null);
    for (const state of ['failed', 'waiting'] as const) {
      await applyInSlices(this.#db, await inState(this.#db, state).primaryKeys(), { type: 'retry' }, this.#now());
    }
  }

  /** What jobs waited for has come: the network, a sign-in, a permission (of one source when it is named). */
  async release(reason: WaitReason, sourceId?: string): Promise<void> {
    const db = this.#db;
    if ((await readSetting(db, 'hold'))?.reason === reason) await this.put('hold', null);
    const waiting = db.jobs.where('[status.state+status.reason]').equals(['waiting', reason]);
    const mine = sourceId === undefined ? waiting : waiting.filter((job) => job.sourceId === sourceId);
    await applyInSlices(db, await mine.primaryKeys(), { type: 'release', reason }, this.#now());
    if (reason !== 'permission') return;
    const walks = sourceId === undefined ? db.walks.toCollection() : db.walks.where('sourceId').equals(sourceId);
    await walks.modify((walk) => {
      delete walk.blocked;
    });
  }

  get<N extends SettingName>(name: N): Promise<SettingValues[N]> {
    return readSetting(this.#db, name);
  }

  put<N extends SettingName>(name: N, value: SettingValues[N]): Promise<void> {
    return writeSetting(this.#db, name, value);
  }
}
