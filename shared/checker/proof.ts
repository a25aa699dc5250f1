/** From audited packs to what can be said of a file. Pure. */
import type { Damage, Verdict } from './examine.ts';

/** What the newest audit of a pack found. */
export interface AuditedPack {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Null: read back whole and verified. */
  readonly damage: Damage | null;
}

/** Where a device keeps what its audits found. Losing it costs dates, never data. */
export interface AuditLog {
  /** In place of what was known of this pack. `at`: milliseconds since 1970. */
  note(vaultId: string, verdict: Verdict, at: number): Promise<void>;
  /** By pack id. */
  all(vaultId: string): Promise<ReadonlyMap<string, AuditedPack>>;
  /** Forgets the packs that are not to be kept. */
  prune(vaultId: string, keep: (packId: string) => boolean): Promise<void>;
}

/** What audits say of files that have content: a file without any has nothing to read back. */
export interface Proof {
  readonly files: number;
  /** Of them, those that were read back whole. */
  readonly read: number;
  /** Of them, those of which a pack was damaged when it was last read. */
  readonly damaged: number;
  /** Since when all of them have been read back at least once: the oldest date among their packs; null while one has none. */
  readonly readAt: number | null;
}

export const NOTHING_TO_PROVE: Proof = { files: 0, read: 0, damaged: 0, readAt: null };
/** Its list of chunks does not come back, so nobody can say where the rest of it lies. */
export const DAMAGED: Proof = { files: 1, read: 0, damaged: 1, readAt: null };

/** The proof of one file that lies in these packs. */
export function proofOf(packIds: Iterable<string>, audited: ReadonlyMap<string, AuditedPack>): Proof {
  const found = [...packIds].map((id) => audited.get(id));
  if (found.length === 0) return NOTHING_TO_PROVE;
  if (found.some((pack) => pack !== undefined && pack.damage !== null)) return DAMAGED;
  const dates = found.flatMap((pack) => pack?.at ?? []);
  if (dates.length < found.length) return { files: 1, read: 0, damaged: 0, readAt: null };
  return { files: 1, read: 1, damaged: 0, readAt: dates.reduce((first, date) => Math.min(first, date)) };
}

/** The proof of both. */
export function joined(one: Proof, other: Proof): Proof {
  const [files, read] = [one.files + other.files, one.read + other.read];
  const dates = [one.readAt, other.readAt].filter((date) => date !== null);
  const readAt = read === files && dates.length > 0 ? Math.min(...dates) : null;
  return { files, read, damaged: one.damaged + other.damaged, readAt };
}
