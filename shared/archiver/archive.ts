/**
 * One run over a batch of items, in the order that makes it safe: packs durable, then index and versions in the log, then
 * a sample read back, and only then "proven". Stages: read, store (compress, seal), pack, put, commit, prove.
 */
import { createMutex, mapConcurrent } from '../async/index.ts';
import { utf8 } from '../bytes/index.ts';
import { type ErrorCode, HoldfastError } from '../errors/index.ts';
import { type ChunkRef, MAX_NAME_BYTES } from '../format/index.ts';
import { newestVersion, versionById } from '../vault/index.ts';
import { buildCommit, nodeAt, sayNothingNew } from './commit.ts';
import type { ArchiverDeps } from './deps.ts';
import { createPacker } from './pack.ts';
import { prove } from './prove.ts';
import { createSender } from './put.ts';
import { type ReadFile, readItem } from './read.ts';
import { createChunkStore } from './store.ts';
import type { ArchiveItem, ArchiveOptions, Archiver, ArchiveSummary, SourceFile } from './types.ts';

/** Items read at one time; small files gain from overlap, large ones are bounded by the packs in flight. */
const READERS = 6;
/** Durable packs and finished files are committed this often, so that another device or a restart can build on them. */
const PACKS_PER_COMMIT = 8;
const FILES_PER_COMMIT = 1_024;

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
    async archive(items, options) {
      const run = new Run(deps, options);
      await deps.vault.pull(options.signal);
      try {
        for await (const _ of mapConcurrent(items, READERS, (item, signal) => run.take(item, signal), options.signal)) {
          // each result is already accounted for in the run
        }
        return await run.finish();
      } catch (error) {
        // What is on the server's disk goes into the log if it can, so that it is not sent again.
        await run.keepDurable().catch(() => {});
        throw error;
      }
    },
  };
}

class Run {
  readonly #deps: ArchiverDeps;
  readonly #options: ArchiveOptions;
  readonly #sender: ReturnType<typeof createSender>;
  readonly #packer: ReturnType<typeof createPacker>;
  readonly #store: ReturnType<typeof createChunkStore>;
  readonly #exclusively = createMutex();
  #ready: ReadFile[] = [];
  readonly #unproven: { keys: string[]; chunks: ChunkRef[] } = { keys: [], chunks: [] };
  readonly #summary = { committed: 0, failed: 0 };

  constructor(deps: ArchiverDeps, options: ArchiveOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#sender = createSender(deps, options.signal);
    this.#packer = createPacker(
      (blobs) => this.#sender.put(blobs),
      () => (deps.random.bytes(1)[0] as number) / 256,
    );
    this.#store = createChunkStore(deps, this.#packer);
  }

  /** Reads one item and stores its chunks, or says why not. */
  async take(given: ArchiveItem, signal: AbortSignal): Promise<void> {
    const { onEvent } = this.#options;
    const item = {
      ...given,
      path: given.path.map((name) => name.toWellFormed()),
      name: given.name.toWellFormed(),
      open: () => given.open(),
    };
    try {
      checkNames(item);
      if (await this.#unchanged(item)) return;
      const file = await readItem(this.#deps, this.#store, item, signal, async (bytes, size) => {
        await onEvent({ type: 'progress', key: item.key, bytes, size });
        await this.#commitWhenDue();
      });
      this.#ready.push(file);
    } catch (error) {
      if (!(error instanceof HoldfastError) || !ITEM_FAULTS.has(error.code)) throw error;
      this.#summary.failed++;
      await onEvent({ type: 'failed', key: item.key, error });
      return;
    }
    await this.#commitWhenDue();
  }

  async finish(): Promise<ArchiveSummary> {
    await this.#packer.flush();
    await this.#commit();
    await prove(this.#deps, this.#unproven.chunks, this.#options.signal);
    for (const key of this.#unproven.keys) await this.#options.onEvent({ type: 'proven', key });
    const { bytes, packs } = this.#sender.sent;
    return { ...this.#summary, sentBytes: bytes, sentPacks: packs };
  }

  /** Indexes the packs that are durable and not in the log yet. */
  async keepDurable(): Promise<void> {
    const packs = this.#sender.takeDurable();
    if (packs.length === 0) return;
    await this.#deps.vault.append(
      (state) => buildCommit(this.#deps, state, packs, []),
      packs.map((pack) => pack.id),
    );
  }

  /** True when the item is in the vault already: committed by an earlier try, or not changed since its last version. */
  async #unchanged(item: ArchiveItem): Promise<boolean> {
    const { state } = this.#deps.vault;
    const node = nodeAt(state, item.path, item.name);
    const mine = versionById(state, item.versionId);
    if (mine !== null) {
      await this.#committed(item.key, false, mine.version.size, refs(mine.version.manifest));
      return true;
    }
    if (node === null) return false;
    const file: SourceFile = await item.open();
    const last = newestVersion(state, node);
    if (last.size !== file.size || last.mtime !== file.mtime) return false;
    await this.#committed(item.key, true, file.size, refs(last.manifest));
    return true;
  }

  async #committed(key: string, unchanged: boolean, size: number, chunks: readonly ChunkRef[]): Promise<void> {
    this.#summary.committed++;
    this.#unproven.keys.push(key);
    this.#unproven.chunks.push(...chunks);
    await this.#options.onEvent({ type: 'committed', key, unchanged, size });
  }

  /** Asked within files too: a large one that is cut short goes on where it was. */
  async #commitWhenDue(): Promise<void> {
    if (this.#sender.waiting() >= PACKS_PER_COMMIT || this.#ready.length >= FILES_PER_COMMIT) await this.#commit();
  }

  #commit(): Promise<void> {
    return this.#exclusively(async () => {
      const [files, notYet] = partition(this.#ready, (file) => file.parcels.every((parcel) => parcel.isDurable()));
      const packs = this.#sender.takeDurable();
      if (files.length === 0 && packs.length === 0) return;
      this.#ready = notYet;
      const { vault } = this.#deps;
      const [same, fresh] = partition(files, (file) => sayNothingNew(vault.state, file));
      await vault.append(
        (state) => buildCommit(this.#deps, state, packs, fresh),
        packs.map((pack) => pack.id),
        this.#options.signal,
      );
      for (const file of fresh) await this.#committed(file.item.key, false, file.size, file.chunks);
      for (const file of same) await this.#committed(file.item.key, true, file.size, file.chunks);
    });
  }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  const [yes, no]: [T[], T[]] = [[], []];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [yes, no];
}

function refs(manifest: ReadFile['manifest']): ChunkRef[] {
  const rows = manifest.op === 'inline' ? manifest.chunks : manifest.segments;
  return rows.map(([len, h]) => ({ len, h }));
}

function checkNames(item: ArchiveItem): void {
  const names = [...item.path, item.name];
  if (names.some((name) => name === '' || utf8(name).length > MAX_NAME_BYTES)) {
    throw new HoldfastError('E_INPUT', 'a name is empty or longer than 4096 bytes');
  }
}
