/**
 * The queue's database: the sole place that opens Dexie. Nouns: job row, bundle, source, piece, walk, drop, setting. May not: decide
 * anything; short transactions over it are in outbox.ts, reads for the screens in view.ts.
 */
import { Dexie, type EntityTable, type Table } from 'dexie';
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { JobState, JobStatus, WaitReason } from './job.ts';
import { MIGRATIONS } from './migrations/index.ts';

export interface JobRow {
  /** Of one file: its version's 16-byte id as hex, chosen once at capture, which makes the commit happen once. */
  id: string;
  sourceId: string;
  /** How many files it is. */
  files: number;
  /** Present when its files are in its row of `bundles`, each with a version id of its own. */
  bundle?: 1;
  /** Folder names from the source folder to the file, the file's own name last; empty for a source that is one file. */
  within: readonly string[];
  /** `within` as one key, unique with `sourceId`; absent for a bundle. */
  place?: string;
  /** Folder names from the vault's root. */
  path: readonly string[];
  /** Of a bundle: the folder that holds all its files. */
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
  /** Present while nothing can be read: a person has to give the file. */
  toGive?: 1;
  /** Present for a folder that could not be read: trying it again walks it. */
  folder?: 1;
  /** Present until it is proven or cancelled: what its source is kept for. */
  open?: 1;
}

/** The files of one job: small ones of one folder, met or copied one after the other. Kept until their source is done with. */
export interface BundleRow {
  /** The job's. */
  id: string;
  sourceId: string;
  /** Name of the source folder. */
  root: string;
  /** The folders its files lie in: `sourceId`, then the names from the source folder. Also asked for by index. */
  folders: readonly (readonly string[])[];
  files: readonly BundledFile[];
}

export interface BundledFile {
  /** The version's id. */
  id: string;
  /** Which of the bundle's folders it lies in. */
  folder: number;
  name: string;
  size: number;
  /** Present when it has a job of its own now. */
  out?: 1;
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
  /** The files of one bundle, by the ids of their versions. */
  | { id: string; kind: 'copies'; copies: ReadonlyMap<string, { blob: Blob; mtime: number }> }
  /**
   * A large file that is copied piece by piece. `lender`: the lock of the page that makes the copy and lends the file itself
   * meanwhile; absent once all pieces are there.
   */
  | { id: string; kind: 'pieces'; lender?: string; size: number; type: string; mtime: number }
  | { id: string; kind: 'web'; request: WebRequest };

/** A piece of the copy that a source of kind `pieces` is. */
export interface PieceRow {
  sourceId: string;
  /** 0 for the file's first bytes. */
  number: number;
  blob: Blob;
}

/** A folder inside a source folder that is still to be read. */
export interface WalkRow {
  sourceId: string;
  place: string;
  within: readonly string[];
  capturedAt: number;
  /** Present when some of what it holds may be known already: it was begun and not crossed off. */
  begun?: 1;
  /** Present while the browser must be asked again before it can be read. */
  blocked?: 1;
}

/**
 * Something that was dropped and is not looked through to its end yet: what its handle does not show is read from entries,
 * which die with the page.
 */
export interface DropRow {
  id: string;
  /** The lock that its page holds meanwhile; all that was dropped together has the same. */
  lock: string;
  name: string;
  /** How many files came with it that are of no folder either; absent means none. */
  others?: number;
  /** Tells whether what is dropped later is the same; null where the browser gives none. */
  handle: FileSystemHandle | null;
  /** Present when its page died or gave up before the end: the rest comes only when it is dropped again. */
  cutShort?: 1;
}

/** Nothing is claimed while a hold stands: the road itself is closed, or the queue is at fault. */
export interface Hold {
  reason: WaitReason | 'fault';
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
  /** Files that a walk found to be in the vault as they are: they never become jobs. */
  unchanged: number;
}

/** Reading back for proof: when it goes on, how much of today is done, what it found. */
export interface AuditNote {
  /** Null before anybody has looked. */
  dueAt: number | null;
  /** Days since 1970, and packs read on that day. */
  day: number;
  packs: number;
  /** When a pack last came back whole. */
  provenAt: number | null;
  /** Null: all that were read did. */
  damaged: Damaged | null;
}

/** What was stored and does not come back. */
export interface Damaged {
  /** Ids of the packs; none while what lies in them is counted. */
  packs: readonly string[];
  /** How many files have content of their newest version in them; null before that is known. */
  files: number | null;
  /** Older versions, or those of deleted files, have. */
  others: boolean;
}

/** The damage that somebody would miss: a lost pack may hold what no version consists of. */
export function harmOf({ damaged }: Pick<AuditNote, 'damaged'>): Damaged | null {
  return damaged?.files === 0 && !damaged.others ? null : damaged;
}

/** How many files are in each state now; those that wait, by their reason. */
export type Counts = Readonly<Partial<Record<Exclude<JobState, 'waiting'> | WaitReason, number>>>;

export interface Account {
  /** 16 bytes as hex. */
  id: string;
  /** As the screens show it. */
  name: string;
}

export interface SettingValues {
  paused: boolean;
  hold: Hold | null;
  tally: Tally;
  counts: Counts;
  lastProvenAt: number | null;
  /** Bytes a second that may be sent; null for as many as there can be. */
  uploadLimit: number | null;
  /** Nothing is sent while the network is one that costs. */
  waitOnMetered: boolean;
  audit: AuditNote;
  /** Name of whoever is signed in here, as the screens show it; null when nobody is. */
  account: string | null;
  /** Whose everything here is; null before anybody was signed in. */
  owner: Account | null;
  /** Who signed in while something of the owner's waited: nothing is begun until a person decides what becomes of it. */
  stranger: Account | null;
}

const SETTING_DEFAULTS: SettingValues = {
  paused: false,
  hold: null,
  tally: { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0, unchanged: 0 },
  counts: {},
  lastProvenAt: null,
  uploadLimit: null,
  waitOnMetered: false,
  audit: { dueAt: null, day: 0, packs: 0, provenAt: null, damaged: null },
  account: null,
  owner: null,
  stranger: null,
};

export type SettingName = keyof SettingValues;

export interface SettingRow {
  name: SettingName;
  value: SettingValues[SettingName];
}

export type QueueDb = Dexie & {
  jobs: EntityTable<JobRow, 'id'>;
  bundles: EntityTable<BundleRow, 'id'>;
  sources: Table<SourceRow, string>;
  pieces: Table<PieceRow, [string, number]>;
  walks: Table<WalkRow, [string, string]>;
  drops: EntityTable<DropRow, 'id'>;
  settings: EntityTable<SettingRow, 'name'>;
};

/** Opens lazily at the first use. `strict`: what the queue says it keeps is on the disk. */
export function openQueue(name = 'holdfast-queue'): QueueDb {
  const db = new Dexie(name, { chromeTransactionDurability: 'strict' }) as QueueDb;
  for (const { version, stores, upgrade } of MIGRATIONS) {
    db.version(version)
      .stores(stores)
      .upgrade((tx) => upgrade?.((table) => tx.table(table)));
  }
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

/** Back to what it is at first. */
export async function clearSetting(db: QueueDb, name: SettingName): Promise<void> {
  await db.settings.delete(name);
}
