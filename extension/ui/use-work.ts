/** What a person set off: whether any of it goes on, and what the last failed with. */
import { useState } from 'preact/hooks';

export interface Work {
  readonly busy: boolean;
  /** Stays until something is set off again. */
  readonly error: unknown;
  readonly run: (work: Promise<unknown>) => void;
}

export function useWork(): Work {
  const [running, setRunning] = useState(0);
  const [error, setError] = useState<unknown>(null);
  const run = (work: Promise<unknown>): void => {
    setRunning((count) => count + 1);
    setError(null);
    void work.catch(setError).finally(() => setRunning((count) => count - 1));
  };
  return { busy: running > 0, error, run };
}
