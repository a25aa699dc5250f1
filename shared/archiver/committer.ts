/**
 * What is read and sent becomes versions: gathers files and durable packs, commits them often, so that another device or a
 * restart can build on them, and then proves what was committed. May not: read files, seal, send packs.
 */
import { createMutex } from '../async/index.ts';
import { equal } from '../bytes/index.ts';
import type { ChunkRef, Manifest } from '../format/index.ts';
import { type VersionState, versionById } from '../vault/index.ts';
import { commit, sayNothingNew } from './commit.ts';
import type { ArchiverDeps } from './deps.ts';
import type { LostPacks } from './lost.ts';
import { prove } from './prove.ts';
import type { Sender } from './put.ts';
import type { ReadFile } from './read.ts';
import type { ChunkStore } from './store.ts';
import type { ArchiveOptions } from './types.ts';

const PACKS_PER_COMMIT = 8;
const FILES_PER_COMMIT = 1_024;
/** How long a run that failed or was stopped waits for the log, in milliseconds: the journal keeps what does not get there. */
const KEEPING_MS = 5_000;

export interface CommitterOptions extends ArchiveOptions {
  readonly lost: LostPacks;
  readonly onFault: (error: unknown) => void;
}

export class Committer {
  readonly #deps: ArchiverDeps;
  readonly #sender: Sender;
  readonly #store: ChunkStore;
  readonly #options: CommitterOptions;
  readonly #exclusively = createMutex();
  #ready: ReadFile[] = [];
  #unproven: { keys: string[]; chunks: ChunkRef[] } = { keys: [], chunks: [] };
  /** Proofs under way. What is ready meanwhile is committed without waiting for them. */
  readonly #proofs = new Set<Promise<void>>();
  #scheduled = false;
  #committed = 0;

  constructor(deps: ArchiverDeps, sender: Sender, store: ChunkStore, options: CommitterOptions) {
    this.#deps = deps;
    this.#sender = sender;
    this.#store = store;
    this.#options = options;
  }

  /** Items that are in the vault now. */
  get committed(): number {
    return this.#committed;
  }

  /** Something was taken that is not proven yet. */
  owes(): boolean {
    return this.#ready.length > 0 || this.#unproven.keys.length > 0 || this.#sender.waiting() > 0;
  }

  add(file: ReadFile): void {
    this.#ready.push(this.#underItsId(file));
    if (isDurable(file)) this.due();
  }

  /** A version that is in the log already and was lost is mended by the same content; any other is a version of its own. */
  #underItsId(file: ReadFile): ReadFile {
    const { vault, random } = this.#deps;
    const before = versionById(vault.state, file.item.versionId)?.version;
    if (before === undefined || equal(before.rootHash, file.rootHash)) return file;
    return { ...file, item: { ...file.item, versionId: random.bytes(16) } };
  }

  /** The item is in the vault already: by an earlier try, or because its newest version says the same. */
  stands(key: string, unchanged: boolean, version: Pick<VersionState, 'size' | 'manifest'>): void {
    this.#tell(key, unchanged, version.size, refs(version.manifest));
  }

  /** Commits in the background when there is enough. */
  due(): void {
    if (this.#scheduled || !this.#isDue()) return;
    this.#scheduled = true;
    void this.#exclusively(async () => {
      this.#scheduled = false;
      await this.#commit();
      this.#prove();
    }).catch(this.#options.onFault);
  }

  #isDue(): boolean {
    if (this.#sender.waiting() >= PACKS_PER_COMMIT) return true;
    return this.#ready.length >= FILES_PER_COMMIT && this.#ready.filter(isDurable).length >= FILES_PER_COMMIT;
  }

  /** Commits and proves everything. */
  finish(): Promise<void> {
    return this.#exclusively(async () => {
      await this.#commit();
      this.#prove();
      await Promise.all(this.#proofs);
    });
  }

  /** After a failure: what is on the server's disk goes into the log if it can, so that it is not sent again. */
  async keepDurable(): Promise<void> {
    await Promise.allSettled(this.#proofs);
    const keep = () => this.#append(this.#sender.takeDurable(), [], AbortSignal.timeout(KEEPING_MS));
    await this.#exclusively(keep).catch(() => undefined);
  }

  async #commit(): Promise<void> {
    const files = this.#ready.filter(isDurable);
    const taken = new Set(files);
    const packs = this.#sender.takeDurable();
    if (files.length === 0 && packs.length === 0) return;
    this.#ready = this.#ready.filter((file) => !taken.has(file));
    const same = new Set(files.filter((file) => sayNothingNew(this.#deps.vault.state, file)));
    await this.#append(
      packs,
      files.filter((file) => !same.has(file)),
      this.#options.signal,
    );
    for (const file of files)
      this.#tell(file.item.key, same.has(file) && file.parcels.length === 0, file.size, file.chunks);
  }

  async #append(
    packs: ReturnType<Sender['takeDurable']>,
    files: readonly ReadFile[],
    signal: AbortSignal,
  ): Promise<void> {
    const { vault, journal } = this.#deps;
    await commit(this.#deps, packs, files, this.#options.lost, signal);
    this.#store.forget(packs.flatMap((pack) => pack.rows.map((row) => row.cid)));
    const ids = packs.map((pack) => pack.id);
    await journal.remove(vault.vaultId, ids).catch(() => undefined);
  }

  #tell(key: string, unchanged: boolean, size: number, chunks: readonly ChunkRef[]): void {
    this.#committed++;
    this.#unproven.keys.push(key);
    for (const chunk of chunks) this.#unproven.chunks.push(chunk);
    this.#options.onEvent({ type: 'committed', key, unchanged, size });
  }

  #prove(): void {
    const { keys, chunks } = this.#unproven;
    this.#unproven = { keys: [], chunks: [] };
    const proof = prove(this.#deps, chunks, this.#options.signal).then(() => {
      for (const key of keys) this.#options.onEvent({ type: 'proven', key });
    });
    this.#proofs.add(proof);
    void proof.catch(this.#options.onFault).finally(() => this.#proofs.delete(proof));
  }
}

function isDurable(file: ReadFile): boolean {
  return file.parcels.every((parcel) => parcel.isDurable());
}

function refs(manifest: Manifest): ChunkRef[] {
  const rows = manifest.op === 'inline' ? manifest.chunks : manifest.segments;
  return rows.map(([len, h]) => ({ len, h }));
}
