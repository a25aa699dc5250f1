/**
 * One restored file on the disk: written beside its place, whole and verified, then renamed into it. Nothing outside the
 * target folder is ever touched: names come from `safeTree`, and a symbolic link in the way is no folder.
 */
import { lstat, mkdir, open, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bytes, equal } from '../shared/bytes/index.ts';
import { sha256 } from '../shared/crypto/index.ts';
import { HoldfastError } from '../shared/errors/index.ts';
import type { PlannedChunk } from '../shared/restorer/index.ts';

/** A file whose chunks are known. */
export interface ReadyFile {
  readonly size: number;
  readonly mtime: number;
  readonly chunks: readonly PlannedChunk[];
}

export class TargetFolder {
  readonly #root: string;
  readonly #made = new Map<string, Promise<string>>();

  constructor(root: string) {
    this.#root = root;
  }

  /** The real folder at these safe names, made where it is missing. E_INPUT when something else is there. */
  folder(names: readonly string[]): Promise<string> {
    const key = names.join('/');
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make(names);
      this.#made.set(key, made);
    }
    return made;
  }

  async #make(names: readonly string[]): Promise<string> {
    if (names.length === 0) {
      await mkdir(this.#root, { recursive: true });
      return this.#root;
    }
    const path = join(await this.folder(names.slice(0, -1)), names.at(-1) as string);
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    if (!(await lstat(path)).isDirectory()) throw new HoldfastError('E_INPUT', `${path} is in the way: not a folder`);
    return path;
  }
}

/** What is at a path: nothing, this very file, or something else. */
export async function compare(path: string, file: ReadyFile): Promise<'nothing' | 'same' | 'other'> {
  const there = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (there === null) return 'nothing';
  if (!there.isFile() || there.size !== file.size || !(await holds(path, file))) return 'other';
  // Content is what counts: an interrupted run may have lost the date.
  if (Math.floor(there.mtimeMs) !== file.mtime) await setTime(path, file.mtime);
  return 'same';
}

async function holds(path: string, { chunks }: ReadyFile): Promise<boolean> {
  const handle = await open(path);
  try {
    for (const { ref } of chunks) {
      const bytes = new Uint8Array(ref.len);
      const { bytesRead } = await handle.read(bytes, 0, ref.len);
      if (bytesRead !== ref.len || !equal(await sha256(bytes), ref.h)) return false;
    }
    return true;
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file from its verified pieces. `unique` names the file beside it while it is written, so that the next run
 * takes the place of what an interrupted one left. E_DISK_FULL; errors of the pieces and of the disk pass through.
 */
export async function save(
  folder: string,
  name: string,
  unique: string,
  file: ReadyFile,
  pieces: AsyncIterable<Bytes>,
): Promise<void> {
  const beside = join(folder, `.holdfast-${unique}.part`);
  try {
    const handle = await openNew(beside);
    try {
      for await (const piece of pieces) await handle.writeFile(piece);
    } finally {
      await handle.close();
    }
    await setTime(beside, file.mtime);
    await rename(beside, join(folder, name));
  } catch (error) {
    await rm(beside, { force: true });
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new HoldfastError('E_DISK_FULL', 'the disk is full', { cause: error });
    throw error;
  }
}

/** A new file, in the place of one that an interrupted run left; never through a link. */
async function openNew(path: string) {
  try {
    return await open(path, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await rm(path);
    return open(path, 'wx');
  }
}

/** A date and not its number, which before 1970 would mean now. */
function setTime(path: string, ms: number): Promise<void> {
  return utimes(path, new Date(ms), new Date(ms));
}
