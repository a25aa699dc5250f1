/** One file on its way to disk: what every way of saving offers. */
import type { RestorePlan, RestoreTarget } from '../session/contract.ts';

/** One file to be written. `open` once; then exactly one of `finish` and `discard`. */
export interface SaveSlot {
  /** Errors: E_DISK_FULL when it cannot fit. */
  open(plan: RestorePlan): Promise<RestoreTarget>;
  /** Every byte was handed over. */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}
