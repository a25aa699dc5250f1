/**
 * Cuts one file into chunks, a long one in several lanes at a time, with the same cuts as one lane would make. What follows
 * a cut does not depend on what was before it. So a lane may begin anywhere, as if there were a cut: after a few chunks its
 * cuts are those that a lane coming from the front makes too, for both cut at the same marks of the content. Each strand
 * keeps nothing of the first chunks it cuts, and goes on, beyond where the next one began, until it makes a cut that the
 * next one has kept. If they never agree it goes on to the end: that costs time and room for chunks that nothing needs.
 */
import { abortable, type Budget, type Release } from '../async/index.ts';
import type { ChunkRef } from '../format/index.ts';
import { type ChunkGroup, type Lane, MAX_GROUP } from './lane.ts';
import type { Parcel } from './pack.ts';
import { STRETCH } from './source.ts';
import type { ChunkStore } from './store.ts';
import type { SourceFile } from './types.ts';

/** Bytes from where one strand begins to where the next does: a multiple of STRETCH, and of the even chunks of packed files. */
const SPACING = 4 * STRETCH;

export interface Cutter {
  readonly store: ChunkStore;
  readonly budget: Budget;
  readonly signal: AbortSignal;
  /** The lane whose turn it is. */
  readonly lane: () => Lane;
  /** How many strands are cut at a time, of all files; a file has one however many there are. */
  readonly strands: Budget;
}

export interface CutFile {
  readonly chunks: readonly ChunkRef[];
  /** Of each chunk; null for one that the vault has. */
  readonly parcels: readonly (Parcel | null)[];
}

/** Errors: those of the source, those of the road. `onBytes`: told how much of the file has been cut. */
export async function cutFile(
  cutter: Cutter,
  file: SourceFile,
  onBytes: (bytes: number) => void,
  spacing = SPACING,
): Promise<CutFile> {
  return new Cutting(cutter, file, onBytes, spacing).run();
}

interface KeptChunk {
  readonly ref: ChunkRef;
  readonly stored: Promise<readonly (Parcel | null)[]>;
  /** Its place in what `stored` answers. */
  readonly place: number;
}

/** A stretch of the file that one lane cuts. */
class Strand {
  readonly from: number;
  readonly kept: KeptChunk[] = [];
  /** Number of the kept chunk that begins at an offset of the file. */
  readonly starts = new Map<number, number>();
  /** Where the last chunk that was cut ended. */
  at: number;
  ended = false;
  /** It reads the copy of the file. */
  fromCopy = false;
  /** Has kept a chunk that begins where this one ended. */
  next: Strand | null = null;
  #moved = Promise.withResolvers<void>();

  constructor(from: number) {
    this.from = from;
    this.at = from;
  }

  keep(chunk: KeptChunk): void {
    this.starts.set(this.at, this.kept.push(chunk) - 1);
    this.at += chunk.ref.len;
  }

  /** Says that it has come further, or to its end. */
  tell(): void {
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
  }

  moved(): Promise<void> {
    return this.#moved.promise;
  }
}

class Cutting {
  readonly #cutter: Cutter;
  readonly #file: SourceFile;
  readonly #onBytes: (bytes: number) => void;
  readonly #spacing: number;
  /** By where they begin. */
  readonly #strands: Strand[] = [];
  readonly #storing: Promise<unknown>[] = [];
  readonly #ending = new AbortController();
  readonly #signal: AbortSignal;
  /** Places of which nobody is to begin any more, from the front. */
  #begun = 0;
  #done = 0;
  #copy: readonly Blob[] | null = null;

  constructor(cutter: Cutter, file: SourceFile, onBytes: (bytes: number) => void, spacing: number) {
    this.#cutter = cutter;
    this.#file = file;
    this.#onBytes = onBytes;
    this.#spacing = spacing;
    this.#signal = AbortSignal.any([cutter.signal, this.#ending.signal]);
  }

