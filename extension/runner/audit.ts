/**
 * Proof in idle hours: a few packs of the vault are read back and verified, and dated; more are asked about, and who does
 * not answer rightly is read. May not: run beside work, be the reason that anything else waits, or keep a failure of the
 * road as more than a later try.
 */
import type { AuditLog, Checker } from '../../shared/checker/index.ts';
import { DAY_MS } from '../../shared/protocol/index.ts';
import { packsInUse, type Vault } from '../../shared/vault/index.ts';
import { type ArchivingPorts, refuseMetered } from './archiving.ts';
import { holdAfter, roadReason } from './faults.ts';

/** Full reads a day (at most 40 MiB), and how many of them in one stretch. */
export const PACKS_A_DAY = 10;
const PACKS_AT_ONCE = 2;
/** Packs that are asked about, for each that is read: a hundred a day. */
const ASKED_PER_READ = 10;
/** Packs that owe an answer and are read at once. The others are read in the next stretch. */
const OWED_AT_ONCE = 8;
/** Damaged packs are read again once a day, beside those drawn, so that they cannot use the draws up. */
const AGAIN_AFTER_MS = DAY_MS;
const AGAIN_AT_ONCE = 8;

/** This device's vault and what audits need of it. */
export interface Auditor {
  readonly vault: Pick<Vault, 'vaultId' | 'state' | 'pull'>;
  readonly checker: Checker;
  readonly log: AuditLog;
}

export interface AuditPorts extends Pick<ArchivingPorts, 'outbox' | 'clock' | 'isMetered' | 'onMoved'> {
  readonly openAuditor: () => Promise<Auditor>;
  /** A fresh number, 0 ≤ n < 1. */
  readonly random: () => number;
}

/** One stretch of audits if one is due. Resolves whatever happens; `signal` fires when there is something else to do. */
export async function auditWhenDue(ports: AuditPorts, signal: AbortSignal): Promise<void> {
  const { outbox, clock, random } = ports;
  const due = await outbox.audits.dueAt();
  if (due === null || due > clock.now()) return;
  const before = await outbox.audits.begin();
  try {
    await refuseMetered(ports);
    await auditSome(ports, before, signal);
    if ((await outbox.leases.hold())?.reason === 'auth') await outbox.leases.setHold(null);
  } catch (error) {
    // A server that is not what it was, or knows us no more, is told of; any other failure is tried again in time.
    if (roadReason(error) === 'auth')
      await outbox.leases.setHold(holdAfter(error, 'auth', await outbox.leases.hold(), clock.now(), random()));
  }
  ports.onMoved();
}

/** `before`: packs read today. */
async function auditSome(ports: AuditPorts, before: number, signal: AbortSignal): Promise<void> {
  const { clock, random } = ports;
  const { audits } = ports.outbox;
  const { vault, checker, log } = await ports.openAuditor();
  await vault.pull(signal);
  const { vaultId, state } = vault;
  const inUse = new Set(packsInUse(state).map(({ id }) => id));
  await log.prune(vaultId, (packId) => inUse.has(packId));
  if (before === 0) await checker.forgetUnused();
  const today = Math.min(PACKS_A_DAY, inUse.size);
  const packs = Math.max(0, Math.min(today - before, PACKS_AT_ONCE));
  const again = (await damagedIn(log, vaultId, clock.now() - AGAIN_AFTER_MS)).slice(0, AGAIN_AT_ONCE);
  const read = async (drawn: number, besides: readonly string[]): Promise<void> => {
    for await (const verdict of checker.audit({ packs: drawn, again: besides, signal })) {
      await log.note(vaultId, verdict, clock.now());
      await audits.wasRead(verdict.damage === null, !besides.includes(verdict.packId));
    }
  };
  await read(packs, again);
  const owed = await checker.challenge({ packs: packs * ASKED_PER_READ, at: clock.now(), signal });
  if (owed.length > 0) await read(0, owed.slice(0, OWED_AT_ONCE));
  if (before + packs >= today) await audits.endDay(random());
  const left = await checker.challenge({ packs: 0, at: clock.now(), signal });
  if (left.length === 0 || (await audits.get()).damaged === null)
    return tell(audits, checker, await damagedIn(log, vaultId, clock.now()), signal);
  // What took the place of something lost may be among them: less is told when all of it was read.
  if (left.length < owed.length) await audits.hurry();
}

/** Ids of the packs that were last read by `until`, milliseconds since 1970, and found damaged. */
export async function damagedIn(log: AuditLog, vaultId: string, until: number): Promise<readonly string[]> {
  const found = [...(await log.all(vaultId))].filter(([, { damage, at }]) => damage !== null && at <= until);
  return found.map(([packId]) => packId);
}

/** What is damaged is counted in files once, and again when it is more or less than it was. */
async function tell(
  audits: AuditPorts['outbox']['audits'],
  checker: Checker,
  packs: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const { damaged } = await audits.get();
  if (packs.length === 0) return damaged === null ? undefined : audits.found(null);
  if (packs.join() === damaged?.packs.join()) return;
  // Told before it is counted, which may take longer than there is time.
  await audits.found({ packs: [], files: damaged?.files ?? null, others: damaged?.others ?? true });
  await audits.found({ packs, ...(await checker.touched(new Set(packs), signal)) });
}
