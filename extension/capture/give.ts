/** A file that a person gives in place of one that could not be had. A large one is lent while it is copied, as in a drop. */
import { type Intake, newId } from '../queue/index.ts';
import { itemIn } from './files.ts';
import { copyLoan, type LoanPorts, loanOf, whileLending } from './loan.ts';

export interface GivePorts extends LoanPorts {
  readonly intake: Pick<Intake, 'supply'>;
}

/** `id`: of the job. Resolves when the file is in the queue and copied, or nobody wants it any more. E_DISK_FULL. */
export async function giveFile(id: string, file: File, ports: GivePorts): Promise<void> {
  const lock = `holdfast-gift-${newId()}`;
  const copy = itemIn([], file);
  const loan = loanOf(copy, lock);
  await whileLending(lock, ports, async (lender) => {
    if (loan === null) return ports.intake.supply(id, copy);
    lender.lend(loan.item.sourceId, file);
    await ports.intake.supply(id, loan.item);
    await ports.wake();
    await copyLoan(loan, ports);
  });
}
