/** What a vault keeps on the device between runs. */
import type { Bytes } from '../bytes/index.ts';

/** The newest state of a vault that this device has verified; anything that does not extend it is a rollback or a fork. */
export interface PinnedHead {
  readonly seq: number;
  /** 32 bytes as hex. */
  readonly hash: string;
}

export interface HeadStore {
  pinnedHead(vaultId: string): Promise<PinnedHead | null>;
  /** Keeps the higher sequence number when two contexts race. */
  pinHead(vaultId: string, head: PinnedHead): Promise<void>;
  /** Verified log entries' bodies kept as ciphertext, so that a restart reads only the log's tail. */
  cachedEntries(vaultId: string, afterSeq: number): Promise<readonly Bytes[]>;
  cacheEntries(vaultId: string, firstSeq: number, bodies: readonly Bytes[]): Promise<void>;
}
