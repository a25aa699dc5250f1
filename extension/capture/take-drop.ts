/**
 * A drop on its way into the queue: what is at hand goes first, and the rest while that is backed up already. The rest dies
 * with the page, so a note of it stands in the queue until all of it is there, under a lock that the browser lets go of when
 * the page is gone: whoever finds the note without the lock knows that files may be missing.
 */
import { type CapturedItem, type DropRoot, type DropRow, type Drops, newId } from '../queue/index.ts';
import type { Drop } from './drop.ts';
import { keep } from './keep.ts';
import { copyLoan, type Loan, type LoanPorts, whileLending, withLoans } from './loan.ts';
import type { Lender } from './worker/index.ts';

export interface DropPorts extends LoanPorts {
  readonly drops: Pick<Drops, 'begin' | 'add' | 'end' | 'cutShort'>;
}

/** Resolves when all of it is in the queue and copied, or nobody wants it any more. Rejects as `keep` does; the note stays then. */
export async function takeDrop(drop: Drop, ports: DropPorts): Promise<void> {
  const lock = `holdfast-drop-${newId()}`;
  await whileLending(lock, ports, (lender) => takeParts(drop, lock, lender, ports));
}

async function takeParts({ items, roots, rest }: Drop, lock: string, lender: Lender, ports: DropPorts): Promise<void> {
  const { drops, wake } = ports;
  await drops.begin(lock, roots, items, await madeGood(roots, await drops.cutShort()));
  await wake();
  let wanted = true;
  const add = async (some: readonly CapturedItem[]): Promise<void> => {
    wanted = await drops.add(lock, some);
  };
  const loans: Loan[] = [];
  try {
    for await (const part of rest) {
      const captured = withLoans(part, lock);
      for (const { file, item } of captured.loans) lender.lend(item.sourceId, file);
      await keep(add, captured.items);
      if (!wanted) return;
      loans.push(...captured.loans);
      await wake();
    }
    await drops.end(lock);
  } finally {
    // What is lent is in the queue: if the page dies now, its item says so itself.
    for (const loan of loans) await copyLoan(loan, ports);
  }
}

/** Ids of the drops cut short that are dropped again. */
async function madeGood(roots: readonly DropRoot[], before: readonly DropRow[]): Promise<string[]> {
  const again = await Promise.all(before.map(async (drop) => (await isAmong(roots, drop)) && drop.id));
  return again.filter((id) => id !== false);
}

async function isAmong(roots: readonly DropRoot[], { name, handle, others = 0 }: DropRoot): Promise<boolean> {
  const same = roots.map((root) => {
    if (root.handle === null || handle === null) return root.name === name && (root.others ?? 0) >= others;
    // Where nobody can tell, the note stays.
    return root.handle.isSameEntry(handle).catch(() => false);
  });
  return (await Promise.all(same)).includes(true);
}
