/**
 * The way in: captured items become sources, walks and jobs. May not: read a file, ask for a permission, or change a job
 * that is under way.
 */
import type { ErrorCode } from '../../shared/errors/index.ts';
import { bundleOf, commonFolder, grouped, newId, type WalkedFile, type Within } from './bundles.ts';
import type { BundleRow, JobRow, SourceRow, WalkRow, WebRequest } from './db.ts';
import type { JobStatus } from './job.ts';
import { type JobDraft, jobRow } from './row.ts';

/** What a capture hands to the queue. */
export type CapturedItem =
  | { kind: 'file'; handle: FileSystemFileHandle; size: number }
  | { kind: 'folder'; handle: FileSystemDirectoryHandle }
  | { kind: 'bytes'; blob: Blob; path: readonly string[]; name: string; mtime: number }
  /** A large file of a page, which copies it piece by piece for `sourceId` and lends it meanwhile; `lender` as in its row. */
  | {
      kind: 'lent';
      sourceId: string;
      lender: string;
      size: number;
      type: string;
      path: readonly string[];
      name: string;
      mtime: number;
    }
  /** Stands in the list by its name, with the cause. */
  | { kind: 'unreadable'; path: readonly string[]; name: string; code: ErrorCode }
  /** `allowed`: the browser lets us fetch from this site already. */
  | { kind: 'web'; request: WebRequest; path: readonly string[]; name: string; allowed: boolean };

/** A file whose bytes are kept in the queue itself. */
export type Copy = Extract<CapturedItem, { kind: 'bytes' }>;
export type Lent = Extract<CapturedItem, { kind: 'lent' }>;

export interface TakenItems {
  readonly sources: SourceRow[];
  readonly walks: WalkRow[];
  readonly jobs: JobRow[];
  readonly bundles: BundleRow[];
}

/** Copies out of a folder are bundled like the files that a walk meets; everything else has a job of its own. */
export function takeItems(items: readonly CapturedItem[], now: number): TakenItems {
  const taken: TakenItems = { sources: [], walks: [], jobs: [], bundles: [] };
  for (const item of items) if (!isInFolder(item)) take(taken, item, now);
  for (const [root, copies] of Map.groupBy(items.filter(isInFolder), ({ path }) => path[0] as string))
    takeCopies(taken, root, copies, now);
  return taken;
}

const isInFolder = (item: CapturedItem): item is Copy => item.kind === 'bytes' && item.path.length > 0;

function takeCopies(taken: TakenItems, root: string, copies: readonly Copy[], now: number): void {
  const files = copies.map((copy) => {
    return { id: newId(), within: [...copy.path.slice(1), copy.name], size: copy.blob.size, copy };
  });
  for (const group of grouped(files)) {
    const [first] = group as [(typeof group)[0]];
    if (group.length === 1) {
      take(taken, first.copy, now);
      continue;
    }
    const sourceId = newId();
    const bundle = bundleOf(newId(), sourceId, root, group);
    const kept = group.map(({ id, copy: { blob, mtime } }) => [id, { blob, mtime }] as const);
    taken.sources.push({ id: sourceId, kind: 'copies', copies: new Map(kept) });
    taken.bundles.push(bundle);
    taken.jobs.push(bundleJob(bundle, group, draftIn(sourceId, root, commonFolder(bundle), now)));
  }
}

function take(taken: TakenItems, item: CapturedItem, now: number): void {
  const sourceId = item.kind === 'lent' ? item.sourceId : newId();
  const job = (fields: Pick<JobDraft, 'path' | 'name' | 'size'> & Partial<JobDraft>) =>
    taken.jobs.push(jobRow({ ...blank(sourceId, now), ...fields }));
  switch (item.kind) {
    case 'file':
      taken.sources.push({ id: sourceId, kind: 'file', handle: item.handle });
      job({ path: [], name: item.handle.name, size: item.size });
      return;
    case 'folder':
      taken.sources.push({ id: sourceId, kind: 'folder', handle: item.handle });
      taken.walks.push({ sourceId, place: '', within: [], capturedAt: now });
      return;
    case 'bytes':
      taken.sources.push({ id: sourceId, kind: 'bytes', blob: item.blob, mtime: item.mtime });
      job({ path: item.path, name: item.name, size: item.blob.size });
      return;
    case 'lent':
      taken.sources.push(lentSource(item));
      job({ path: item.path, name: item.name, size: item.size });
      return;
    case 'unreadable':
      job({ path: item.path, name: item.name, size: 0, status: { state: 'failed', code: item.code }, toGive: 1 });
      return;
    case 'web': {
      const { url, title, length } = item.request;
      const status: JobStatus = item.allowed
        ? { state: 'captured' }
        : { state: 'waiting', reason: 'permission', notBefore: null };
      taken.sources.push({ id: sourceId, kind: 'web', request: item.request });
      const from = { sourceUrl: url, sourceTitle: title };
      job({ path: item.path, name: item.name, size: length ?? 0, status, toFetch: 1, ...from });
      return;
    }
    default:
      item satisfies never;
  }
}

export function lentSource({ sourceId, lender, size, type, mtime }: Lent): SourceRow {
  return { id: sourceId, kind: 'pieces', lender, size, type, mtime };
}

/** The jobs of the files that a walk came across. `root` is the source folder's name, `within` leads from there. */
export function walkedJobs(
  walk: WalkRow,
  root: string,
  files: readonly WalkedFile[],
  now: number,
): { jobs: JobRow[]; bundles: BundleRow[] } {
  const bundles: BundleRow[] = [];
  const jobs = grouped(files).map((group, i) => {
    // Claimed in the order in which they were met, which is the order in which their files are at hand.
    const order = now + i / 1_000;
    const [first] = group as readonly [WalkedFile];
    if (group.length === 1) return jobRow({ ...walkedDraft(walk, root, first.within, now), ...first, order });
    const bundle = bundleOf(newId(), walk.sourceId, root, group);
    bundles.push(bundle);
    return bundleJob(bundle, group, { ...walkedDraft(walk, root, commonFolder(bundle), now), order });
  });
  return { jobs, bundles };
}

function bundleJob({ id }: BundleRow, files: readonly WalkedFile[], draft: JobDraft): JobRow {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return jobRow({ ...draft, id, files: files.length, bundle: 1, within: [], size });
}

/** The item that stands for a folder which cannot be read. */
export function failedFolder(walk: WalkRow, root: string, within: Within, code: ErrorCode, now: number): JobRow {
  return jobRow({ ...walkedDraft(walk, root, within, now), status: { state: 'failed', code }, folder: 1 });
}

function walkedDraft(walk: WalkRow, root: string, within: Within, now: number): JobDraft {
  const { sourceId, capturedAt } = walk;
  return { ...draftIn(sourceId, root, within, now), capturedAt };
}

function draftIn(sourceId: string, root: string, within: Within, now: number): JobDraft {
  const names = [root, ...within];
  return { ...blank(sourceId, now), within, path: names.slice(0, -1), name: names.at(-1) ?? '', size: 0 };
}

function blank(sourceId: string, now: number): Omit<JobDraft, 'path' | 'name' | 'size'> {
  return {
    id: newId(),
    sourceId,
    files: 1,
    within: [],
    done: 0,
    capturedAt: now,
    sourceUrl: null,
    sourceTitle: null,
    status: { state: 'queued' },
    order: now,
    tries: 0,
    touchedAt: now,
  };
}
