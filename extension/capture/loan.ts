/**
 * Large files that come without a handle. To copy one takes a while, and there may be no room for it: so the page lends it to
 * the engine from the start, and copies it piece by piece meanwhile, for the time after the page.
 */
import { STRETCH as PIECE } from '../../shared/archiver/index.ts';
import { type CapturedItem, type Copy, type Lent, newId, type Pieces } from '../queue/index.ts';
import { Lender } from './worker/index.ts';

/** How often is asked whether a file that could not be copied is still wanted. */
const LOOK_MS = 1_000;

export interface LoanPorts {
  readonly pieces: Pick<Pieces, 'add' | 'end' | 'giveUp' | 'isWanted'>;
  readonly pause: (ms: number) => Promise<void>;
  readonly locked: (name: string, work: () => Promise<void>) => Promise<void>;
  readonly wake: () => Promise<unknown>;
}

/** A large file, and the item that it is captured as. */
export interface Loan {
  readonly file: Blob;
  readonly item: Lent;
}

/** Lends under the lock until `work` is over. */
export async function whileLending(
  lock: string,
  { locked, wake }: LoanPorts,
  work: (lender: Lender) => Promise<void>,
): Promise<void> {
  const lender = new Lender();
  // Awake once more without the lock: the background sees that it is over, or that it was cut short.
  await locked(lock, () => work(lender)).finally(() => {
    lender.close();
    return wake();
  });
}

/** The items as they are captured, with the loans among them. `lender`: name of a lock that the page holds while it lends. */
export function withLoans(
  items: readonly CapturedItem[],
  lender: string,
): { items: readonly CapturedItem[]; loans: readonly Loan[] } {
  const loans: Loan[] = [];
  const captured = items.map((item) => {
    const loan = item.kind === 'bytes' ? loanOf(item, lender) : null;
    if (loan === null) return item;
    loans.push(loan);
    return loan.item;
  });
  return { items: captured, loans };
}

/** Null for a file that is copied in a moment. */
export function loanOf({ blob, path, name, mtime }: Copy, lender: string): Loan | null {
  const { size, type } = blob;
  if (size <= PIECE) return null;
  return { file: blob, item: { kind: 'lent', sourceId: newId(), lender, size, type, path, name, mtime } };
}

/** Resolves when there is a copy, or nobody needs one. */
export async function copyLoan({ file, item: { sourceId } }: Loan, { pieces, pause }: LoanPorts): Promise<void> {
  try {
    for (let number = 0; number * PIECE < file.size; number++) {
      const piece = file.slice(number * PIECE, (number + 1) * PIECE);
      if (!(await pieces.add(sourceId, number, piece))) return;
    }
    await pieces.end(sourceId);
  } catch {
    // No room, or it cannot be read: then the file itself has to do, and the page has to stay for it.
    await pieces.giveUp(sourceId);
    while (await pieces.isWanted(sourceId)) await pause(LOOK_MS);
  }
}