  async run(): Promise<CutFile> {
    const { strands } = this.#cutter;
    const lines = [this.#cutStrands()];
    while (lines.length < this.#places && strands.held < strands.total) lines.push(this.#cutStrands());
    try {
      await Promise.all(lines);
    } catch (error) {
      this.#ending.abort(error);
      throw error;
    } finally {
      await Promise.allSettled(lines);
      await Promise.allSettled(this.#storing);
    }
    return this.#joined();
  }

  /** Where strands may begin; the last has what is left over, too. */
  get #places(): number {
    return Math.max(1, Math.floor(this.#file.size / this.#spacing));
  }

  async #cutStrands(): Promise<void> {
    const release = this.#cutter.strands.take(1);
    try {
      while (this.#begun < this.#places) {
        const strand = new Strand(this.#begun++ * this.#spacing);
        this.#strands.push(strand);
        await this.#cut(strand);
      }
    } finally {
      release();
    }
  }

  async #cut(strand: Strand): Promise<void> {
    const lane = this.#cutter.lane();
    let cutting: number | null = null;
    try {
      cutting = await this.#orChanged(() => lane.open(this.#file.blob, this.#file.size, strand.from));
      do {
        strand.tell();
        await this.#turnToCopy(strand, lane, cutting);
      } while (await this.#step(strand, lane, cutting));
    } finally {
      if (cutting !== null) await lane.close(cutting);
      strand.ended = true;
      strand.tell();
    }
  }

  /** A file that others can write to is read no longer than it has to be. */
  async #turnToCopy(strand: Strand, lane: Lane, cutting: number): Promise<void> {
    if (strand.fromCopy || this.#file.copy === undefined) return;
    this.#copy ??= await this.#file.copy();
    if (this.#copy === null) return;
    strand.fromCopy = true;
    await lane.turnTo(cutting, this.#copy);
  }

  /** False when the file is over, or another strand has the rest. */
  async #step(strand: Strand, lane: Lane, cutting: number): Promise<boolean> {
    const { budget, store } = this.#cutter;
    const release = await budget.acquire(MAX_GROUP, this.#signal);
    let group: ChunkGroup | null;
    let held: Release = () => undefined;
    try {
      group = await this.#orChanged(() => lane.next(cutting));
      if (group !== null) held = budget.take(lengthOf(group));
    } finally {
      release();
    }
    if (group === null) return false;
    if (strand.from > 0 && strand.at === strand.from) {
      strand.at += lengthOf(group);
      await lane.seal(group.id, []).finally(held);
      return true;
    }
    const stored = store.store(lane, group).finally(held);
    stored.catch(() => undefined);
    this.#storing.push(stored);
    this.#done += lengthOf(group);
    this.#onBytes(Math.min(this.#done, this.#file.size));
    for (const [place, { len, h }] of group.chunks.entries()) {
      if (await this.#meets(strand)) return false;
      strand.keep({ ref: { len, h }, stored, place });
    }
    return true;
  }

  /** True when another strand has kept a chunk that begins where this one is. */
  async #meets(strand: Strand): Promise<boolean> {
    const { at } = strand;
    for (;;) {
      // Where nobody has begun before a strand comes there, it just goes on.
      while (this.#begun < this.#places && at >= this.#begun * this.#spacing) this.#begun++;
      const next = this.#strands.find(({ from, ended, at: end }) => from > strand.from && (!ended || end > at));
      if (next === undefined || at < next.from) return false;
      while (next.at <= at && !next.ended) await abortable(next.moved(), this.#signal);
      if (next.starts.has(at)) {
        strand.next = next;
        return true;
      }
      // One that ended before here was passed whole, and the one behind it may be met.
      if (at < next.at) return false;
    }
  }

  /** A refusal to read may mean that the file has changed. */
  async #orChanged<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.#file.check();
      throw error;
    }
  }

  async #joined(): Promise<CutFile> {
    const kept: KeptChunk[] = [];
    let first = 0;
    for (let strand = this.#strands[0] ?? null; strand !== null; strand = strand.next) {
      for (const chunk of strand.kept.slice(first)) kept.push(chunk);
      first = strand.next?.starts.get(strand.at) ?? 0;
    }
    const parcels = kept.map(async ({ stored, place }) => (await stored)[place] ?? null);
    return { chunks: kept.map(({ ref }) => ref), parcels: await Promise.all(parcels) };
  }
}

function lengthOf({ chunks }: ChunkGroup): number {
  return chunks.reduce((sum, { len }) => sum + len, 0);
}
