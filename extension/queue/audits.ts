/**
 * When packs are read back for proof, and what came of it: a few at a time, so many a day, and never while there is work.
 * The day's count outlives every death. Which pack was read when is not kept here.
 */
import { DAY_MS } from '../../shared/protocol/index.ts';
import { isHalted } from './changes.ts';
import { type AuditNote, harmOf, type QueueDb, readSetting, writeSetting } from './db.ts';

/** Between two stretches: a browser that is open for some hours reads its day's packs, spread over them. */
const REST_MS = 30 * 60_000;

export class Audits {
  readonly #db: QueueDb;
  readonly #now: () => number;
  readonly #workDue: () => Promise<number | null>;

  /** `workDue`: when the queue has something to do next, null when it has nothing that can be done. */
  constructor(db: QueueDb, now: () => number, workDue: () => Promise<number | null>) {
    this.#db = db;
    this.#now = now;
    this.#workDue = workDue;
  }

  /** When the next stretch is due; null while halted, signed out, or while anything else is to be done. */
  async dueAt(): Promise<number | null> {
    const db = this.#db;
    if ((await isHalted(db)) || (await readSetting(db, 'account')) === null) return null;
    if ((await this.#workDue()) !== null) return null;
    const { dueAt } = await readSetting(db, 'audit');
    return dueAt ?? this.#change((note) => ({ ...note, dueAt: this.#now() + REST_MS })).then(({ dueAt }) => dueAt);
  }

  /** A stretch begins: the next is put off before anything can go wrong. Answers how many packs today has seen. */
  async begin(): Promise<number> {
    const today = Math.floor(this.#now() / DAY_MS);
    const { packs } = await this.#change((note) => ({
      ...note,
      ...(note.day === today ? {} : { day: today, packs: 0 }),
      dueAt: this.#now() + REST_MS,
    }));
    return packs;
  }

  /** A pack was read; `proven` when it came back whole, `counts` when it is one of today's. */
  async wasRead(proven: boolean, counts: boolean): Promise<void> {
    const at = proven ? { provenAt: this.#now() } : {};
    await this.#change((note) => ({ ...note, ...at, packs: note.packs + Number(counts) }));
  }

  /** Today's packs are read. `random01` spreads devices over the first hours of the next day. */
  async endDay(random01: number): Promise<void> {
    await this.#change((note) => ({ ...note, dueAt: (note.day + 1) * DAY_MS + random01 * 4 * REST_MS }));
  }

  get(): Promise<AuditNote> {
    return readSetting(this.#db, 'audit');
  }

  /** The next stretch is due now: a pack did not come back outside of the audits, or there is more to read than one took. */
  async hurry(): Promise<void> {
    await this.#change((note) => ({ ...note, dueAt: this.#now() }));
  }

  /** Files were backed up. If something was damaged, that may have mended it: it is counted again, and soon. */
  async recount(): Promise<void> {
    if (harmOf(await this.get()) === null) return;
    await this.#change((note) => {
      const { damaged } = note;
      return { ...note, dueAt: this.#now(), damaged: damaged && { ...damaged, packs: [] } };
    });
  }

  /** What is damaged as far as is known; null when nothing is. */
  async found(damaged: AuditNote['damaged']): Promise<void> {
    await this.#change((note) => ({ ...note, damaged }));
  }

  #change(to: (note: AuditNote) => AuditNote): Promise<AuditNote> {
    const db = this.#db;
    return db.transaction('rw', db.settings, async () => {
      const note = to(await readSetting(db, 'audit'));
      await writeSetting(db, 'audit', note);
      return note;
    });
  }
}
