/**
 * Files of the origin's private file system, where a restore waits until the browser saves it. Written from a worker,
 * through the synchronous handle; named by the caller; left-overs of a closed page are swept by name and age.
 */
import { HoldfastError } from '../errors/index.ts';

const STALE_AFTER_MS = 86_400_000;

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
  /** A finished file; its bytes stay on disk until read. */
  open(name: string): Promise<File>;
  /** Resolves also when there is no such file. */
  remove(name: string): Promise<void>;
  /** Removes files whose name begins with `prefix` and that nobody wrote to for a day. `now`: ms since 1970. */
  sweep(prefix: string, now: number): Promise<void>;
}

export function opfsFiles(
  root: () => Promise<FileSystemDirectoryHandle> = () => navigator.storage.getDirectory(),
): OpfsFiles {
  const files: OpfsFiles = {
    async create(name) {
      const handle = await (await root()).getFileHandle(name, { create: true });
      const access = await handle.createSyncAccessHandle();
      access.truncate(0);
      return writerTo(access, () => files.remove(name));
    },

    async open(name) {
      return (await (await root()).getFileHandle(name)).getFile();
    },

    async remove(name) {
      try {
        await (await root()).removeEntry(name);
      } catch (cause) {
        if (!isNamed(cause, 'NotFoundError')) throw cause;
      }
    },

    async sweep(prefix, now) {
      for await (const handle of (await root()).values()) {
        if (handle.kind !== 'file' || !handle.name.startsWith(prefix)) continue;
        await removeIfStale(files, handle as FileSystemFileHandle, now);
      }
    },
  };
  return files;
}

function isNamed(cause: unknown, name: string): boolean {
  return cause instanceof DOMException && cause.name === name;
}

// Another page may sweep at the same time. A file that a slow restore still writes to is locked: stale on another day.
async function removeIfStale(files: OpfsFiles, handle: FileSystemFileHandle, now: number): Promise<void> {
  try {
    const { lastModified } = await handle.getFile();
    if (lastModified < now - STALE_AFTER_MS) await files.remove(handle.name);
  } catch (cause) {
    if (!isNamed(cause, 'NotFoundError') && !isNamed(cause, 'NoModificationAllowedError')) throw cause;
  }
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
