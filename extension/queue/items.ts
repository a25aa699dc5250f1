/**
 * The way in: captured items become sources, walks and jobs. May not: read a file, ask for a permission, or change a job
 * that is under way.
 */
import { toHex } from '../../shared/bytes/index.ts';
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { JobRow, SourceRow, WalkRow, WebRequest } from './db.ts';
import type { JobStatus } from './job.ts';
import { type JobDraft, jobRow } from './row.ts';

/** What a capture hands to the queue. */
export type CapturedItem =
  | { kind: 'file'; handle: FileSystemFileHandle; size: number }
  | { kind: 'folder'; handle: FileSystemDirectoryHandle }
  | { kind: 'bytes'; blob: Blob; path: readonly string[]; name: string; mtime: number }
  /** Stands in the list by its name, with the cause. */
  | { kind: 'unreadable'; path: readonly string[]; name: string; code: ErrorCode }
  /** `allowed`: the browser lets us fetch from this site already. */
  | { kind: 'web'; request: WebRequest; path: readonly string[]; name: string; allowed: boolean };

export interface TakenItems {
  sources: SourceRow[];
  walks: WalkRow[];
  jobs: JobRow[];
}

/** Sixteen random bytes as hex. */
export function newId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}

export function takeItems(items: readonly CapturedItem[], now: number): TakenItems {
  const taken: TakenItems = { sources: [], walks: [], jobs: [] };
  for (const item of items) take(taken, item, now);
  return taken;
}

function take(taken: TakenItems, item: CapturedItem, now: number): void {
  const sourceId = newId();
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
    case 'unreadable':
      job({ path: item.path, name: item.name, size: 0, status: { state: 'failed', code: item.code } });
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

/** The job of a file that a walk came across. `root` is the source folder's name, `within` leads from there to the file. */
export function walkedFile(walk: WalkRow, root: string, within: readonly string[], size: number, now: number): JobRow {
  return jobRow(walkedDraft(walk, root, within, size, now));
}

/** The item that stands for a folder which cannot be read. */
export function failedFolder(
  walk: WalkRow,
  root: string,
  within: readonly string[],
  code: ErrorCode,
  now: number,
): JobRow {
  return jobRow({ ...walkedDraft(walk, root, within, 0, now), status: { state: 'failed', code } });
}

function walkedDraft(walk: WalkRow, root: string, within: readonly string[], size: number, now: number): JobDraft {
  const names = [root, ...within];
  const { sourceId, capturedAt } = walk;
  return { ...blank(sourceId, now), within, path: names.slice(0, -1), name: names.at(-1) ?? '', size, capturedAt };
}

function blank(sourceId: string, now: number): Omit<JobDraft, 'path' | 'name' | 'size'> {
  return {
    id: newId(),
    sourceId,
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
