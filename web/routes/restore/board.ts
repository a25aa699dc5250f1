/**
 * The restores of this page: what runs, how far and how fast, and how it ended. Pure but for what is injected (the
 * saver, a clock, ids); knows nothing of screens. Used by the app and by the share page.
 */
import { codeOf, type ErrorCode, HoldfastError } from '../../../shared/errors/index.ts';
import type { Saver, SaveSlot } from '../../platform/index.ts';
import type {
  ConflictRule,
  RestoreNotice,
  RestorePlan,
  RestoreProgress,
  RestoreReport,
  RestoreTarget,
} from '../../session/index.ts';
import { rateOf, type Sample, withSample } from '../../ui/rate.ts';

/** What is to be restored, and who does it. */
export interface RestoreJob {
  readonly name: string;
  /** Into a folder that the person picks, instead of one file. */
  readonly intoFolder: boolean;
  /** Kept under this name until it was run or cancelled. */
  plan(restoreId: string): Promise<RestorePlan>;
  run(restoreId: string, target: RestoreTarget): Promise<RestoreReport | null>;
  resolveConflict(restoreId: string, rule: ConflictRule): Promise<void>;
  cancel(restoreId: string): Promise<void>;
}

export interface RestoreItem {
  readonly id: string;
  readonly name: string;
  readonly intoFolder: boolean;
  readonly state: 'preparing' | 'running' | 'done' | 'failed' | 'cancelled';
  readonly bytes: number;
  readonly length: number;
  /** Bytes a second over the last seconds; null until known. */
  readonly rate: number | null;
  /** Why it stands still and will go on by itself. */
  readonly waiting: ErrorCode | null;
  /** Path of a file that is in the way: it waits for `resolve`. */
  readonly conflict: readonly string[] | null;
  /** What became of each file, after a restore into a folder. */
  readonly report: RestoreReport | null;
  readonly code: ErrorCode | null;
}

export type RestoreNews = { readonly type: 'started' | 'done' | 'failed'; readonly name: string };

export interface RestoreBoard {
  /** False where the browser gives no folders to write into. */
  readonly canUseFolders: boolean;
  items(): readonly RestoreItem[];
  /** What happened last, for those who cannot see the list. */
  news(): RestoreNews | null;
  subscribe(listener: () => void): () => void;
  /** Call in the click itself: it may open the dialog that asks for a folder. */
  start(job: RestoreJob): void;
  /** The same again; also to be called in the click. */
  retry(id: string): void;
  cancel(id: string): void;
  /** Says what becomes of files that are in the way, this one and all that follow. */
  resolve(id: string, rule: ConflictRule): void;
  /** Takes a restore that has ended off the list. */
  dismiss(id: string): void;
  clearEnded(): void;
  /** Cancels all that runs and empties the list: whoever comes next sees no name of it. */
  clear(): void;
  onNotice(notice: RestoreNotice): void;
}

export interface BoardPorts {
  readonly saver: Saver;
  readonly now: () => number;
  readonly newId: () => string;
}

const RATE_WINDOW_MS = 5_000;
const RATE_MIN_MS = 500;

/** Every byte is written, and the browser has yet to let go of a large file: it reads all of it once more. */
export const isFinishing = ({ state, intoFolder, bytes, length }: RestoreItem): boolean =>
  state === 'running' && intoFolder && length > 0 && bytes === length;

/** Also a restore into a folder that ended, but without some of its files. */
export const hasFailed = ({ state, report }: RestoreItem): boolean =>
  state === 'failed' || (report !== null && report.failed.length > 0);

export const hasEnded = (item: RestoreItem): boolean => item.state !== 'preparing' && item.state !== 'running';

export function createBoard(ports: BoardPorts): RestoreBoard {
  return new Board(ports);
}

/** Methods are fields so that they can be handed around. */
class Board implements RestoreBoard {
  readonly #ports: BoardPorts;
  readonly #jobs = new Map<string, RestoreJob>();
  readonly #samples = new Map<string, readonly Sample[]>();
  readonly #listeners = new Set<() => void>();
  #items: readonly RestoreItem[] = [];
  #news: RestoreNews | null = null;

  constructor(ports: BoardPorts) {
    this.#ports = ports;
  }

  get canUseFolders(): boolean {
    return this.#ports.saver.beginFolder !== null;
  }

  readonly items = (): readonly RestoreItem[] => this.#items;

  readonly news = (): RestoreNews | null => this.#news;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly start = (job: RestoreJob): void => void this.#begin(this.#ports.newId(), job);

  readonly retry = (id: string): void => {
    const job = this.#jobs.get(id);
    if (job === undefined) return;
    this.dismiss(id);
    this.start(job);
  };

