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

export interface FileProof {
  /** Since when all of it has been read back at least once: the oldest date among its packs; null while one has none. */
  readonly readAt: number | null;
  /** One of its packs was damaged when it was last read. */
  readonly damaged: boolean;
}

/** What audits say of a file that lies in these packs; a file without packs has nothing to read back. */
export function proofOf(packIds: Iterable<string>, audited: ReadonlyMap<string, AuditedPack>): FileProof {
  const found = [...packIds].map((id) => audited.get(id));
  const damaged = found.some((pack) => pack !== undefined && pack.damage !== null);
  const whole = found.length > 0 && found.every((pack) => pack?.damage === null);
  return { damaged, readAt: whole ? Math.min(...found.map((pack) => pack?.at ?? 0)) : null };
}
