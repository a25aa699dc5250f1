/**
 * One run over a stream of items, in the order that makes it safe: packs durable, then index and versions in the log, then
 * a sample read back, and only then "proven". Many items are on their way at a time, each at its own stage; one byte
 * budget bounds what they hold together.
 */
import { abortable, Budget, throwIfAborted } from '../async/index.ts';
import { utf8 } from '../bytes/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../errors/index.ts';
import { MAX_NAME_BYTES } from '../format/index.ts';
import { MAX_PACK } from '../protocol/index.ts';
import {
  fileByPath,
  hasPack,
  type NodeState,
  newestVersion,
  type VaultState,
  type VersionState,
  versionById,
} from '../vault/index.ts';
import { commit } from './commit.ts';
import { Committer } from './committer.ts';
import type { ArchiverDeps } from './deps.ts';
import { type Lane, SMALL_FILE } from './lane.ts';
import { isLost, type LostPacks, lostPacks } from './lost.ts';
import { createPacker, type Packer } from './pack.ts';
import { createSender } from './put.ts';
import { type Opened, type Reader, type ReadFile, readAlone, readTogether } from './read.ts';
import { sourceError } from './source.ts';
import { createChunkStore } from './store.ts';
import type { ArchiveItem, ArchiveOptions, Archiver, ArchiveSummary, SourceFile } from './types.ts';

/** Bytes that reading, sealing, open packs and packs on their way hold together. */
const BUDGET = 50_331_648;
/** Small files read together: one question to the browser instead of many. Measured, more brings nothing. */
const TOGETHER = 32;
/** Things under way at one time; a large file counts as several, for it keeps a lane busy by itself. */
const UNDER_WAY = 24;
const LARGE_COUNTS = 8;
/** After so long without a new item, what there is gets committed and proven. Milliseconds. */
const LULL_MS = 500;

/** Faults of one item; everything else stops the run. */
const ITEM_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'E_INPUT',
  'E_SOURCE_GONE',
  'E_SOURCE_CHANGED',
  'E_SOURCE_UNREADABLE',
  'E_SOURCE_PERMISSION',
]);

export function createArchiver(deps: ArchiverDeps): Archiver {
  return {
    scan() {
      const looking = lostPacks(deps);
      return async (path, name, size, mtime) => {
        const node = unchangedNode(deps.vault.state, path, name, { size, mtime });
        if (node === null) return false;
        const lost = await looking;
        return lost.size === 0 || !(await isLost(deps, newestVersion(deps.vault.state, node), lost).catch(() => true));
      };
    },
    async archive(items, options) {
      await deps.vault.pull(options.signal);
      const lost = await lostPacks(deps);
      await indexJournal(deps, lost, options.signal);
      return new Run(deps, lost, options).run(items);
    },
  };
}

/** The file at a path when its newest version has this size and date. */
function unchangedNode(
  state: VaultState,
  path: readonly string[],
  name: string,
  { size, mtime }: Pick<SourceFile, 'size' | 'mtime'>,
): NodeState | null {
  const node = fileByPath(state, path, name);
  return node !== null && node.size === size && node.mtime === mtime ? node : null;
}

/**
 * Packs that reached the server before this device died, or before it heard of it, go into the log. A journal that cannot be
 * read, or holds what no log takes, costs the sending of them.
 */
async function indexJournal(deps: ArchiverDeps, lost: LostPacks, signal: AbortSignal): Promise<void> {
  const { vault, journal, api } = deps;
  const noted = await journal.all(vault.vaultId).catch(() => []);
  if (noted.length === 0) return;
  const unknown = noted.filter(({ id }) => !hasPack(vault.state, id));
  const ids = unknown.map(({ id }) => id);
  const missing = new Set(ids.length === 0 ? [] : await api.packsMissing(vault.vaultId, ids, signal));
  const there = unknown.filter(({ id }) => !missing.has(id));
  await commit(deps, there, [], lost, signal).catch((error: unknown) => {
    if (codeOf(error) !== 'E_INPUT') throw error;
  });
  const done = noted.map(({ id }) => id);
  await journal.remove(vault.vaultId, done).catch(() => undefined);
}

