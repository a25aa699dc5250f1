/** How fast bytes become safe: an average over the last seconds, so that the time left does not jump about. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useNow } from './use-live.ts';

export interface Sample {
  readonly at: number;
  readonly bytes: number;
}

const WINDOW_MS = 15_000;
const SHORTEST_MS = 1_500;
const LOOK_MS = 3_000;

/** Samples of the last seconds, oldest first; begun anew when the count went back. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.bytes < last.bytes) return [sample];
  return [...samples.filter(({ at }) => sample.at - at <= WINDOW_MS), sample];
}

/** Bytes a second; null until there is enough to tell. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < SHORTEST_MS) return null;
  return ((last.bytes - first.bytes) * 1_000) / (last.at - first.at);
}

/** The rate of a count of bytes that grows; null while it does not run. A standstill is seen too. */
export function useRate(bytes: number, running: boolean): number | null {
  const now = useNow(LOOK_MS);
  const samples = useRef<readonly Sample[]>([]);
  const [rate, setRate] = useState<number | null>(null);
  useEffect(() => {
    samples.current = running ? withSample(samples.current, { at: Date.now(), bytes }) : [];
    setRate(rateOf(samples.current));
  }, [bytes, running, now]);
  return rate;
}
