/** The person's side of the outbox: pause, cancel, retry, and what a job waited for. */
import { applyInSlices, applyTo, dropUnusedSources, inState, inTransaction, OPEN_STATES, save } from './changes.ts';
import {
  type Hold,
  type JobRow,
  type QueueDb,
  readSetting,
  type SettingName,
  type SettingValues,
  type WalkRow,
  writeSetting,
} from './db.ts';

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

  /** Everything that is not in the vault yet, folders still to be read and the rest of drops included. */
  async cancelAll(): Promise<void> {
    const db = this.#db;
    await inTransaction(db, async () => {
      const walks = await db.walks.toArray();
      await db.walks.clear();
      await db.drops.clear();
      await dropUnusedSources(db, new Set(walks.map((walk) => walk.sourceId)));
    });
    for (const state of [...OPEN_STATES, 'failed'] as const) {
      await applyInSlices(db, await inState(db, state).primaryKeys(), { type: 'cancel' }, this.#now());
    }
  }

  async retry(ids: readonly string[]): Promise<void> {
    await this.put('hold', null);
    await this.#walkAgain(ids);
    await applyTo(this.#db, ids, { type: 'retry' }, this.#now());
  }

  async retryAll(): Promise<void> {
    await this.put('hold', null);
    await this.#walkAgain(await inState(this.#db, 'failed').primaryKeys());
    for (const state of ['failed', 'waiting'] as const) {
      await applyInSlices(this.#db, await inState(this.#db, state).primaryKeys(), { type: 'retry' }, this.#now());
    }
  }

  /** Items that stand for folders become walks: what is in them was never seen. */
  #walkAgain(ids: readonly string[]): Promise<void> {
    const db = this.#db;
    return inTransaction(db, async () => {
      const folders = (await db.jobs.bulkGet([...ids])).filter((job) => job?.folder === 1) as JobRow[];
      await db.walks.bulkPut(folders.map(walkOf));
      await save(
        db,
        folders.map((job) => [job, null]),
      );
    });
  }

  /** What jobs waited for has come: the network, a sign-in, a permission (of one source when it is named). */
  async release(reason: Hold['reason'], sourceId?: string): Promise<void> {
    const db = this.#db;
    if ((await readSetting(db, 'hold'))?.reason === reason) await this.put('hold', null);
    if (reason === 'fault') return;
    const waiting = db.jobs.where('[status.state+status.reason]').equals(['waiting', reason]);
    const mine = sourceId === undefined ? waiting : waiting.filter((job) => job.sourceId === sourceId);
    await applyInSlices(db, await mine.primaryKeys(), { type: 'release', reason }, this.#now());
    if (reason !== 'permission') return;
    const walks = sourceId === undefined ? db.walks.toCollection() : db.walks.where('sourceId').equals(sourceId);
    await walks.modify((walk) => {
      delete walk.blocked;
    });
  }

  async setLimits(uploadLimit: number | null, waitOnMetered: boolean): Promise<void> {
    await this.put('uploadLimit', uploadLimit);
    await this.put('waitOnMetered', waitOnMetered);
    if (!waitOnMetered) await this.release('metered');
  }

  get<N extends SettingName>(name: N): Promise<SettingValues[N]> {
    return readSetting(this.#db, name);
  }

  put<N extends SettingName>(name: N, value: SettingValues[N]): Promise<void> {
    return writeSetting(this.#db, name, value);
  }
}

function walkOf({ sourceId, within, capturedAt }: JobRow): WalkRow {
  return { sourceId, place: within.join('/'), within, capturedAt, begun: 1 };
}
