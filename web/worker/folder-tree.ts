/**
 * A folder that the person picked, as the restorer's target. The browser writes beside the file and puts it in place when
 * it is closed, so a small file is there whole or not at all. A large one is written into a file of its own that says it
 * is unfinished, put on disk now and then, and gets its name at the end. Dates cannot be set through the browser.
 */
import type { Bytes } from '../../shared/bytes/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { TargetTree, TreeFile, TreeWriter } from '../../shared/restorer/index.ts';

/** Larger files can be gone on with after the page was closed. */
const LARGE_BYTES = 64 * 1_048_576;
/** To put bytes on disk, the browser copies what is there already: so it is done each time that has doubled. */
const FIRST_KEPT_BYTES = 128 * 1_048_576;
const UNFINISHED = '.unfinished';

interface MovableHandle extends FileSystemFileHandle {
  move?(name: string): Promise<void>;
}

export function folderTree(root: FileSystemDirectoryHandle): TargetTree {
  const folders = new Map<string, Promise<FileSystemDirectoryHandle>>();

  function folder(path: readonly string[]): Promise<FileSystemDirectoryHandle> {
    const name = path.at(-1);
    if (name === undefined) return Promise.resolve(root);
    const key = path.join('/');
    const known = folders.get(key);
    if (known !== undefined) return known;
    const made = folder(path.slice(0, -1)).then((parent) => parent.getDirectoryHandle(name, { create: true }));
    folders.set(key, made);
    return made;
  }

  async function existing(path: readonly string[], suffix: string): Promise<File | null> {
    const parent = await folder(path.slice(0, -1));
    try {
      return await (await parent.getFileHandle(path.at(-1) + suffix)).getFile();
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return null;
      throw error;
    }
  }

  return {
    makeFolder: (path) => onDisk(async () => void (await folder(path))),
    file: (path) => onDisk(async () => readable(await existing(path, ''))),
    unfinished: (path, size) =>
      onDisk(async () => (size < LARGE_BYTES ? null : readable(await existing(path, UNFINISHED)))),
    write: (path, size, keep) =>
      onDisk(async () => {
        const parent = await folder(path.slice(0, -1));
        const name = path.at(-1) as string;
        return size < LARGE_BYTES ? smallWriter(parent, name) : largeWriter(parent, name, keep);
      }),
  };
}

function readable(file: File | null): TreeFile | null {
  if (file === null) return null;
  return {
    size: file.size,
    read: (start, end) => onDisk(async () => new Uint8Array(await file.slice(start, end).arrayBuffer())),
  };
}

async function smallWriter(parent: FileSystemDirectoryHandle, name: string): Promise<TreeWriter> {
  const writable = await (await parent.getFileHandle(name, { create: true })).createWritable();
  return {
    write: (bytes) => onDisk(() => writable.write(bytes)),
    finish: () => onDisk(() => writable.close()),
    abandon: () => writable.abort(),
  };
}

async function largeWriter(parent: FileSystemDirectoryHandle, name: string, keep: number): Promise<TreeWriter> {
  const part: MovableHandle = await parent.getFileHandle(name + UNFINISHED, { create: true });
  let at = keep;
  let kept = keep;
  let writable = await goOn(part, keep);
  return {
    write: (bytes: Bytes) =>
      onDisk(async () => {
        at += bytes.length;
        await writable.write(bytes);
        if (at < Math.max(FIRST_KEPT_BYTES, 2 * kept)) return;
        await writable.close();
        kept = at;
        writable = await goOn(part, at);
      }),
    finish: () =>
      onDisk(async () => {
        await writable.close();
        await rename(parent, part, name);
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

/** Browsers that cannot move a file there copy it. */
async function rename(parent: FileSystemDirectoryHandle, part: MovableHandle, name: string): Promise<void> {
  if (part.move !== undefined) {
    try {
      return await part.move(name);
    } catch (error) {
      if (!isNamed(error, 'NotSupportedError') && !isNamed(error, 'InvalidModificationError')) throw error;
    }
  }
  const whole = await parent.getFileHandle(name, { create: true });
  await (await part.getFile()).stream().pipeTo(await whole.createWritable());
  await parent.removeEntry(part.name);
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof DOMException && error.name === name;
}

async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw diskError(cause);
  }
}

/** What a failure of the disk, or of the browser's permission to use it, means. Others pass as they are. */
export function diskError(cause: unknown): unknown {
  if (isNamed(cause, 'QuotaExceededError')) return new HoldfastError('E_DISK_FULL', 'no room for the file', { cause });
  if (isNamed(cause, 'NotAllowedError'))
    return new HoldfastError('E_SINK_PERMISSION', 'not allowed to write', { cause });
  if (isNamed(cause, 'TypeMismatchError')) return new HoldfastError('E_INPUT', 'something is in the way', { cause });
  return cause;
}
