/**
 * Walks captured folders. What it comes across is told to the queue in parts, each one transaction: a folder is crossed off
 * only together with the last of what it holds. Killed anywhere, the folders that were not crossed off are read once more,
 * without what is known of them already. May not: read contents.
 */
import { sourceError, type Unchanged } from '../../../shared/archiver/index.ts';
import { Budget, type Clock, mapConcurrent } from '../../../shared/async/index.ts';
import { newId, type Outbox, type SourceRow, type WalkRow, type Within } from '../../queue/index.ts';
import type { Sources } from './sources.ts';
import { News } from './walk-news.ts';

/** Each telling waits for the disk, so it is worth many files; but people want to see the first ones soon. */
const TELL_ENTRIES = 1_024;
const TELL_MS = 250;
/** Reading goes on while the queue is told, until so much has gathered. */
const MAX_ENTRIES = 8_192;
/** Directories read together, and files looked at together: each is a question to another process. */
const READERS = 8;
const LOOKS = 256;
/** Children of a folder that are waited for together. */
const GROUP = 64;
/** Groups of a folder that may be ready before they are taken: while the vault is opened, the walk goes on. */
const AHEAD = 32;

export interface WalkPorts {
  readonly outbox: Outbox;
  readonly sources: Sources;
  readonly clock: Clock;
  /** Resolves with null when the vault cannot be asked: then every file becomes a job. */
  readonly unchanged: () => Promise<Unchanged | null>;
}

/** Walks until no folder is left that may be read now. `onTold` whenever the queue has heard something. */
export async function walkFolders(ports: WalkPorts, onTold: () => void, signal: AbortSignal): Promise<void> {
  const { walks } = ports.outbox;
  for (let row = await walks.next(); row !== undefined && !signal.aborted; row = await walks.next()) {
    const source = ports.sources.hold(await walks.source(row.sourceId));
    if (source?.kind === 'folder') {
      // The vault is opened while the first files are looked at.
      ports.unchanged().catch(() => undefined);
      await new Walk(ports, row, source, onTold).run(signal);
      continue;
    }
    const news = new News();
    news.cross(row.within);
    await walks.tell(row, '', news);
  }
}

interface Folder {
  readonly within: Within;
  /** Some of what it holds may be known. */
  readonly begun: boolean;
  readonly open: () => Promise<FileSystemDirectoryHandle>;
}

/** What a folder holds: another, or a file, `null` when it cannot be looked at: listed all the same, so that it is seen to fail. */
type Child = FileSystemDirectoryHandle | { readonly name: string; readonly file: File | null };

/** One walk and everything below it. */
class Walk {
  readonly #ports: WalkPorts;
  readonly #row: WalkRow;
  readonly #source: Extract<SourceRow, { kind: 'folder' }>;
  readonly #onTold: () => void;
  readonly #left: Folder[];
  /** Folders being read. */
  #reading = 0;
  #moved = Promise.withResolvers<void>();
  readonly #looks = new Budget(LOOKS);
  #news = new News();
  /** When the first file of the news was met. */
  #newsAt: number | null = null;
  #telling: Promise<void> | null = null;
  #fault: { readonly error: unknown } | null = null;
  #wanted = true;

  constructor(ports: WalkPorts, row: WalkRow, source: Extract<SourceRow, { kind: 'folder' }>, onTold: () => void) {
    this.#ports = ports;
    this.#row = row;
    this.#source = source;
    this.#onTold = onTold;
    const { within } = row;
    this.#left = [{ within, begun: row.begun === 1, open: () => ports.sources.directory(source, within) }];
  }

