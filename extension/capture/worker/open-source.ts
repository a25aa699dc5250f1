/**
 * Opens a captured file as the archiver reads it. When size or date have moved since, its bytes are not of the file that
 * was opened, and whoever checks is told so. May not: cache bytes.
 */
import { type SourceFile, sourceError } from '../../../shared/archiver/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import type { ClaimedFile, SourceRow } from '../../queue/index.ts';
import type { Sources } from './sources.ts';

type Look = () => Promise<File>;

/** A file that a walk has just met is not opened once more. Errors: E_SOURCE_PERMISSION, E_SOURCE_GONE, E_SOURCE_UNREADABLE. */
export async function openSource(
  sources: Sources,
  source: SourceRow | undefined,
  file: Pick<ClaimedFile, 'id' | 'within'>,
): Promise<SourceFile> {
  switch (source?.kind) {
    case 'bytes':
      return copied(source);
    case 'copies':
      return copied(source.copies.get(file.id));
    case 'pieces': {
      const { size, type: mime, mtime } = source;
      const blob = await sources.loans.borrow(source);
      // No browser tells whether a lent file has changed, so it is read only until there is a copy.
      const copy = () => sources.loans.copy(source.id);
      return { ...copied(blob === null ? undefined : { blob, mtime }), size, mime, copy };
    }
    case 'file': {
      const { handle } = source;
      return handleFile(undefined, () => handle.getFile());
    }
    case 'folder':
      return handleFile(sources.take(file.id), async () => {
        const parent = await sources.directory(source, file.within.slice(0, -1));
        return (await parent.getFileHandle(file.within.at(-1) ?? '')).getFile();
      });
    default:
      return copied(undefined);
  }
}

/** A copy of ours, which nobody changes. */
function copied(copy: { readonly blob: Blob; readonly mtime: number } | undefined): SourceFile {
  if (copy === undefined) throw new HoldfastError('E_SOURCE_GONE', 'nothing is kept to read from');
  return sourceFile(copy.blob, copy.mtime, async () => undefined);
}

async function handleFile(met: File | undefined, look: Look): Promise<SourceFile> {
  const opened = met ?? (await orSourceError(look));
  return sourceFile(opened, opened.lastModified, async () => {
    const now = await orSourceError(look);
    if (now.size === opened.size && now.lastModified === opened.lastModified) return;
    throw new HoldfastError('E_SOURCE_CHANGED', 'size or date moved while it was read');
  });
}

function sourceFile(blob: Blob, mtime: number, check: () => Promise<void>): SourceFile {
  return { size: blob.size, mtime, mime: blob.type, blob, check };
}

async function orSourceError(look: Look): Promise<File> {
  try {
    return await look();
  } catch (error) {
    throw sourceError(error);
  }
}
