/** How fast bytes come: an average over the last seconds, so that the time left does not jump about. Pure. */

export interface Sample {
  /** Milliseconds. */
  readonly at: number;
  readonly bytes: number;
}

/** Samples of the last `windowMs`, oldest first; begun anew when the count went back. */
export function withSample(samples: readonly Sample[], sample: Sample, windowMs: number): readonly Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.bytes < last.bytes) return [sample];
  return [...samples.filter(({ at }) => sample.at - at <= windowMs), sample];
}

/** Bytes a second; null until the samples span `shortestMs`. */
export function rateOf(samples: readonly Sample[], shortestMs: number): number | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < shortestMs) return null;
  return ((last.bytes - first.bytes) * 1_000) / (last.at - first.at);
}