  async run(signal: AbortSignal): Promise<void> {
    for await (const _ of mapConcurrent(this.#folders(signal), READERS, (folder) => this.#read(folder, signal))) {
      // what was read is in the news
    }
    await this.#telling;
    if (!signal.aborted) await this.#tell();
    if (this.#fault !== null) throw this.#fault.error;
  }

  async *#folders(signal: AbortSignal): AsyncGenerator<Folder> {
    while (!this.#isOver(signal)) {
      const folder = this.#left.pop();
      if (folder !== undefined) {
        this.#reading++;
        yield folder;
      } else if (this.#reading > 0) await this.#moved.promise;
      else return;
    }
  }

  #isOver(signal: AbortSignal): boolean {
    return signal.aborted || !this.#wanted;
  }

  /** The folders inside are put on `#left`. */
  async #read(folder: Folder, signal: AbortSignal): Promise<void> {
    const { within, begun } = folder;
    try {
      const known = begun ? await this.#ports.outbox.walks.known(this.#source.id, within) : null;
      for await (const child of this.#children(folder)) {
        if (this.#isOver(signal)) return;
        if ('kind' in child) this.#find(folder, child);
        else if (!known?.has(child.name)) await this.#meet(within, child.name, child.file);
        if (this.#telling === null && this.#isDue()) this.#telling = this.#tell();
        if (this.#news.size >= MAX_ENTRIES) await this.#telling;
      }
    } finally {
      this.#reading--;
      this.#moved.resolve();
      this.#moved = Promise.withResolvers();
    }
  }

  #find(folder: Folder, handle: FileSystemDirectoryHandle): void {
    const within = [...folder.within, handle.name];
    this.#news.find(folder.within, within, folder.begun);
    this.#left.push({ within, begun: folder.begun, open: async () => handle });
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  async #meet(folder: Within, name: string, file: File | null): Promise<void> {
    const unchanged = await this.#ports.unchanged();
    this.#newsAt ??= this.#ports.clock.now();
    const path = [this.#source.handle.name, ...folder];
    if (file !== null && (await unchanged?.(path, name, file.size, file.lastModified))) {
      this.#news.unchanged++;
      return;
    }
    const met = { id: newId(), within: [...folder, name], size: file?.size ?? 0 };
    if (file !== null) this.#ports.sources.keep(met.id, file);
    this.#news.meet(folder, met);
  }

  /** A fault of reading the folder is news of it; one of the queue is not ours to explain. */
  async *#children({ within, open }: Folder): AsyncGenerator<Child> {
    try {
      const handle = await open();
      const handles = inGroups(handle.values() as AsyncIterable<FileSystemHandle>);
      for await (const children of mapConcurrent(handles, AHEAD, (group) => this.#lookAt(group))) yield* children;
      this.#news.cross(within);
    } catch (error) {
      const { code } = sourceError(error);
      if (code === 'E_SOURCE_PERMISSION') this.#news.block(within);
      else this.#news.fail(within, code);
    }
  }

  #lookAt(handles: readonly FileSystemHandle[]): Promise<readonly Child[]> {
    return this.#looks.run(handles.length, () => Promise.all(handles.map(look)));
  }

  #isDue(): boolean {
    const age = this.#newsAt === null ? 0 : this.#ports.clock.now() - this.#newsAt;
    return this.#news.size >= TELL_ENTRIES || age >= TELL_MS;
  }

  /** A failure is kept for the end of the walk. No more is told then: it might cross off what these news held a part of. */
  async #tell(): Promise<void> {
    if (!this.#wanted) return;
    const news = this.#news;
    this.#news = new News();
    this.#newsAt = null;
    try {
      this.#wanted = await this.#ports.outbox.walks.tell(this.#row, this.#source.handle.name, news);
      this.#onTold();
    } catch (error) {
      this.#fault = { error };
      this.#wanted = false;
    }
    this.#telling = null;
  }
}

async function look(handle: FileSystemHandle): Promise<Child> {
  if (handle.kind === 'directory') return handle as FileSystemDirectoryHandle;
  try {
    return { name: handle.name, file: await (handle as FileSystemFileHandle).getFile() };
  } catch (error) {
    if (sourceError(error).code === 'E_SOURCE_PERMISSION') throw error;
    return { name: handle.name, file: null };
  }
}

async function* inGroups<T>(items: AsyncIterable<T>): AsyncGenerator<readonly T[]> {
  let group: T[] = [];
  for await (const item of items) {
    if (group.push(item) < GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
