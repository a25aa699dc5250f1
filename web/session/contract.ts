/**
 * What the screens may ask of the vault worker, and what they get back: plain values that survive structured clone, no
 * key, no format. The worker (web/worker) implements `VaultApi`; the screens reach it through `web/session`. Ids are
 * lower-case hex strings. Failures arrive as HoldfastError with a stable code.
 */
import type { Proof } from '../../shared/checker/index.ts';
import type { ErrorCode } from '../../shared/errors/index.ts';
import type { ConflictRule, TreeReport } from '../../shared/restorer/index.ts';

export type { ConflictRule, Proof };

export interface ServerSummary {
  /** Address of the server, for example http://127.0.0.1:8787 */
  url: string;
  registrationOpen: boolean;
}

export type SessionStatus =
  | { state: 'signed-out'; server: ServerSummary | null; reason: ErrorCode | null }
  /** Signed in, but the server does not answer, and it holds a part of what opens the vault. */
  | { state: 'away'; name: string }
  | { state: 'ready'; name: string; accountId: string; deviceId: string };

export interface PasswordEstimate {
  /** Estimated strength in bits. */
  bits: number;
  acceptable: boolean;
  /** Plain sentence that says what to change; empty when acceptable. */
  advice: string;
}

/** A sign-up that waits for the recovery words to be typed back. Nothing exists on the server yet. */
export interface PendingSignUp {
  words: readonly string[];
  /** Zero-based positions of the three words to type back. */
  ask: readonly [number, number, number];
}

/** A device that is signed in. */
export interface SessionRow {
  sessionId: string;
  client: 'web' | 'extension';
  /** What it called itself; null for one that has never written anything. */
  deviceName: string | null;
  createdAt: number;
  lastSeenAt: number;
  current: boolean;
}

export interface AccountSummary {
  name: string;
  usedBytes: number;
  quotaBytes: number;
  fileCount: number;
  lastBackupAt: number | null;
  /** Six words that are equal on all devices that have seen the same history. */
  stateCode: string;
}

export type NodeKind = 'file' | 'folder';

export interface FileRow {
  fileId: string;
  name: string;
  kind: NodeKind;
  /** Bytes; for a folder the sum of what lies under it. */
  size: number;
  mtime: number;
  versions: number;
  /** For a folder, number of files under it. */
  files: number;
  /** Names of the folders from the root, for search results. */
  path: readonly string[];
  parentId: string | null;
  mime: string | null;
  /** The file changed while it was read and never held still. */
  changedDuringRead: boolean;
  sourceUrl: string | null;
}

export interface FolderView {
  folderId: string | null;
  /** From the root to this folder, the root left out. */
  crumbs: readonly { fileId: string; name: string }[];
  rows: readonly FileRow[];
  /** How many rows there are, also where fewer were asked for. */
  total: number;
}

export interface VersionRow {
  versionId: string;
  size: number;
  mtime: number;
  capturedAt: number;
  device: string;
  current: boolean;
  changedDuringRead: boolean;
  sourceUrl: string | null;
}

export type RestoreSubject = { kind: 'version'; versionId: string } | { kind: 'node'; fileId: string };

/**
 * Where the bytes go. A port speaks `PortMessage` below; an OPFS file is read back by its name; into a folder go the
 * files themselves, each under its path.
 */
export type RestoreTarget =
  | { kind: 'port'; port: MessagePort }
  | { kind: 'opfs'; name: string }
  | { kind: 'folder'; handle: FileSystemDirectoryHandle };

/** What a restore will produce, known before its first byte. */
export interface RestorePlan {
  /** Suggested file name: the file's own, or `<folder>.zip`. */
  name: string;
  /** Exact length in bytes of what will be written as one file. */
  length: number;
  /** Bytes of the files themselves. */
  size: number;
  mime: string;
  files: number;
}

/** Worker side of a port: chunks are transferred when pulled; `error` cancels the download, `done` ends it. */
export type PortMessage =
  | { type: 'chunk'; bytes: Uint8Array<ArrayBuffer> }
  | { type: 'done' }
  | { type: 'error'; code: ErrorCode };
/** Reader side of a port. */
export type PortRequest = { type: 'pull' } | { type: 'cancel' };

export interface RestoreProgress {
  restoreId: string;
  bytes: number;
  length: number;
  /** Why it stands still at the moment; it goes on by itself. */
  waiting: ErrorCode | null;
}

/** How a restore into a folder ended, file by file. */
export type RestoreReport = Readonly<TreeReport>;

export type RestoreNotice =
  | { type: 'restore-progress'; progress: RestoreProgress }
  /** Something else is at this path in the folder: the restore waits for `resolveConflict`. */
  | { type: 'restore-conflict'; restoreId: string; path: readonly string[] };

