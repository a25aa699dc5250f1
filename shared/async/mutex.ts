/** One task at a time, in order of asking. */
import { Budget } from './budget.ts';

/** Runs `task` when all earlier ones have ended, however they ended. E_CANCELLED when the signal fires before that. */
export type Mutex = <T>(task: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

export function createMutex(): Mutex {
  const budget = new Budget(1);
  return (task, signal) => budget.run(1, task, signal);
}
