/** How fast bytes become safe. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { rateOf, type Sample, withSample } from '../../web/ui/rate.ts';
import { useNow } from './use-live.ts';

const WINDOW_MS = 15_000;
const SHORTEST_MS = 1_500;
const LOOK_MS = 3_000;

/** The rate of a count of bytes that grows; null while it does not run. A standstill is seen too. */
export function useRate(bytes: number, running: boolean): number | null {
  const now = useNow(LOOK_MS);
  const samples = useRef<readonly Sample[]>([]);
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    samples.current = running ? withSample(samples.current, { at: Date.now(), bytes }, WINDOW_MS) : [];
    setRate(rateOf(samples.current, SHORTEST_MS));
  }, [bytes, running, now]);
  return rate;
}
