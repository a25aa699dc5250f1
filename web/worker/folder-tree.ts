/**
 * A folder that the person picked, as the restorer's target. The browser writes beside the file and puts it in place when
 * it is closed, so a small file is there whole or not at all. A large one is written into a file of its own that says it
 * is unfinished, put on disk now and then, and gets its name at the end; so is one whose name is too long to be written
 * beside. Dates cannot be set through the browser, and names that it refuses (`link.url`) get an underscore.
 */
import { type Bytes, utf8 } from '../../shared/bytes/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { TargetFile, TargetTree, TreeFile, TreeWriter } from '../../shared/restorer/index.ts';

/** Larger files can be gone on with after the page was closed. */
const LARGE_BYTES = 64 * 1_048_576;
/**
 * To put bytes on disk, Chromium reads all there are for its check of downloads, and to go on it copies them: 17 seconds a
 * GiB together. So it is done for the first time after so many bytes, and then no oftener than takes a sixth of the time.
 */
const FIRST_KEPT_BYTES = 128 * 1_048_576;
const WORK_TO_KEEPING = 5;
/** Before the name, not after it: a file that gets another ending with its name is read once more for the same check. */
const UNFINISHED = 'unfinished ';
const MOST_UNDERSCORES = 8;
/** A name has at most 255 bytes on most disks, and Chromium writes into `<name>.crswap`: a longer one can only be given. */
const MOST_WRITTEN_BYTES = 255 - '.crswap'.length;

