/** What a vault keeps on the device between runs. */
import type { Bytes } from '../bytes/index.ts';

/** The newest state of a vault that this device has verified; anything that does not extend it is a rollback or a fork. */
export interface PinnedHead {
  readonly seq: number;
  /** 32 bytes as hex. */
  readonly hash: string;
}

/** A checkpoint as it lies on the device: sealed, and only as good as what opens. */
export interface StoredCheckpoint extends PinnedHead {
  readonly head: Bytes;
  /** By name, 16 bytes as hex: reads the sealed piece. All of one moment, also while another context writes. */
  readonly pieces: ReadonlyMap<string, () => Promise<Bytes>>;
}

/** Where the state of a vault is kept between runs. */
export interface CheckpointStore {
  checkpoint(vaultId: string): Promise<StoredCheckpoint | null>;
  /** Keeps a sealed piece for a checkpoint that is to come. */
  putPiece(vaultId: string, name: string, piece: Bytes): Promise<void>;
  /**
   * Makes a checkpoint of pieces that are there, drops all other pieces of the vault and the cached entries that it
   * covers, in one step. Answers false, and changes nothing, when one that is as new is there or a piece is not.
   */
  putCheckpoint(vaultId: string, checkpoint: PinnedHead & { head: Bytes; pieces: readonly string[] }): Promise<boolean>;
  /** Forgets a checkpoint that does not open, and its pieces. */
  dropCheckpoint(vaultId: string): Promise<void>;
}

export interface HeadStore extends CheckpointStore {
  pinnedHead(vaultId: string): Promise<PinnedHead | null>;
  /**
   * Keeps the head that these entries lead to, whose hashes follow on `after`. Not when a higher one is kept, or when one is
   * kept at `after` or among them that has another hash: then another context has seen something else. In one step; answers
   * the head that is kept.
   */
  pinHead(vaultId: string, after: PinnedHead, hashes: readonly string[]): Promise<PinnedHead>;
  /** Verified log entries' bodies kept as ciphertext, so that a restart reads only the log's tail. */
  cachedEntries(vaultId: string, afterSeq: number): Promise<readonly Bytes[]>;
  cacheEntries(vaultId: string, firstSeq: number, bodies: readonly Bytes[]): Promise<void>;
}
