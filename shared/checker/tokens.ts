/** Where a device keeps its audit tokens. */
import type { AuditToken, AuditTokens } from '../format/index.ts';

/** Losing it costs challenges, never data. */
export interface TokenStore {
  /** In place of those that this pack had. It owes no answer any more. */
  put(vaultId: string, packId: string, tokens: AuditTokens): Promise<void>;
  /**
   * A token each of the first `most` of these packs that have one left, owe no answer and gave none within a day of `at`
   * (milliseconds since 1970). By pack id. When it resolves the tokens are gone for good, and the packs owe an answer.
   */
  take(vaultId: string, packIds: readonly string[], most: number, at: number): Promise<ReadonlyMap<string, AuditToken>>;
  /** These packs gave the right answer at this time, milliseconds since 1970. */
  answered(vaultId: string, packIds: readonly string[], at: number): Promise<void>;
  /** These packs are to be read: they took the place of lost ones. */
  owe(vaultId: string, packIds: readonly string[], at: number): Promise<void>;
  /** The packs that were asked about, or are to be read, and neither answered nor were read since. */
  owed(vaultId: string): Promise<readonly string[]>;
  /** This pack has no tokens and owes no answer. */
  forget(vaultId: string, packId: string): Promise<void>;
  /** Forgets the packs that are not to be kept. */
  prune(vaultId: string, keep: (packId: string) => boolean): Promise<void>;
}
