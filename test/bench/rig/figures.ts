/** The arithmetic and the words of a result: medians, spread, ratio, table, JSON line. No measuring here. */
import type { Bench, Reach, Sample } from './bench.ts';

export interface Result {
  readonly bench: Bench;
  readonly ours: readonly Sample[];
  /** Empty where there is no peer. */
  readonly peer: readonly Sample[];
}

/** The middle one; the mean of the two in the middle when there is no middle one. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('no values, no median');
  const sorted = [...values].sort((a, b) => a - b);
  const low = sorted[Math.floor((sorted.length - 1) / 2)] as number;
  const high = sorted[Math.ceil((sorted.length - 1) / 2)] as number;
  return (low + high) / 2;
}

const figures = (samples: readonly Sample[]): number[] => samples.map(({ figure }) => figure);

/** Above 1 where ours is ahead; null without a peer. */
export function ratioOf({ bench, ours, peer }: Result): number | null {
  if (peer.length === 0) return null;
  const [mine, theirs] = [median(figures(ours)), median(figures(peer))];
  return bench.better === 'more' ? mine / theirs : theirs / mine;
}

const valuesOf = (samples: readonly Sample[], name: string | undefined): number[] =>
  name === undefined ? figures(samples) : samples.flatMap(({ extras }) => extras?.[name] ?? []);

export function reached({ ours, peer }: Result, { of, timesPeer, atLeast, atMost }: Reach): boolean {
  const value = median(valuesOf(ours, of)) / (timesPeer ? median(valuesOf(peer, of)) : 1);
  return value >= (atLeast ?? Number.NEGATIVE_INFINITY) && value <= (atMost ?? Number.POSITIVE_INFINITY);
}

/** What is to be reached, in words: 'bytes sent at most 12 582 912'. */
export function reachText(bench: Bench, { of, timesPeer, atLeast, atMost }: Reach): string {
  const what = of?.replaceAll('_', ' ') ?? bench.unit;
  const bound = atLeast === undefined ? `at most ${shown(atMost as number)}` : `at least ${shown(atLeast)}`;
  return `${what} ${bound}${timesPeer ? " × the peer's" : ''}`;
}

/** Fails when two samples that say what came back do not say the same. */
export function agreedDigest({ bench, ours, peer }: Result): string | null {
  const digests = new Set([...ours, ...peer].flatMap(({ digest }) => (digest === undefined ? [] : [digest])));
  if (digests.size > 1) throw new Error(`${bench.name}: not the same bytes came back: ${[...digests].join(', ')}`);
  return [...digests][0] ?? null;
}

/** Three significant digits, and never fewer than the whole part has. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString('en-GB').replaceAll(',', ' ')
    : String(Number(value.toPrecision(3)));
}

const spread = (values: readonly number[]): string =>
  values.length === 1
    ? shown(values[0] as number)
    : `${shown(median(values))} (${shown(Math.min(...values))}..${shown(Math.max(...values))})`;

/** Rows of a table: what, ours, peer; one for the figure and one for each further figure. */
export function rows({ bench, ours, peer }: Result): readonly (readonly [what: string, ours: string, peer: string])[] {
  const names = [...new Set([...ours, ...peer].flatMap(({ extras }) => Object.keys(extras ?? {})))];
  const of = (samples: readonly Sample[], name: string): string => {
    const values = valuesOf(samples, name);
    return values.length === 0 ? '' : spread(values);
  };
  return [
    [bench.unit, spread(figures(ours)), peer.length === 0 ? '' : spread(figures(peer))],
    ...names.map((name) => [name.replaceAll('_', ' '), of(ours, name), of(peer, name)] as const),
  ];
}

/** The table of a result as Markdown: median (least..most). */
export function table(result: Result): string {
  const lines = [['', 'ours', 'peer'], ...rows(result)];
  const widths = [0, 1, 2].map((column) => Math.max(3, ...lines.map((line) => (line[column] as string).length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] as number)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  const [head = [], ...body] = lines;
  return [line(head), rule, ...body.map(line)].join('\n');
}

const short = (value: number): number => Number(value.toPrecision(6));

/** Last line of a run, for machines. */
export function jsonLine(result: Result): string {
  const { bench, ours, peer } = result;
  const ratio = ratioOf(result);
  const line: Record<string, unknown> = {
    name: bench.name,
    ours: short(median(figures(ours))),
    peer: peer.length === 0 ? null : short(median(figures(peer))),
    ratio: ratio === null ? null : short(ratio),
    unit: bench.unit,
    reached: bench.reach.every((reach) => reached(result, reach)),
    repetitions: ours.length,
  };
  for (const [side, samples] of [
    ['', ours],
    ['peer_', peer],
  ] as const) {
    for (const name of new Set(samples.flatMap(({ extras }) => Object.keys(extras ?? {})))) {
      line[side + name] = short(median(valuesOf(samples, name)));
    }
  }
  return JSON.stringify(line);
}