export interface LinkOptions {
  /** Empty for none. */
  password: string;
  /** Whole days from today; null for no expiry. */
  expiresInDays: number | null;
  maxDownloads: number | null;
  /** Shown to whoever opens the link. */
  note: string;
  /** How the sharer wants to be named; empty shows nobody. */
  from: string;
}

export interface LinkSummary {
  linkId: string;
  url: string;
  name: string;
  kind: NodeKind;
  size: number;
  note: string;
  hasPassword: boolean;
  createdAt: number;
  expiresAt: number | null;
  maxDownloads: number | null;
  received: number;
  state: 'live' | 'expired' | 'used-up' | 'locked' | 'missing';
}

export type FileSort = 'name' | 'size' | 'mtime';

export interface VaultApi {
  status(): Promise<SessionStatus>;
  /** Sets the server's address; only the extension's full page may. Answers what stands there, or E_OFFLINE and the like. */
  useServer(url: string): Promise<ServerSummary>;

  newPassphrase(): Promise<string>;
  estimatePassword(password: string): Promise<PasswordEstimate>;
  beginSignUp(name: string, password: string): Promise<PendingSignUp>;
  /** E_RECOVERY_WORDS when a word is wrong; the pending sign-up stays. Creates the account and signs in. */
  finishSignUp(answers: readonly [string, string, string]): Promise<SessionStatus>;
  cancelSignUp(): Promise<void>;
  signIn(name: string, password: string): Promise<SessionStatus>;
  signInWithWords(name: string, words: string): Promise<SessionStatus>;
  setPassword(password: string): Promise<void>;
  signOut(): Promise<void>;
  sessions(): Promise<readonly SessionRow[]>;
  revokeSession(sessionId: string): Promise<void>;
  account(): Promise<AccountSummary>;

  /** Pulls and applies what other devices committed. Answers whether anything changed. */
  refresh(): Promise<boolean>;
  /** All rows, or the first of them. */
  folder(folderId: string | null, sort: FileSort, descending: boolean, limit?: number): Promise<FolderView>;
  /** An empty query finds nothing and makes the next one quick. */
  search(query: string, limit: number): Promise<readonly FileRow[]>;
  versions(fileId: string): Promise<readonly VersionRow[]>;

  /**
   * What reading back has shown of a file's newest version, or of those of all files under a folder.
   * Null where nobody knows, which is on the web, and for what has no content. The next call ends it. E_NOT_FOUND, E_CANCELLED.
   */
  proof(fileId: string): Promise<Proof | null>;

  /** What is to be restored, as it stands now. It is kept under this name until it was restored or cancelled. */
  planRestore(restoreId: string, subject: RestoreSubject): Promise<RestorePlan>;
  /**
   * Carries out what was planned under this name, which also names it in events and in `cancelRestore`.
   * Resolves when every byte was verified and handed over; into a folder, with what became of each file, else with null.
   */
  restore(restoreId: string, target: RestoreTarget): Promise<RestoreReport | null>;
  /** Answers `restore-conflict`, for this file and all that follow in the same restore. */
  resolveConflict(restoreId: string, rule: ConflictRule): Promise<void>;
  cancelRestore(restoreId: string): Promise<void>;

  createLink(fileId: string, options: LinkOptions): Promise<LinkSummary>;
  links(): Promise<readonly LinkSummary[]>;
  /** E_NOT_FOUND when the server no longer has it. */
  updateLink(
    linkId: string,
    expiresInDays: LinkOptions['expiresInDays'] | 'unchanged',
    maxDownloads: number | null,
  ): Promise<void>;
  revokeLink(linkId: string): Promise<void>;
}

/** Events the worker sends without being asked. */
export type VaultEvent = RestoreNotice | { type: 'session'; status: SessionStatus } | { type: 'changed' };

/** What a recipient sees before downloading. */
export interface SharedView {
  name: string;
  kind: NodeKind;
  from: string;
  note: string;
  size: number;
  files: readonly { path: readonly string[]; size: number; mtime: number; mime: string | null }[];
  expiresAt: number | null;
  downloadsLeft: number | null;
}

/** The share page's worker. The fragment is handed over once, after it was removed from the address bar. */
export interface ShareApi {
  /** Parses the fragment only: says whether a password is needed, without a request. E_LINK_GONE for a malformed one. */
  inspect(fragment: string): Promise<{ needsPassword: boolean }>;
  open(password: string): Promise<SharedView>;
  /** `index` of one file in `SharedView.files`, or null for all of it (a ZIP when it is a folder). */
  plan(restoreId: string, index: number | null): Promise<RestorePlan>;
  /** What was planned under this name; see `VaultApi.restore`. */
  download(restoreId: string, target: RestoreTarget): Promise<RestoreReport | null>;
  resolveConflict(restoreId: string, rule: ConflictRule): Promise<void>;
  cancel(restoreId: string): Promise<void>;
}