class Run {
  readonly #deps: ArchiverDeps;
  readonly #lost: LostPacks;
  readonly #options: ArchiveOptions;
  /** Fires when anything of the run fails, and with the caller's signal. */
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  #failure: { readonly error: unknown } | null = null;
  readonly #slots = new Budget(UNDER_WAY);
  readonly #tasks = new Set<Promise<void>>();
  readonly #sender: ReturnType<typeof createSender>;
  readonly #packer: Packer;
  readonly #reader: Reader;
  readonly #committer: Committer;
  #small: ArchiveItem[] = [];
  #taken = 0;
  #turn = 0;
  #failed = 0;

  constructor(deps: ArchiverDeps, lost: LostPacks, options: ArchiveOptions) {
    this.#deps = deps;
    this.#lost = lost;
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#ending.signal]);
    const budget = new Budget(BUDGET);
    this.#sender = createSender(deps, this.#signal);
    this.#packer = createPacker(
      (blobs) => this.#sender.put(blobs),
      () => budget.take(MAX_PACK),
      () => (deps.random.bytes(1)[0] as number) / 256,
      () => this.#committer.due(),
    );
    const store = createChunkStore(deps.vault, this.#packer, lost);
    this.#reader = {
      ...{ store, budget, signal: this.#signal },
      now: () => deps.clock.now(),
      lane: () => deps.lanes[this.#turn++ % deps.lanes.length] as Lane,
      // One processor is left for packing and sending.
      strands: new Budget(Math.max(1, deps.lanes.length - 1)),
    };
    this.#committer = new Committer(deps, this.#sender, store, {
      lost,
      signal: this.#signal,
      onEvent: options.onEvent,
      onFault: (error) => this.#fail(error),
    });
  }

  async run(items: Iterable<ArchiveItem> | AsyncIterable<ArchiveItem>): Promise<ArchiveSummary> {
    const over = new AbortController();
    const watching = this.#watchLulls(over.signal);
    try {
      await this.#takeAll(items);
      await this.#settle();
      const { bytes, packs } = this.#sender.sent;
      return { committed: this.#committer.committed, failed: this.#failed, sentBytes: bytes, sentPacks: packs };
    } catch (error) {
      this.#fail(error);
      await Promise.allSettled(this.#tasks);
      await this.#committer.keepDurable();
      throw this.#failure?.error;
    } finally {
      over.abort();
      await watching;
    }
  }

  async #takeAll(items: Iterable<ArchiveItem> | AsyncIterable<ArchiveItem>): Promise<void> {
    const source = streamOf(items);
    try {
      for (;;) {
        const step = await abortable(source.next(), this.#signal);
        if (step.done === true) return;
        this.#taken++;
        await this.#take(step.value);
      }
    } finally {
      // Not awaited: a source may be waiting for news that does not come.
      void source.return?.();
    }
  }

  async #take(given: ArchiveItem): Promise<void> {
    const item = wellFormed(given);
    if (item.size > SMALL_FILE) return this.#begin(LARGE_COUNTS, () => this.#takeAlone(item));
    this.#small.push(item);
    if (this.#small.length >= TOGETHER) await this.#beginSmall();
  }

  #beginSmall(): Promise<void> {
    const items = this.#small;
    this.#small = [];
    return items.length === 0 ? Promise.resolve() : this.#begin(1, () => this.#takeTogether(items));
  }

  /** Resolves when the task has begun; its failure ends the run. */
  async #begin(counts: number, task: () => Promise<void>): Promise<void> {
    const release = await this.#slots.acquire(counts, this.#signal);
    const running = task()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        release();
        this.#tasks.delete(running);
      });
    this.#tasks.add(running);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#ending.abort(error);
  }

  async #takeTogether(items: readonly ArchiveItem[]): Promise<void> {
    const opened = (await Promise.all(items.map((item) => this.#open(item)))).filter((each) => each !== null);
    const small = opened.filter(({ file }) => file.size <= SMALL_FILE);
    const read = await readTogether(this.#reader, small);
    for (const file of read ?? []) this.#isRead(file);
    const alone = opened.filter(({ file }) => read === null || file.size > SMALL_FILE);
    for (const { item } of alone) await this.#readAlone(item);
  }

  async #takeAlone(item: ArchiveItem): Promise<void> {
    if ((await this.#open(item)) !== null) await this.#readAlone(item);
  }

  /** The item's file, or null when there is nothing more to do for it. */
  async #open(item: ArchiveItem): Promise<Opened | null> {
    const { state } = this.#deps.vault;
    const before = versionById(state, item.versionId)?.version;
    // Committed by an earlier try.
    if (before !== undefined && (await this.#stands(item, false, before))) return null;
    const file = await this.#orFailed(item, () => openNamed(item));
    if (file === null) return null;
    const node = unchangedNode(state, item.path, item.name, file);
    if (node !== null && (await this.#stands(item, true, newestVersion(state, node)))) return null;
    return { item, file };
  }

  /** False when some of the version is lost. */
  async #stands(item: ArchiveItem, unchanged: boolean, version: VersionState): Promise<boolean> {
    if (await isLost(this.#deps, version, this.#lost, this.#signal)) return false;
    this.#committer.stands(item.key, unchanged, version);
    return true;
  }

  async #readAlone(item: ArchiveItem): Promise<void> {
    const { onEvent } = this.#options;
    const onBytes = (bytes: number, size: number) => onEvent({ type: 'progress', key: item.key, bytes, size });
    const file = await this.#orFailed(item, () => readAlone(this.#reader, item, onBytes));
    if (file !== null) this.#isRead(file);
  }

  #isRead(file: ReadFile): void {
    throwIfAborted(this.#signal);
    this.#committer.add(file);
  }

  /** Null after a fault that is the item's own: it was told. */
  async #orFailed<T>(item: ArchiveItem, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HoldfastError) || !ITEM_FAULTS.has(error.code)) throw error;
      this.#failed++;
      this.#options.onEvent({ type: 'failed', key: item.key, error });
      return null;
    }
  }

  /** Brings everything taken so far to its end. */
  async #settle(): Promise<void> {
    await this.#beginSmall();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    this.#throwIfFailed();
    await this.#packer.flush();
    await this.#committer.finish();
    // A proof may have failed while nothing waited for it.
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  async #watchLulls(over: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    for (let seen = -1; ; seen = this.#taken) {
      await clock.sleep(LULL_MS, over).catch(() => undefined);
      if (over.aborted || this.#signal.aborted) return;
      if (this.#taken !== seen) continue;
      await this.#beginSmall().catch(() => undefined);
      if (this.#tasks.size === 0 && this.#committer.owes()) await this.#settle().catch((error) => this.#fail(error));
    }
  }
}

async function openNamed(item: ArchiveItem): Promise<SourceFile> {
  const names = [...item.path, item.name];
  if (names.some((name) => name === '' || isTooLong(name))) {
    throw new HoldfastError('E_INPUT', 'a name is empty or longer than 4096 bytes');
  }
  try {
    return await item.open();
  } catch (error) {
    throw sourceError(error);
  }
}

/** A character takes at most three bytes, so that few names have to be written down to be measured. */
function isTooLong(name: string): boolean {
  return 3 * name.length > MAX_NAME_BYTES && utf8(name).length > MAX_NAME_BYTES;
}

/** Lone surrogates cannot be written down; a name that has one is kept with the replacement character. */
function wellFormed(item: ArchiveItem): ArchiveItem {
  const path = item.path.map((name) => name.toWellFormed());
  return { ...item, path, name: item.name.toWellFormed(), open: () => item.open() };
}

function streamOf<T>(items: Iterable<T> | AsyncIterable<T>): AsyncIterator<T> {
  if (Symbol.asyncIterator in items) return items[Symbol.asyncIterator]();
  const each = items[Symbol.iterator]();
  return { next: async () => each.next() };
}
