/**
 * A restore into a folder: every file whole and verified before it has its name, several at a time. What is there already
 * is verified and not fetched again, so an interrupted restore goes on where it was; what is there and differs is never
 * overwritten unasked. One damaged file is that file's failure, and the others come.
 */
import { abortable, createMutex, mapConcurrent } from '../async/index.ts';
import { type Bytes, equal, toHex } from '../bytes/index.ts';
import { sha256 } from '../crypto/index.ts';
import { codeOf, type ErrorCode, HoldfastError, integrityError } from '../errors/index.ts';
import type { ReadPack } from '../vault/index.ts';
import { byPlace, type PlannedChunk, type PlannedFile, type RestoreSet } from './plan.ts';
import { type ReadableFile, readFiles } from './read.ts';
import { comparable, numberedName, safeTree } from './safe-name.ts';

/** Files looked at, and files written, at one time. */
const AT_ONCE = 8;
/** Failures of one file or folder; every other ends the restore. */
const FILE_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['E_INTEGRITY', 'E_NOT_FOUND', 'E_INPUT']);

/** Bytes that lie in the folder already. */
export interface TreeFile {
  readonly size: number;
  read(start: number, end: number): Promise<Bytes>;
}

export interface TreeWriter {
  write(bytes: Bytes): Promise<void>;
  /** Gives the file its name. */
  finish(): Promise<void>;
  /** What was written may stay as an unfinished file, never under the name. */
  abandon(): Promise<void>;
}

/** What is to be written. */
export interface TargetFile {
  readonly path: readonly string[];
  readonly size: number;
  /** Tells its unfinished part from what else may be there: eight letters of its content; empty for an empty file. */
  readonly mark: string;
}

/** A folder on some disk. Paths are names fit for any file system, the file's own last. E_DISK_FULL, E_SINK_PERMISSION. */
export interface TargetTree {
  makeFolder(path: readonly string[]): Promise<void>;
  /** The file of this name; null for none. E_INPUT when something that is no file is in the way. */
  file(path: readonly string[]): Promise<TreeFile | null>;
  /** What an interrupted restore of a file left; null for nothing. */
  unfinished(file: TargetFile): Promise<TreeFile | null>;
  /** Writes a file of which the first `keep` bytes are those of the unfinished one. */
  write(file: TargetFile, keep: number): Promise<TreeWriter>;
}

/** What to do with a file that is there and is not what is restored. */
export type ConflictRule = 'keep-both' | 'replace' | 'skip';

export interface TreeReport {
  restored: number;
  /** There already, verified. */
  kept: number;
  /** Something else was there and stays. */
  skipped: number;
  failed: { readonly path: readonly string[]; readonly code: ErrorCode }[];
}

export interface TreeOptions {
  readonly signal: AbortSignal;
  /** Asked once, with the first file that is in conflict; the answer holds for all. */
  readonly onConflict: (path: readonly string[]) => Promise<ConflictRule>;
  /** Bytes that are in their place, of those of all files. */
  readonly onBytes: (bytes: number) => void;
}

interface Wanted extends PlannedFile {
  readonly target: TargetFile;
  /** Bytes of the unfinished file that are right. */
  readonly keep: number;
}

/** Errors: E_DISK_FULL, E_SINK_PERMISSION, E_CANCELLED, those of `readPack` that are not one file's. */
export async function restoreTree(
  set: RestoreSet,
  readPack: ReadPack,
  tree: TargetTree,
  options: TreeOptions,
): Promise<TreeReport> {
  const entries = [
    ...set.files.map(({ path }) => ({ path, kind: 'file' as const })),
    ...set.emptyFolders.map(({ path }) => ({ path, kind: 'folder' as const })),
  ];
  const paths = safeTree(entries);
  const run = new Run(readPack, tree, options, paths);
  const { signal } = run;
  try {
    for (const [i, folder] of set.emptyFolders.entries())
      await run.makeFolder(folder.path, paths[set.files.length + i] as string[]);
    const files = set.files.map((file, i) => ({ file, place: file.place, path: paths[i] as string[] }));
    const looked = mapConcurrent(byPlace(files), AT_ONCE, ({ file, path }) => run.look(file, path), signal);
    const readable = readFiles(present(looked), run.readPack, signal);
    for await (const _ of mapConcurrent(readable, AT_ONCE, (file) => run.write(file), signal)) {
      // each has told the report itself
    }
    return run.report;
  } catch (error) {
    throw run.failure?.error ?? error;
  }
}

class Run {
  readonly report: TreeReport = { restored: 0, kept: 0, skipped: 0, failed: [] };
  /** What ended all of it, and so what the others were cut off for. */
  failure: { readonly error: unknown } | null = null;
  /** Fires then, and with the caller's: a full disk does not wait for what another file waits for. */
  readonly signal: AbortSignal;
  readonly readPack: ReadPack;
  readonly #ending = new AbortController();
  readonly #tree: TargetTree;
  readonly #options: TreeOptions;
  readonly #oneAtATime = createMutex();
  /** Paths that something of this restore has, as the most careless file system would compare them. */
  readonly #claimed: Set<string>;
  #rule: ConflictRule | null = null;
  #bytes = 0;