interface MovableHandle extends FileSystemFileHandle {
  move?(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

/** A folder on disk. `fresh`: made by this restore, so that nothing in it has to be looked for. */
interface Folder {
  readonly handle: FileSystemDirectoryHandle;
  readonly fresh: boolean;
}

/** Opens what has this name in a folder; a name may be refused by a TypeError. */
type Open<T> = (name: string) => Promise<T>;

export function folderTree(root: FileSystemDirectoryHandle): TargetTree {
  const folders = new Map<string, Promise<Folder>>();
  const names = new GivenNames();

  function folder(path: readonly string[]): Promise<Folder> {
    if (path.length === 0) return Promise.resolve({ handle: root, fresh: false });
    const key = path.join('/');
    const known = folders.get(key);
    if (known !== undefined) return known;
    const opened = folder(path.slice(0, -1)).then((parent) => openFolder(parent, path));
    folders.set(key, opened);
    return opened;
  }

  async function openFolder({ handle, fresh }: Folder, path: readonly string[]): Promise<Folder> {
    const open = (create: boolean) => names.under(path, '', (name) => handle.getDirectoryHandle(name, { create }));
    const there = fresh ? null : await orNull(open(false));
    return there === null ? { handle: await open(true), fresh: true } : { handle: there, fresh: false };
  }

  async function existing(path: readonly string[], prefix: string): Promise<TreeFile | null> {
    const { handle, fresh } = await folder(path.slice(0, -1));
    if (fresh) return null;
    const found = await orNull(names.under(path, prefix, (name) => handle.getFileHandle(name)));
    return found === null ? null : readable(await found.getFile());
  }

  async function write({ path, size, mark }: TargetFile, keep: number): Promise<TreeWriter> {
    const { handle } = await folder(path.slice(0, -1));
    const made = (prefix: string): Promise<MovableHandle> =>
      names.under(path, prefix, (name) => handle.getFileHandle(name, { create: true }));
    const isWritable = utf8(path.at(-1) as string).length <= MOST_WRITTEN_BYTES;
    if (size < LARGE_BYTES && isWritable) return smallWriter(handle, await made(''));
    const part = await made(partPrefix(mark));
    return largeWriter(part, keep, async () => {
      const moved = await isMoved(() => names.under(path, '', (name) => moveTo(part, handle, name)));
      if (!moved) await copyOver(handle, part, await made(''));
    });
  }

  return {
    makeFolder: (path) => onDisk(async () => void (await folder(path))),
    file: (path) => onDisk(() => existing(path, '')),
    unfinished: ({ path, size, mark }) =>
      onDisk(async () => (size < LARGE_BYTES ? null : existing(path, partPrefix(mark)))),
    write: (file, keep) => onDisk(() => write(file, keep)),
  };
}

/**
 * The names that things get on disk: their own, or one with an underscore more when the browser lets no page have it. Which
 * those are is its own affair. No two things get the same.
 */
class GivenNames {
  /** Whose a path is, of those that something else could get. */
  readonly #owners = new Map<string, string>();

  /** E_INPUT when no name will do. */
  async under<T>(path: readonly string[], prefix: string, open: Open<T>): Promise<T> {
    const owner = [prefix, ...path].join('/');
    const inside = path.slice(0, -1);
    let refusal: unknown;
    for (let more = ''; more.length <= MOST_UNDERSCORES; more += '_') {
      const name = named(path.at(-1) as string, prefix) + more;
      if (!this.#isFree(inside, name, owner)) continue;
      try {
        return await open(name);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        refusal = error;
      }
    }
    throw new HoldfastError('E_INPUT', 'the browser lets no page write under this name', { cause: refusal });
  }

  #isFree(inside: readonly string[], name: string, owner: string): boolean {
    if (!name.endsWith('_') && !name.startsWith(UNFINISHED)) return true;
    const place = [...inside, name].join('/');
    const known = this.#owners.get(place) ?? owner;
    this.#owners.set(place, known);
    return known === owner;
  }
}

/** With the file's mark, so that nothing of the person's own is taken for a part. */
function partPrefix(mark: string): string {
  return `${UNFINISHED}${mark} `;
}

/** With a prefix as much of the name's end as can be written. */
function named(name: string, prefix: string): string {
  if (prefix === '') return name;
  const room = MOST_WRITTEN_BYTES - MOST_UNDERSCORES - prefix.length;
  const points = [...name];
  let from = 0;
  for (let bytes = utf8(name).length; bytes > room; from++) bytes -= utf8(points[from] as string).length;
  return prefix + points.slice(from).join('');
}

async function orNull<T>(opened: Promise<T>): Promise<T | null> {
  try {
    return await opened;
  } catch (error) {
    if (isNamed(error, 'NotFoundError')) return null;
    throw error;
  }
}

function readable(file: File): TreeFile {
  return {
    size: file.size,
    read: (start, end) => onDisk(async () => new Uint8Array(await file.slice(start, end).arrayBuffer())),
  };
}

async function smallWriter(folder: FileSystemDirectoryHandle, file: FileSystemFileHandle): Promise<TreeWriter> {
  const writable = await file.createWritable();
  return {
    write: (bytes) => onDisk(() => writable.write(bytes)),
    finish: () => onDisk(() => writable.close()),
    abandon: async () => {
      // What the browser refuses when it is closed is closed already.
      await writable.abort().catch(() => undefined);
      // The browser makes an empty file of the name before the first byte comes.
      if ((await file.getFile()).size === 0) await folder.removeEntry(file.name);
    },
  };
}

/** `rename` gives the part its name. */
async function largeWriter(part: FileSystemFileHandle, keep: number, rename: () => Promise<void>): Promise<TreeWriter> {
  let at = keep;
  let writable = await goOn(part, keep);
  let due = { at: keep + FIRST_KEPT_BYTES, time: 0 };
  const put = async (): Promise<void> => {
    const began = performance.now();
    await writable.close();
    writable = await goOn(part, at);
    const ended = performance.now();
    due = { at, time: ended + WORK_TO_KEEPING * (ended - began) };
  };
  return {
    write: (bytes: Bytes) =>
      onDisk(async () => {
        at += bytes.length;
        await writable.write(bytes);
        if (at >= due.at && performance.now() >= due.time) await put();
      }),
    finish: () =>
      onDisk(async () => {
        await writable.close();
        await rename();
      }),
    // what came is verified: the next try goes on with it
    abandon: () => writable.close(),
  };
}

async function goOn(part: FileSystemFileHandle, at: number): Promise<FileSystemWritableFileStream> {
  const writable = await part.createWritable({ keepExistingData: true });
  await writable.truncate(at);
  await writable.seek(at);
  return writable;
}

/** Its folder is named with the new name: a move to a name alone is refused below the folder that was picked. */
async function moveTo(part: MovableHandle, folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  if (part.move === undefined) throw new DOMException('no move', 'NotSupportedError');
  await part.move(folder, name);
}

/** False where the browser cannot move a file. */
async function isMoved(move: () => Promise<void>): Promise<boolean> {
  try {
    await move();
    return true;
  } catch (error) {
    if (isNamed(error, 'NotSupportedError') || isNamed(error, 'InvalidModificationError')) return false;
    throw error;
  }
}

async function copyOver(folder: FileSystemDirectoryHandle, part: FileSystemFileHandle, whole: FileSystemFileHandle) {
  await (await part.getFile()).stream().pipeTo(await whole.createWritable());
  await folder.removeEntry(part.name);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    // What its check of downloads says of a file that it holds to be harmful.
    if (isNamed(cause, 'AbortError')) throw new HoldfastError('E_INPUT', 'the browser refuses the file', { cause });
    throw diskError(cause);
  }
}

/** What a failure of the disk, or of the browser's permission to use it, means. Others pass as they are. */
export function diskError(cause: unknown): unknown {
  if (isNamed(cause, 'QuotaExceededError')) return new HoldfastError('E_DISK_FULL', 'no room for the file', { cause });
  if (isNamed(cause, 'NotAllowedError'))
    return new HoldfastError('E_SINK_PERMISSION', 'not allowed to write', { cause });
  if (isNamed(cause, 'TypeMismatchError')) return new HoldfastError('E_INPUT', 'something is in the way', { cause });
  if (isNamed(cause, 'InvalidStateError')) return new HoldfastError('E_INPUT', 'the disk refuses it', { cause });
  return cause;
}
