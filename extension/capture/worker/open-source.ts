/**
 * Opens a job's source as the archiver reads it. A handle's file is looked at before and after each read: when size or
 * date have moved, the bytes are not of the file that was opened, and the reader is told so. May not: cache bytes.
 */
import type { SourceFile } from '../../../shared/archiver/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import type { JobRow, SourceRow } from '../../queue/index.ts';
import { directoryAt } from './folder.ts';
import { sourceError } from './source-error.ts';

type Look = () => Promise<File>;

/** Errors: E_SOURCE_PERMISSION, E_SOURCE_GONE, E_SOURCE_UNREADABLE. */
export async function openSource(source: SourceRow | undefined, job: Pick<JobRow, 'within'>): Promise<SourceFile> {
  switch (source?.kind) {
    case 'bytes':
      return blobFile(source.blob, source.mtime);
    case 'file': {
      const { handle } = source;
      return handleFile(() => handle.getFile());
    }
    case 'folder': {
      const parent = await directoryOf(source.handle, job.within.slice(0, -1));
      const name = job.within.at(-1) ?? '';
      return handleFile(async () => (await parent.getFileHandle(name)).getFile());
    }
    default:
      throw new HoldfastError('E_SOURCE_GONE', 'nothing is kept to read from');
  }
}

async function directoryOf(root: FileSystemDirectoryHandle, within: readonly string[]) {
  try {
    return await directoryAt(root, within);
  } catch (error) {
    throw sourceError(error);
  }
}

/** Bytes that are ours cannot change under us. */
function blobFile(blob: Blob, mtime: number): SourceFile {
  return {
    size: blob.size,
    mtime,
    mime: blob.type,
    read: (start, end) => readSlice(blob, start, end),
  };
}

async function handleFile(look: Look): Promise<SourceFile> {
  const opened = await orSourceError(look);
  const check = async (): Promise<File> => {
    const now = await orSourceError(look);
    if (now.size === opened.size && now.lastModified === opened.lastModified) return now;
    throw new HoldfastError('E_SOURCE_CHANGED', 'size or date moved while it was read');
  };
  return {
    size: opened.size,
    mtime: opened.lastModified,
    mime: opened.type,
    async read(start, end) {
      await check();
      try {
        return await readSlice(opened, start, end);
      } finally {
        // Also after a failure: a browser refuses to read a file that was replaced, and that is a change.
        await check();
      }
    },
  };
}

async function orSourceError(look: Look): Promise<File> {
  try {
    return await look();
  } catch (error) {
    throw sourceError(error);
  }
}

async function readSlice(blob: Blob, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.slice(start, end).arrayBuffer());
  } catch (error) {
    throw sourceError(error);
  }
}
