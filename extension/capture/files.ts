/** From files and handles, however they were chosen, to captured items. May not: read contents. */

import { sourceError } from '../../shared/archiver/index.ts';
import type { CapturedItem, Copy } from '../queue/index.ts';

/** One item for a handle; the size is only for show, a file that cannot be looked at is captured all the same. */
export async function itemOfHandle(handle: FileSystemFileHandle | FileSystemDirectoryHandle): Promise<CapturedItem> {
  if (handle.kind === 'directory') return { kind: 'folder', handle: handle as FileSystemDirectoryHandle };
  const file = handle as FileSystemFileHandle;
  return { kind: 'file', handle: file, size: await sizeOf(file) };
}

async function sizeOf(handle: FileSystemFileHandle): Promise<number> {
  try {
    return (await handle.getFile()).size;
  } catch {
    return 0;
  }
}

/** A file from an input keeps the folders it was chosen with. */
export function itemOfFile(file: File): Copy {
  const path = file.webkitRelativePath.split('/').slice(0, -1);
  return itemIn(path, file);
}

export function itemIn(path: readonly string[], file: File): Copy {
  return { kind: 'bytes', blob: file, path, name: file.name, mtime: file.lastModified };
}

/** What could not even be looked at is an item too, so that it is seen to be missing. */
export function unreadableIn(path: readonly string[], name: string, error: unknown): CapturedItem {
  return { kind: 'unreadable', path, name, code: sourceError(error).code };
}
