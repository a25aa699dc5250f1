/**
 * Walks captured folders. What it comes across is told to the queue in parts, each one transaction: a folder is crossed off
 * only together with all that it holds. Killed anywhere, the folders that were not crossed off are read once more from
 * their beginning, and what is known already is left alone. May not: read contents.
 */
import { sourceError } from '../../../shared/archiver/index.ts';
import { type Clock, mapConcurrent } from '../../../shared/async/index.ts';
import { codeOf, HoldfastError } from '../../../shared/errors/index.ts';
import type { Outbox, SourceRow, WalkRow, Within } from '../../queue/index.ts';
import type { Anchors } from './anchors.ts';
import { News } from './walk-news.ts';

/** Each telling waits for the disk, so it is worth many files; but people want to see the first ones soon. */
const TELL_ENTRIES = 500;
const TELL_MS = 250;
const PART = 200;
/** Files looked at together: each look is a question to another process. */
const LOOKS = 32;

export interface WalkPorts {
  readonly outbox: Outbox;
  readonly anchors: Anchors;
  readonly clock: Clock;
}

/** Walks until no folder is left that may be read now. `onTold` whenever the queue has heard something. */
export async function walkFolders(ports: WalkPorts, onTold: () => void, signal: AbortSignal): Promise<void> {
  const { walks } = ports.outbox;
  for (let walk = await walks.next(); walk !== undefined && !signal.aborted; walk = await walks.next()) {
    const source = ports.anchors.hold(await walks.source(walk.sourceId));
    await new Walk(ports, walk, source, onTold).run(signal);
  }
}

interface Folder {
  readonly within: Within;
  readonly open: () => Promise<FileSystemDirectoryHandle>;
}

/** One walk and everything below it. */
class Walk {
  readonly #ports: WalkPorts;
  readonly #row: WalkRow;
  readonly #source: SourceRow | undefined;
  readonly #onTold: () => void;
  #news = new News();
  #toldAt: number;

  constructor(ports: WalkPorts, row: WalkRow, source: SourceRow | undefined, onTold: () => void) {
    this.#ports = ports;
    this.#row = row;
    this.#source = source;
    this.#onTold = onTold;
    this.#toldAt = ports.clock.now();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { within } = this.#row;
    if (this.#source?.kind !== 'folder') {
      this.#news.cross(within);
      await this.#tell();
      return;
    }
    const { handle } = this.#source;
    const left: Folder[] = [{ within, open: () => directoryAt(handle, within) }];
    for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
      if (signal.aborted || !(await this.#read(folder, left))) return;
    }
    await this.#tell();
  }

  /** False when the walk is no longer wanted. The folders inside are put on `left`. */
  async #read(folder: Folder, left: Folder[]): Promise<boolean> {
    for await (const { files, folders } of this.#parts(folder)) {
      for (const { name, size } of files) this.#news.files.push({ within: [...folder.within, name], size });
      for (const handle of folders) {
        const within = [...folder.within, handle.name];
        this.#news.find(within);
        left.push({ within, open: async () => handle });
      }
      if (this.#isDue() && !(await this.#tell())) return false;
    }
    return true;
  }

  /** What a folder holds. A fault of reading it is its own news; one of the queue is not ours to explain. */
  async *#parts({ within, open }: Folder): AsyncGenerator<FolderPart> {
    try {
      yield* readFolder(await open());
      this.#news.cross(within);
    } catch (error) {
      const { code } = sourceError(error);
      if (code === 'E_SOURCE_PERMISSION') this.#news.block(within);
      else this.#news.fail(within, code);
    }
  }

  #isDue(): boolean {
    return this.#news.size >= TELL_ENTRIES || this.#ports.clock.now() - this.#toldAt >= TELL_MS;
  }

  async #tell(): Promise<boolean> {
    const name = this.#source?.kind === 'folder' ? this.#source.handle.name : '';
    const wanted = await this.#ports.outbox.walks.tell(this.#row, name, this.#news);
    this.#news = new News();
    this.#toldAt = this.#ports.clock.now();
    this.#onTold();
    return wanted;
  }
}

/** The directory at a path below a root. Errors: those of the file system. */
export async function directoryAt(root: FileSystemDirectoryHandle, within: Within): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const name of within) folder = await folder.getDirectoryHandle(name);
  return folder;
}

/** Some of what a folder holds. */
export interface FolderPart {
  readonly files: readonly { readonly name: string; readonly size: number }[];
  readonly folders: readonly FileSystemDirectoryHandle[];
}

/** What a directory holds, in parts. A file that cannot be looked at is listed all the same, so that it is seen to fail. */
export async function* readFolder(folder: FileSystemDirectoryHandle): AsyncGenerator<FolderPart> {
  let files: FileSystemFileHandle[] = [];
  let folders: FileSystemDirectoryHandle[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind === 'directory') folders.push(handle as FileSystemDirectoryHandle);
    else files.push(handle as FileSystemFileHandle);
    if (files.length + folders.length < PART) continue;
    yield { files: await lookAt(files), folders };
    files = [];
    folders = [];
  }
  yield { files: await lookAt(files), folders };
}

async function lookAt(files: readonly FileSystemFileHandle[]): Promise<FolderPart['files']> {
  const looked: { name: string; size: number }[] = [];
  const look = async (handle: FileSystemFileHandle) => ({ name: handle.name, size: await sizeOf(handle) });
  for await (const file of mapConcurrent(files, LOOKS, look)) looked.push(file);
  return looked;
}

async function sizeOf(handle: FileSystemFileHandle): Promise<number> {
  try {
    return (await handle.getFile()).size;
  } catch (error) {
    if (codeOf(sourceError(error)) === 'E_SOURCE_PERMISSION')
      throw new HoldfastError('E_SOURCE_PERMISSION', 'ask again');
    return 0;
  }
}
