/**
 * Files of the origin's private file system, where a restore waits until the browser saves it. Written from a worker,
 * through the synchronous handle; named by the page, which also sweeps what a closed one has left.
 */
import { HoldfastError } from '../errors/index.ts';

export interface OpfsWriter {
  /** Appends. E_DISK_FULL when there is no room; the caller then abandons the file. */
  write(chunk: Uint8Array<ArrayBuffer>): void;
  /** Flushes to disk and closes. Throws E_INTERNAL, and removes the file, when it does not hold `length` bytes. */
  finish(length: number): Promise<void>;
  /** Closes and removes the file. Harmless after `finish` has failed. */
  abandon(): Promise<void>;
}

export interface OpfsFiles {
  /** Begins the file anew; fails while another writer holds it. Dedicated workers only. */
  create(name: string): Promise<OpfsWriter>;
}

export function opfsFiles(
  root: () => Promise<FileSystemDirectoryHandle> = () => navigator.storage.getDirectory(),
): OpfsFiles {
  return {
    async create(name) {
      const folder = await root();
      const handle = await folder.getFileHandle(name, { create: true });
      const access = await handle.createSyncAccessHandle();
      access.truncate(0);
      return writerTo(access, () => remove(folder, name));
    },
  };
}

/** Resolves also when there is no such file. */
async function remove(folder: FileSystemDirectoryHandle, name: string): Promise<void> {
  try {
    await folder.removeEntry(name);
  } catch (cause) {
    if (!isNamed(cause, 'NotFoundError')) throw cause;
  }
}

function isNamed(cause: unknown, name: string): boolean {
  return cause instanceof DOMException && cause.name === name;
}

function writerTo(access: FileSystemSyncAccessHandle, remove: () => Promise<void>): OpfsWriter {
  let at = 0;
  const abandon = (): Promise<void> => {
    access.close();
    return remove();
  };
  return {
    abandon,

    write(chunk) {
      for (let done = 0; done < chunk.length; ) {
        const written = writeSome(access, chunk.subarray(done), at);
        done += written;
        at += written;
      }
    },

    async finish(length) {
      onDisk(() => access.flush());
      const size = access.getSize();
      if (size !== length) {
        await abandon();
        throw new HoldfastError('E_INTERNAL', `the file holds ${size} bytes instead of ${length}`);
      }
      access.close();
    },
  };
}

function writeSome(access: FileSystemSyncAccessHandle, chunk: Uint8Array<ArrayBuffer>, at: number): number {
  const written = onDisk(() => access.write(chunk, { at }));
  if (written === 0) throw diskFull();
  return written;
}

function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw isNamed(cause, 'QuotaExceededError') ? diskFull(cause) : cause;
  }
}

function diskFull(cause?: unknown): HoldfastError {
  return new HoldfastError('E_DISK_FULL', 'the disk, or what this site may use of it, is full', { cause });
}
