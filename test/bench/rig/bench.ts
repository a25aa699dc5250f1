/**
 * What a bench is. Each file directly in test/bench exports one as `bench` and is named as it is; the rest of the rig is
 * in this folder. A bench measures from outside, never asserts a time, and takes away what it made.
 */
export interface Bench {
  /** Name of its file without the ending. */
  readonly name: string;
  /** What is done, in one sentence. */
  readonly work: string;
  /** The peer and how it is run; null where the figure stands against a limit alone. */
  readonly peer: string | null;
  /** What is not the same work on both sides, a sentence each. */
  readonly differs: readonly string[];
  /** Unit of a sample's figure, such as 'MB/s'. */
  readonly unit: string;
  readonly better: 'more' | 'less';
  /** Repetitions that are enough, where the usual ones would take too long. */
  readonly repetitions?: number;
  /** What is to be reached. */
  readonly reach: readonly Reach[];
  /** Makes what all repetitions share: corpora, peers. */
  open(options: BenchOptions): Promise<Contest>;
}

/** A bound of the median of the figure or of a further figure (`of`), in its own unit or as a multiple of the peer's. */
export interface Reach {
  readonly of?: string;
  readonly timesPeer?: true;
  readonly atLeast?: number;
  readonly atMost?: number;
}

export interface BenchOptions {
  /** A corpus small enough to try the rig; its figures say nothing. */
  readonly quick: boolean;
  /** Bytes of the one file of `memory` and `resume`, when not the usual. */
  readonly size: number | null;
  /** Temporary folder, outside the project, removed at the end. Corpora made in it serve later benches of the same call. */
  readonly folder: string;
}

export interface Contest {
  /** One repetition from nothing: fresh account, fresh repository. What is not `work` stays outside of the figure. */
  ours(repetition: number): Promise<Sample>;
  peer?(repetition: number): Promise<Sample>;
  close(): Promise<void>;
}

export interface Sample {
  readonly figure: number;
  /** Hash over what came back, or over what is kept; the same for all samples of both sides, or the bench fails. */
  readonly digest?: string;
  /** Further figures by their name in the JSON line, such as `bytes_sent`; the peer's go there with `peer_` before it. */
  readonly extras?: Readonly<Record<string, number>>;
  /** Where the time went, in words; printed and not kept. */
  readonly detail?: string;
}
