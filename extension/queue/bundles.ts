/**
 * Bundles: many small files of one folder in one job, so that the queue writes a few rows for them and not one for each.
 * What fails of a bundle gets a job of its own. Pure but for the ids it makes.
 */
import { toHex } from '../../shared/bytes/index.ts';
import type { BundledFile, BundleRow, JobRow } from './db.ts';
import { jobRow } from './row.ts';

/** Names from the source folder to a folder or file in it. */
export type Within = readonly string[];

/** A file that a walk came across, with the id of its version. */
export interface WalkedFile {
  readonly id: string;
  readonly within: Within;
  readonly size: number;
}

/** One file of a claimed job. */
export interface ClaimedFile extends WalkedFile {
  /** Folder names from the vault's root. */
  readonly path: readonly string[];
  readonly name: string;
}

export const BUNDLE_FILES = 256;
const MAX_BYTES = 8 * 1024 * 1024;
/** Larger ones have a job of their own. */
const SMALL = 1024 * 1024;

const ID = 16;
/** Drawn together, because a walk needs thousands. */
const drawn = new Uint8Array(256 * ID);
let used = drawn.length;

/** Sixteen random bytes as hex. */
export function newId(): string {
  if (used === drawn.length) {
    crypto.getRandomValues(drawn);
    used = 0;
  }
  used += ID;
  return toHex(drawn.subarray(used - ID, used));
}

/** Files in groups that become one job each, in their order. No two of a group have one place: each may have to be told by it. */
export function grouped<Each extends WalkedFile>(files: readonly Each[]): readonly (readonly Each[])[] {
  const groups: Each[][] = [];
  let open: Each[] = [];
  let bytes = 0;
  const places = new Set<string>();
  for (const file of files) {
    const place = file.within.join('/');
    if (file.size > SMALL) {
      groups.push([file]);
      continue;
    }
    if (open.length === 0 || open.length === BUNDLE_FILES || bytes + file.size > MAX_BYTES || places.has(place)) {
      open = [];
      bytes = 0;
      places.clear();
      groups.push(open);
    }
    open.push(file);
    places.add(place);
    bytes += file.size;
  }
  return groups;
}

export function bundleOf(id: string, sourceId: string, root: string, files: readonly WalkedFile[]): BundleRow {
  const numbers = new Map<string, number>();
  const folders: string[][] = [];
  const listed = files.map(({ id: version, within, size }): BundledFile => {
    const inside = within.slice(0, -1);
    const place = inside.join('/');
    let folder = numbers.get(place);
    if (folder === undefined) {
      folder = folders.push([sourceId, ...inside]) - 1;
      numbers.set(place, folder);
    }
    return { id: version, folder, name: within.at(-1) ?? '', size };
  });
  return { id, sourceId, root, folders, files: listed };
}

/** The folder that holds all of a bundle's files, from the source folder. */
export function commonFolder(bundle: BundleRow): Within {
  const [first = [], ...others] = bundle.folders;
  const parts = first.findIndex((name, i) => others.some((folder) => folder[i] !== name));
  return first.slice(1, parts === -1 ? undefined : parts);
}

/** The files of a job that are still its own. */
export function filesOf(job: JobRow, bundle: BundleRow | undefined): readonly ClaimedFile[] {
  if (job.bundle !== 1) return [{ id: job.id, within: job.within, path: job.path, name: job.name, size: job.size }];
  return bundle?.files.filter(({ out }) => out !== 1).map((file) => claimedFile(bundle, file)) ?? [];
}

function claimedFile({ folders, root }: BundleRow, { id, folder, name, size }: BundledFile): ClaimedFile {
  const inside = folders[folder]?.slice(1) ?? [];
  return { id, within: [...inside, name], path: [root, ...inside], name, size };
}

/** The bundle and its job without some of their files, and those files as jobs of their own, in the job's own state. */
export function splitOff(
  job: JobRow,
  bundle: BundleRow,
  ids: ReadonlyMap<string, unknown>,
): { rest: JobRow | null; bundle: BundleRow; singles: readonly JobRow[] } {
  const leaving = filesOf(job, bundle).filter(({ id }) => ids.has(id));
  const { bundle: _, ...single } = job;
  const left = {
    ...job,
    files: job.files - leaving.length,
    size: leaving.reduce((size, file) => size - file.size, job.size),
  };
  return {
    rest: left.files === 0 ? null : left,
    bundle: { ...bundle, files: bundle.files.map((file) => (ids.has(file.id) ? { ...file, out: 1 } : file)) },
    singles: leaving.map(({ id, within, path, name, size }) =>
      jobRow({ ...single, ...{ id, within, path, name, size }, files: 1, done: 0 }),
    ),
  };
}

/** A bundle and its job as two of half the files; as it is when it has but one. */
export function halves(job: JobRow, bundle: BundleRow): readonly { job: JobRow; bundle: BundleRow }[] {
  const [out, mine] = [bundle.files.filter((file) => file.out === 1), bundle.files.filter((file) => file.out !== 1)];
  const middle = Math.ceil(mine.length / 2);
  const parts = [mine.slice(0, middle), mine.slice(middle)].filter((files) => files.length > 0);
  return parts.map((files, i) => {
    const id = i === 0 ? job.id : newId();
    const size = files.reduce((sum, file) => sum + file.size, 0);
    return {
      job: { ...job, id, files: files.length, size, done: 0 },
      bundle: { ...bundle, id, files: i === 0 ? [...out, ...files] : files },
    };
  });
}
