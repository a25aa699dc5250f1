/** What the archiver takes and tells. The source of bytes and the place of the queue are the caller's. */
import type { HoldfastError } from '../errors/index.ts';

/** One look at a file: sizes and dates at the time of opening. */
export interface SourceFile {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly mime: string;
  /** Its bytes, read when they are needed and never kept whole. Reading may fail in any way a browser's file may. */
  readonly blob: Blob;
  /**
   * The same bytes in a copy that nobody changes, in pieces of STRETCH bytes; null while there is none. Absent when there will
   * never be one. Once there is one, `blob` has to hold no more than the first bytes.
   */
  copy?(): Promise<readonly Blob[] | null>;
  /**
   * Resolves when the file still is what was opened. Errors: E_SOURCE_CHANGED, E_SOURCE_GONE, E_SOURCE_PERMISSION,
   * E_SOURCE_UNREADABLE.
   */
  check(): Promise<void>;
}

export interface ArchiveItem {
  /** The caller's name for it; comes back in events. */
  readonly key: string;
  /** Folder names from the vault's root, as given, never a joined path. */
  readonly path: readonly string[];
  readonly name: string;
  /** Bytes when it was captured; it only steers what is read together. */
  readonly size: number;
  /** 16 bytes chosen once when the item was captured; they make the commit happen once however often it is tried. */
  readonly versionId: Uint8Array<ArrayBuffer>;
  readonly capturedAt: number;
  /** Address the bytes came from, when they came from the web. */
  readonly sourceUrl: string | null;
  readonly sourceTitle: string | null;
  /** Opens the file afresh. Errors: E_SOURCE_PERMISSION, E_SOURCE_GONE, E_SOURCE_UNREADABLE. */
  open(): Promise<SourceFile>;
}

export type ArchiveEvent =
  /** Bytes of this item read, sealed or found to be stored already. */
  | { type: 'progress'; key: string; bytes: number; size: number }
  /** The version is in the log. `unchanged` when the last version already says the same and nothing was written. */
  | { type: 'committed'; key: string; unchanged: boolean; size: number }
  /** A sample of what the item's commit stored was read back and verified: from here on it is safe. */
  | { type: 'proven'; key: string }
  /** This item alone failed; the run goes on. */
  | { type: 'failed'; key: string; error: HoldfastError };

export interface ArchiveSummary {
  committed: number;
  failed: number;
  /** Bytes of packs that were sent. */
  sentBytes: number;
  sentPacks: number;
}

export interface ArchiveOptions {
  readonly signal: AbortSignal;
  readonly onEvent: (event: ArchiveEvent) => void;
}

/**
 * True when the newest version at this path has this size and date and nothing of it is known to be lost. Looks at the vault
 * as this device knows it; what cannot be said is false.
 */
export type Unchanged = (path: readonly string[], name: string, size: number, mtime: number) => Promise<boolean>;

export interface Archiver {
  /** Begins to hold files against the vault, and against what is known to be lost now. */
  scan(): Unchanged;
  /**
   * Archives a stream of items: reads, cuts, compresses, seals, packs, puts, commits, proves; takes the next item when it
   * has room for it. While no item comes, what it has is committed and proven. What the server has lost of an item is sent
   * again; the version that lies in it stands. A failure of one item is an event; a failure
   * of the road (E_OFFLINE, E_SESSION, E_QUOTA, E_SERVER_FULL, E_OTHER_SERVER, …) is thrown, with everything that was
   * acknowledged kept and nothing else lost.
   */
  archive(items: Iterable<ArchiveItem> | AsyncIterable<ArchiveItem>, options: ArchiveOptions): Promise<ArchiveSummary>;
}
