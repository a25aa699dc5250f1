/** `restore`: files of the vault into a folder, several at a time, each verified before it gets its name. */
import { join } from 'node:path';
import { mapConcurrent } from '../shared/async/index.ts';
import { fromHex } from '../shared/bytes/index.ts';
import { HoldfastError, integrityError } from '../shared/errors/index.ts';
import { byPlace, createFetcher, planVersion, safeTree } from '../shared/restorer/index.ts';
import { versionById } from '../shared/vault/index.ts';
import type { RestoreCommand } from './arguments.ts';
import { type Output, shownBytes, shownError, shownPath } from './output.ts';
import { compare, type ReadyFile, save, TargetFolder } from './save-file.ts';
import { isDamage, type OpenVault } from './source.ts';
import { createMatcher, idOf, newestOf, requireFound, type TreeEntry, treeOf } from './tree.ts';

/** Planned together, so that files of one pack share its reading. */
const BATCH = 8_192;
const PLANNING = 16;
const SAVING = 8;
interface Wanted {
  readonly path: readonly string[];
  /** Names fit for any file system, from the target folder. */
  readonly safe: readonly string[];
  readonly versionId: string;
  readonly place: number;
}
interface Planned extends Wanted {
  readonly folder: string;
  readonly file: ReadyFile;
}

export interface RestoreTally {
  restored: number;
  bytes: number;
  kept: number;
  failed: number;
}

export async function restore(
  vault: OpenVault,
  command: RestoreCommand,
  output: Output,
  signal: AbortSignal,
): Promise<RestoreTally> {
  const { files, folders } = command.version === null ? selected(vault, command) : oneVersion(vault, command.version);
  const target = new TargetFolder(command.to);
  const count = new Count(files.length, output);
  await target.folder([]);
  for (const { path, safe } of folders) await count.guard(path, () => target.folder(safe));
  const plan = createPlanner(vault, command.overwrite, target, count);
  for (let at = 0; at < files.length; at += BATCH) {
    const planned: Planned[] = [];
    const batch = files.slice(at, at + BATCH);
    const plans = mapConcurrent(batch, PLANNING, (wanted) => count.guard(wanted.path, () => plan(wanted)), signal);
    for await (const each of plans) if (each !== null) planned.push(each);
    for await (const _ of saveAll(vault, planned, count, signal)) count.show();
  }
  const { restored, bytes, kept, failed } = count.tally;
  await output.line(`restored ${restored} files (${shownBytes(bytes)}), kept ${kept}, failed ${failed}`);
  return count.tally;
}

class Count {
  readonly tally: RestoreTally = { restored: 0, bytes: 0, kept: 0, failed: 0 };
  readonly #total: number;
  readonly #output: Output;

  constructor(total: number, output: Output) {
    this.#total = total;
    this.#output = output;
  }

  /** A file's own failure is named, counted and null; one that the next file would have too is thrown. */
  async guard<T>(path: readonly string[], work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof HoldfastError && !isDamage(error) && error.code !== 'E_INPUT') throw error;
      this.tally.failed += 1;
      this.#output.note(`failed  ${shownPath(path)}  ${shownError(error)}`);
      return null;
    }
  }

  show(): void {
    const { restored, kept, failed, bytes } = this.tally;
    this.#output.progress(() => `${restored + kept + failed} of ${this.#total} files, ${shownBytes(bytes)}`);
  }
}

/** Names are made safe in the whole tree, so that a file has the same one whatever is restored with it. */
function selected({ state }: OpenVault, { paths }: RestoreCommand): { files: Wanted[]; folders: Wanted[] } {
  const entries = [...treeOf(state, false)];
  const safe = safeTree(entries);
  const matches = createMatcher(paths);
  const chosen = entries.flatMap((entry, i) => (matches(entry) ? [wantedOf(entry, safe[i] as string[])] : []));
  requireFound(entries, paths);
  return {
    files: byPlace(chosen.filter(({ kind }) => kind === 'file')),
    folders: chosen.filter(({ kind }) => kind === 'folder'),
  };
}

function wantedOf(entry: TreeEntry, safe: readonly string[]): Wanted & Pick<TreeEntry, 'kind'> {
  const newest = newestOf(entry);
  // What one log entry tells of was backed up together.
  return { path: entry.path, safe, kind: entry.kind, versionId: idOf(newest), place: newest.seq };
}

function oneVersion({ state }: OpenVault, versionId: string): { files: Wanted[]; folders: Wanted[] } {
  const found = versionById(state, fromHex(versionId));
  if (found === null) throw new HoldfastError('E_NOT_FOUND', 'there is no such version in the vault');
  const path = [found.version.name];
  return {
    files: [{ path, safe: safeTree([{ kind: 'file', path }])[0] as string[], versionId, place: 0 }],
    folders: [],
  };
}

/** What is to be written for a file; null when it is there already. */
function createPlanner(vault: OpenVault, overwrite: boolean, target: TargetFolder, { tally }: Count) {
  const source = { state: vault.state, keys: vault.domain };
  return async (wanted: Wanted): Promise<Planned | null> => {
    const [planned] = planVersion(source, wanted.versionId).files;
    if (planned === undefined) throw integrityError();
    const file = { size: planned.size, mtime: planned.mtime, chunks: await planned.chunks(vault.readPack) };
    const folder = await target.folder(wanted.safe.slice(0, -1));
    const there = await compare(join(folder, wanted.safe.at(-1) as string), file);
    if (there === 'other' && !overwrite)
      throw new HoldfastError('E_INPUT', 'something else is there; --overwrite replaces it');
    if (there === 'same') tally.kept += 1;
    return there === 'same' ? null : { ...wanted, folder, file };
  };
}

/** One result for each file, in order. */
function saveAll(vault: OpenVault, planned: readonly Planned[], count: Count, signal: AbortSignal) {
  const fetcher = createFetcher(vault.readPack);
  const ranges = planned.map(({ file }) => {
    const from = fetcher.add(file.chunks);
    return { from, to: from + file.chunks.length };
  });
  fetcher.complete();
  const saveOne = async (index: number, inner: AbortSignal): Promise<void> => {
    const { path, folder, safe, versionId, file } = planned[index] as Planned;
    const { from, to } = ranges[index] as { from: number; to: number };
    await count.guard(path, async () => {
      await save(folder, safe.at(-1) as string, versionId, file, fetcher.read(from, to, inner));
      count.tally.restored += 1;
      count.tally.bytes += file.size;
    });
  };
  return mapConcurrent(planned.keys(), SAVING, saveOne, signal);
}
