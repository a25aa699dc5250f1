/** Live queries and the clock as Preact hooks. */
import { useEffect, useState } from 'preact/hooks';
import type { Live } from '../queue/view.ts';

/** The newest answer of a live query; null until the first. `query` runs again when an input changes. */
export function useLive<T>(query: () => Live<T>, inputs: readonly unknown[]): T | null {
  const [value, setValue] = useState<T | null>(null);
  useEffect(() => {
    const subscription = query().subscribe((next) => setValue(() => next));
    return () => subscription.unsubscribe();
  }, inputs);
  return value;
}

/** The time, looked at anew every `everyMs`. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