  readonly cancel = (id: string): void => {
    const item = this.#find(id);
    if (item === undefined || hasEnded(item)) return;
    this.#change(id, { state: 'cancelled' });
    if (item.state === 'running')
      this.#jobs
        .get(id)
        ?.cancel(id)
        .catch(() => {});
  };

  readonly dismiss = (id: string): void => this.#drop((item) => item.id === id && hasEnded(item));

  readonly clearEnded = (): void => this.#drop(hasEnded);

  readonly clear = (): void => {
    for (const { id } of this.#items) this.cancel(id);
    this.#drop(() => true);
  };

  readonly resolve = (id: string, rule: ConflictRule): void => {
    if (this.#find(id)?.conflict === null) return;
    this.#change(id, { conflict: null });
    this.#jobs
      .get(id)
      ?.resolveConflict(id, rule)
      .catch(() => {});
  };

  readonly onNotice = (notice: RestoreNotice): void => {
    if (notice.type === 'restore-progress') this.#progress(notice.progress);
    else if (this.#find(notice.restoreId)?.state === 'running')
      this.#change(notice.restoreId, { conflict: notice.path });
  };

  #progress({ restoreId, bytes, length, waiting }: RestoreProgress): void {
    if (this.#find(restoreId)?.state !== 'running') return;
    const now = { at: this.#ports.now(), bytes };
    const kept = withSample(this.#samples.get(restoreId) ?? [], now, RATE_WINDOW_MS);
    this.#samples.set(restoreId, kept);
    this.#change(restoreId, { bytes, length, waiting, rate: rateOf(kept, RATE_MIN_MS) });
  }

  async #begin(id: string, job: RestoreJob): Promise<void> {
    try {
      const slot = await this.#slot(job);
      this.#news = { type: 'started', name: job.name };
      this.#list(id, job);
      await this.#carryOut(id, job, slot);
    } catch (error) {
      if (codeOf(error) === 'E_CANCELLED') return; // the dialog was closed: nothing began
      this.#list(id, job);
      this.#end(id, job, error);
    }
  }

  #slot({ name, intoFolder }: RestoreJob): Promise<SaveSlot> {
    const { saver } = this.#ports;
    return intoFolder && saver.beginFolder !== null ? saver.beginFolder() : saver.begin(name);
  }

  async #carryOut(id: string, job: RestoreJob, slot: SaveSlot): Promise<void> {
    try {
      const plan = await job.plan(id);
      stillWanted(this.#find(id));
      const target = await slot.open(plan);
      stillWanted(this.#find(id));
      this.#change(id, { state: 'running', length: job.intoFolder ? plan.size : plan.length });
      const report = await job.run(id, target);
      await slot.finish();
      this.#samples.delete(id);
      this.#news = { type: (report?.failed.length ?? 0) > 0 ? 'failed' : 'done', name: job.name };
      this.#change(id, { state: 'done', report, bytes: plan.length });
    } catch (error) {
      await slot.discard().catch(() => {});
      // Not waited for: a worker that does not answer must not keep the failure from being seen.
      job.cancel(id).catch(() => {});
      this.#end(id, job, error);
    }
  }

  #end(id: string, job: RestoreJob, error: unknown): void {
    this.#samples.delete(id);
    const code = codeOf(error);
    const cancelled = code === 'E_CANCELLED' || this.#find(id)?.state === 'cancelled';
    if (!cancelled) this.#news = { type: 'failed', name: job.name };
    this.#change(id, { state: cancelled ? 'cancelled' : 'failed', conflict: null, code });
  }

  #list(id: string, job: RestoreJob): void {
    this.#jobs.set(id, job);
    const begun = { bytes: 0, length: 0, rate: null, waiting: null, conflict: null, report: null, code: null };
    const fresh: RestoreItem = { id, name: job.name, state: 'preparing', intoFolder: job.intoFolder, ...begun };
    this.#put([fresh, ...this.#items]);
  }

  #find(id: string): RestoreItem | undefined {
    return this.#items.find((item) => item.id === id);
  }

  #change(id: string, part: Partial<RestoreItem>): void {
    this.#put(this.#items.map((item) => (item.id === id ? { ...item, ...part } : item)));
  }

  #drop(gone: (item: RestoreItem) => boolean): void {
    for (const item of this.#items) if (gone(item)) this.#jobs.delete(item.id);
    this.#put(this.#items.filter((item) => !gone(item)));
  }

  #put(items: readonly RestoreItem[]): void {
    this.#items = items;
    for (const listener of this.#listeners) listener();
  }
}

function stillWanted(item: RestoreItem | undefined): void {
  if (item?.state !== 'preparing') throw new HoldfastError('E_CANCELLED', 'cancelled before it began');
}
