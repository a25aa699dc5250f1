/** One task at a time, in order of asking. */
import { Budget } from './budget.ts';

export class Mutex {
  readonly #budget = new Budget(1);

  /** Runs `task` when all earlier ones have ended, however they ended. E_CANCELLED when the signal fires before that. */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#budget.run(1, task, signal);
  }
}
