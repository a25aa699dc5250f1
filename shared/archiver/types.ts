/** What the archiver takes and tells. The source of bytes and the place of the queue are the caller's. */
import type { Bytes } from '../bytes/index.ts';
import type { HoldfastError } from '../errors/index.ts';

/** One look at a file: sizes and dates at the time of opening. */
export interface SourceFile {
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly mtime: number;
  readonly mime: string;
  /**
   * Bytes `[start, end)`. Errors: E_SOURCE_CHANGED when the file is no longer what was opened, E_SOURCE_GONE,
   * E_SOURCE_PERMISSION, E_SOURCE_UNREADABLE.
   */
  read(start: number, end: number): Promise<Bytes>;
}

export interface ArchiveItem {
  /** The caller's name for it (the job's id); comes back in events. */
  readonly key: string;
  /** Folder names from the vault's root, as given, never a joined path. */
  readonly path: readonly string[];
  readonly name: string;
  /** 16 bytes chosen once when the item was captured; they make the commit happen once however often it is tried. */
  readonly versionId: Bytes;
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
  readonly onEvent: (event: ArchiveEvent) => void | Promise<void>;
}

/**
 * Archives a batch: reads, chunks, compresses, seals, packs, puts, commits, proves. A failure of one item is an event; a
 * failure of the road (E_OFFLINE, E_SESSION, E_QUOTA, E_SERVER_FULL, E_OTHER_SERVER, …) is thrown, with everything that
 * was acknowledged kept and nothing else lost.
 */
export interface Archiver {
  archive(items: readonly ArchiveItem[], options: ArchiveOptions): Promise<ArchiveSummary>;
}
