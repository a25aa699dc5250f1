/**
 * Walks a captured folder: one directory at a time, in parts, each part one transaction of the queue. Killed anywhere, the
 * directory is read once more from its beginning and what is known already is left alone. May not: read contents.
 */
import { codeOf, HoldfastError } from '../../../shared/errors/index.ts';
import type { FolderPart, Outbox, SourceRow, WalkRow } from '../../queue/index.ts';
import type { Anchors } from './anchors.ts';
import { sourceError } from './source-error.ts';

const PART = 200;

/** Walks until no folder is left that may be read now. */
export async function walkFolders(
  outbox: Outbox,
  anchors: Anchors,
  onPart: () => void,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    if (signal.aborted) return;
    const walk = await outbox.intake.nextWalk();
    if (walk === undefined) return;
    const source = anchors.hold(await outbox.intake.source(walk.sourceId));
    await walkOne(outbox, walk, source, onPart, signal);
    onPart();
  }
}

async function walkOne(
  outbox: Outbox,
  walk: WalkRow,
  source: SourceRow | undefined,
  onPart: () => void,
  signal: AbortSignal,
): Promise<void> {
  if (source?.kind !== 'folder') return outbox.intake.finishWalk(walk);
  const root = source.handle.name;
  try {
    const folder = await directoryAt(source.handle, walk.within);
    for await (const part of readFolder(folder)) {
      if (signal.aborted) return;
      await outbox.intake.addWalked(walk, root, part);
      onPart();
    }
    await outbox.intake.finishWalk(walk);
  } catch (error) {
    const code = codeOf(sourceError(error));
    if (code === 'E_SOURCE_PERMISSION') await outbox.intake.blockWalk(walk);
    else await outbox.intake.failWalk(walk, root, code);
  }
}

/** The directory at a path below a root. Errors: those of the file system. */
export async function directoryAt(
  root: FileSystemDirectoryHandle,
  within: readonly string[],
): Promise<FileSystemDirectoryHandle> {
  let folder = root;
  for (const name of within) folder = await folder.getDirectoryHandle(name);
  return folder;
}

/** What a directory holds, in parts. A file that cannot be looked at is listed all the same, so that it is seen to fail. */
export async function* readFolder(folder: FileSystemDirectoryHandle): AsyncGenerator<FolderPart> {
  let files: { name: string; size: number }[] = [];
  let folders: string[] = [];
  for await (const handle of folder.values()) {
    if (handle.kind === 'directory') folders.push(handle.name);
    else files.push({ name: handle.name, size: await sizeOf(handle as FileSystemFileHandle) });
    if (files.length + folders.length < PART) continue;
    yield { files, folders };
    files = [];
    folders = [];
  }
  yield { files, folders };
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
