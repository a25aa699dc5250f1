/**
 * The queue's database: the sole place that opens Dexie. Nouns: job row, source, walk, setting. May not: decide
 * anything; short transactions over it are in outbox.ts, reads for the screens in view.ts.
 */
import { Dexie, type EntityTable, type Table } from 'dexie';
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { JobStatus, WaitReason } from './job.ts';
import { MIGRATIONS } from './migrations/index.ts';

export interface JobRow {
  /** The version's 16-byte id as hex, chosen once at capture: it makes the commit happen once. */
  id: string;
  sourceId: string;
  /** Folder names from the source folder to the file, the file's own name last; empty for a source that is one file. */
  within: readonly string[];
  /** `within` as one key; with `sourceId` it is unique, so a folder walked twice gives each file one job. */
  place: string;
  /** Folder names from the vault's root. */
  path: readonly string[];
  name: string;
  size: number;
  /** Bytes of it dealt with in the present lease. */
  done: number;
  capturedAt: number;
  sourceUrl: string | null;
  sourceTitle: string | null;
  status: JobStatus;
  /** Earlier first. */
  order: number;
  /** Times it had to wait in a row. */
  tries: number;
  touchedAt: number;
  /** From when a runner may claim it; absent when none may. Kept equal to `readyAt`. */
  ready?: number;
  /** Present while the bytes are still to be fetched from the web. */
  toFetch?: 1;
  /** Present until it is proven or cancelled: what its source is kept for. */
  open?: 1;
}

/** What to fetch, and what it must look like to be believed. */
export interface WebRequest {
  url: string;
  kind: 'link' | 'image' | 'page' | 'download';
  title: string | null;
  /** Name the browser gave a finished download. */
  fileName: string | null;
  /** Exact length a finished download must have. */
  length: number | null;
}

export type SourceRow =
  | { id: string; kind: 'file'; handle: FileSystemFileHandle }
  | { id: string; kind: 'folder'; handle: FileSystemDirectoryHandle }
  | { id: string; kind: 'bytes'; blob: Blob; mtime: number }
  | { id: string; kind: 'web'; request: WebRequest };

/** A folder inside a source folder that is still to be read. */
export interface WalkRow {
  sourceId: string;
  place: string;
  within: readonly string[];
  capturedAt: number;
  /** Present while the browser must be asked again before it can be read. */
  blocked?: 1;
}

/** Nothing is claimed while a hold stands: the road itself is closed. */
export interface Hold {
  reason: WaitReason;
  /** What was met. */
  code: ErrorCode;
  notBefore: number;
  tries: number;
}

/** Files and bytes since the queue was last empty. */
export interface Tally {
  files: number;
  bytes: number;
  doneFiles: number;
  doneBytes: number;
}

export interface SettingValues {
  paused: boolean;
  hold: Hold | null;
  tally: Tally;
  lastProvenAt: number | null;
  /** Name of whoever is signed in here, as the screens show it; null when nobody is. */
  account: string | null;
}

const SETTING_DEFAULTS: SettingValues = {
  paused: false,
  hold: null,
  tally: { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0 },
  lastProvenAt: null,
  account: null,
};

export type SettingName = keyof SettingValues;

export interface SettingRow {
  name: SettingName;
  value: SettingValues[SettingName];
}

export type QueueDb = Dexie & {
  jobs: EntityTable<JobRow, 'id'>;
  sources: Table<SourceRow, string>;
  walks: Table<WalkRow, [string, string]>;
  settings: EntityTable<SettingRow, 'name'>;
};

/** Opens lazily at the first use. `strict`: what the queue says it keeps is on the disk. */
export function openQueue(name = 'holdfast-queue'): QueueDb {
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' }) as QueueDb;
  for (const { version, stores } of MIGRATIONS) db.version(version).stores(stores);
  return db;
}

export async function readSetting<N extends SettingName>(db: QueueDb, name: N): Promise<SettingValues[N]> {
  const row = await db.settings.get(name);
  return row === undefined ? SETTING_DEFAULTS[name] : (row.value as SettingValues[N]);
}

export async function writeSetting<N extends SettingName>(
  db: QueueDb,
  name: N,
  value: SettingValues[N],
): Promise<void> {
  await db.settings.put({ name, value });
}
