/** The best of many, met one after another: as many as are wanted, of the lowest ranks; among equals those met first. */

/** Ranks of names that begin with the text are below this, all others at least this and less than twice as much. */
export const RANKS = 256;

export interface Ranked {
  readonly row: number;
  readonly begins: boolean;
}

export class Best {
  readonly #limit: number;
  readonly #byRank: number[][] = [];
  /** Rows of ranks below `#end`, which is where nothing is needed any more. */
  #count = 0;
  #end = 2 * RANKS;
  /** What has this rank or a higher one is not among the best. */
  bound: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.bound = limit > 0 ? this.#end : 0;
  }

  /** `rank` is below the bound. */
  add(row: number, rank: number): void {
    const equals = this.#byRank[rank];
    if (equals === undefined) this.#byRank[rank] = [row];
    else equals.push(row);
    this.#count++;
    for (;;) {
      const worst = this.#byRank[this.#end - 1]?.length ?? 0;
      if (this.#count - worst < this.#limit) break;
      this.#count -= worst;
      this.#end--;
    }
    if (this.#count >= this.#limit) this.bound = this.#end - 1;
  }

  take(): Ranked[] {
    const best: Ranked[] = [];
    for (let rank = 0; rank < this.#end; rank++)
      for (const row of this.#byRank[rank] ?? []) best.push({ row, begins: rank < RANKS });
    return best.slice(0, this.#limit);
  }
}