  constructor(readPack: ReadPack, tree: TargetTree, options: TreeOptions, paths: Iterable<readonly string[]>) {
    this.#claimed = new Set(Array.from(paths, keyOf));
    this.signal = AbortSignal.any([options.signal, this.#ending.signal]);
    this.readPack = (packId, range) => abortable(readPack(packId, range), this.signal);
    this.#tree = tree;
    this.#options = options;
  }

  /** `from`: its path in the vault, by which a failure is told. */
  async makeFolder(from: readonly string[], path: readonly string[]): Promise<void> {
    await this.#guard(from, () => this.#tree.makeFolder(path));
  }

  /** What is still to be written for a file; null when nothing is. */
  look(file: PlannedFile, path: readonly string[]): Promise<Wanted | null> {
    return this.#guard(file.path, async () => {
      const chunks = await file.chunks(this.readPack);
      const place = await this.#place(path, file.size, chunks);
      if (place === null) {
        this.#count(file.size);
        return null;
      }
      const target = { path: place, size: file.size, mark: markOf(chunks) };
      const part = await this.#tree.unfinished(target);
      const right = part === null ? 0 : await rightChunks(part, chunks);
      const keep = chunks.slice(0, right).reduce((sum, { ref }) => sum + ref.len, 0);
      this.#count(keep);
      return { ...file, chunks: async () => chunks.slice(right), target, keep };
    });
  }

  async write({ file, read }: ReadableFile<Wanted>): Promise<void> {
    const { target, size, keep } = file;
    await this.#guard(file.path, async () => {
      const writer = await this.#tree.write(target, keep);
      let written = keep;
      try {
        for await (const bytes of read()) {
          written += bytes.length;
          const { length } = bytes;
          await writer.write(bytes);
          this.#count(length);
        }
        if (written !== size) throw integrityError();
        await writer.finish();
      } catch (error) {
        await writer.abandon().catch(() => {});
        throw error;
      }
      this.report.restored++;
    });
  }

  /** Where the file goes; null when it is there already, or stays away. */
  async #place(
    path: readonly string[],
    size: number,
    chunks: readonly PlannedChunk[],
  ): Promise<readonly string[] | null> {
    const there = await this.#tree.file(path);
    // an empty file has nothing to lose, and is what a browser leaves of a write that was cut short
    if (there === null || (there.size === 0 && size > 0)) return path;
    if (await isRight(there, size, chunks)) return this.#leave('kept');
    const ask = async () => (this.#rule ??= await abortable(this.#options.onConflict(path), this.signal));
    const rule = await this.#oneAtATime(ask);
    if (rule === 'skip') return this.#leave('skipped');
    return rule === 'replace' ? path : this.#beside(path, size, chunks);
  }

  async #beside(
    path: readonly string[],
    size: number,
    chunks: readonly PlannedChunk[],
  ): Promise<readonly string[] | null> {
    for (let n = 2; ; n++) {
      const other = [...path.slice(0, -1), numberedName(path.at(-1) as string, n)];
      if (this.#claimed.has(keyOf(other))) continue;
      this.#claimed.add(keyOf(other));
      const there = await this.#tree.file(other);
      if (there === null) return other;
      if (await isRight(there, size, chunks)) return this.#leave('kept');
    }
  }

  #leave(as: 'kept' | 'skipped'): null {
    this.report[as]++;
    return null;
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#options.onBytes(this.#bytes);
  }

  async #guard<T>(path: readonly string[], work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HoldfastError) || !FILE_FAULTS.has(error.code)) {
        this.failure ??= { error };
        this.#ending.abort();
        throw error;
      }
      this.report.failed.push({ path, code: codeOf(error) });
      return null;
    }
  }
}

async function isRight(file: TreeFile, size: number, chunks: readonly PlannedChunk[]): Promise<boolean> {
  return file.size === size && (await rightChunks(file, chunks)) === chunks.length;
}

/** How many of the chunks, from the first on, the bytes there are. */
async function rightChunks(file: TreeFile, chunks: readonly PlannedChunk[]): Promise<number> {
  let at = 0;
  for (const [i, { ref }] of chunks.entries()) {
    if (at + ref.len > file.size) return i;
    if (!equal(await sha256(await file.read(at, at + ref.len)), ref.h)) return i;
    at += ref.len;
  }
  return chunks.length;
}

async function* present<T>(items: AsyncIterable<T | null>): AsyncGenerator<T, void, undefined> {
  for await (const item of items) if (item !== null) yield item;
}

function keyOf(path: readonly string[]): string {
  return path.map(comparable).join('/');
}

function markOf([first]: readonly PlannedChunk[]): string {
  return first === undefined ? '' : toHex(first.ref.h.subarray(0, 4));
}
