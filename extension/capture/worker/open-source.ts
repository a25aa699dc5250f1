/**
 * Opens a job's source as the archiver reads it. A handle's file can be looked at again: when size or date have moved, what
 * was read is not the file that was opened, and the reader is told so. May not: cache bytes.
 */
import { type SourceFile, sourceError } from '../../../shared/archiver/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import type { JobRow, SourceRow } from '../../queue/index.ts';
import { directoryAt } from './folder.ts';

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
  return { size: blob.size, mtime, mime: blob.type, blob, check: async () => undefined };
}

async function handleFile(look: Look): Promise<SourceFile> {
  const opened = await orSourceError(look);
  return {
    size: opened.size,
    mtime: opened.lastModified,
    mime: opened.type,
    blob: opened,
    async check() {
      const now = await orSourceError(look);
      if (now.size === opened.size && now.lastModified === opened.lastModified) return;
      throw new HoldfastError('E_SOURCE_CHANGED', 'size or date moved while it was read');
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
