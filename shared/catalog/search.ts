/**
 * Search as one types, over all live names. A name that lacks a letter of the query is passed over without being read, and
 * so is one that could not be among the best any more; a query that goes on where the last one ended is sought among what
 * that one left. Of more than are wanted, those that begin with the query come first, then the shorter ones.
 */
import { utf8 } from '../bytes/index.ts';
import { fold, GROUP_ROWS, isLetter, type Letters, lettersOf } from '../vault/index.ts';
import { Best, RANKS, type Ranked } from './best.ts';
import type { Tree } from './tree.ts';

interface Sought {
  readonly text: Uint8Array;
  readonly letters: Letters;
  /** Every name with these letters holds the text. */
  readonly sure: boolean;
}

/** In many names, whatever the language. */
const PRACTICE = 'e';

export class Search {
  #tree: Tree | null = null;
  #last = '';
  /** In ascending order the rows that may hold the last query, `#count` of them; what is not among them does not. */
  #rows = new Uint32Array(0);
  #count = 0;

  /**
   * Rows of at most `limit` nodes whose name holds the query, in no particular order; and which begin with it. None for an
   * empty query, after which the next is quick: its memory is there, and the engine knows the code.
   */
  find(tree: Tree, query: string, limit: number): Ranked[] {
    const wanted = fold(query.trim());
    if (wanted === '') {
      this.#prepare(tree, limit);
      return [];
    }
    if (this.#tree !== tree || !wanted.includes(this.#last)) this.#startOver(tree);
    return this.#seek(tree, wanted, limit);
  }

  #prepare(tree: Tree, limit: number): void {
    if (this.#tree === tree) return;
    this.#startOver(tree);
    this.#seek(tree, PRACTICE, limit);
    this.#startOver(tree);
  }

  #seek(tree: Tree, wanted: string, limit: number): Ranked[] {
    this.#last = wanted;
    const text = utf8(wanted);
    const sought = { text, letters: lettersOf(text), sure: isLetter(text) };
    const best = new Best(limit);
    let kept = 0;
    for (let from = 0; from < this.#count; ) {
      const to = this.#groupEnd(from);
      kept = narrow(tree, sought, best, this.#rows, from, to, kept);
      from = to;
    }
    this.#count = kept;
    return best.take();
  }

  #startOver(tree: Tree): void {
    const { rows } = tree.state.nodes;
    if (this.#rows.length < rows) this.#rows = new Uint32Array(2 ** Math.ceil(Math.log2(rows)));
    this.#tree = tree;
    this.#last = '';
    this.#count = rows - 1;
    // All but the root.
    for (let i = 0; i < this.#count; i++) this.#rows[i] = i + 1;
  }

  /** Where the rows of the next group of the tables begin. */
  #groupEnd(from: number): number {
    const next = (Math.floor((this.#rows[from] as number) / GROUP_ROWS) + 1) * GROUP_ROWS;
    let [low, high] = [from, Math.min(this.#count, from + GROUP_ROWS)];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#rows[middle] as number) < next) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * Ranks the rows between two places, all of one group, and moves those that may hold the text to `kept`. Answers where the
 * next goes. A function of its own because the engine optimizes those that are called often sooner than long loops.
 */
function narrow(
  tree: Tree,
  { text, letters: { low, high }, sure }: Sought,
  best: Best,
  rows: Uint32Array,
  from: number,
  to: number,
  kept: number,
): number {
  const { nodes, names } = tree.state;
  const first = rows[from] as number;
  const base = first - (first % GROUP_ROWS);
  const lows = nodes.lettersLow.group(first);
  const highs = nodes.lettersHigh.group(first);
  const outlines = nodes.outline.group(first);
  const addresses = nodes.nameAt.group(first);
  let end = kept;
  for (let at = from; at < to; at++) {
    const row = rows[at] as number;
    const i = row - base;
    if (lacks(lows[i] as number, low) || lacks(highs[i] as number, high)) continue;
    const length = outlines[2 * i] as number;
    const begins = outlines[2 * i + 1] === text[0];
    if (rankOf(length, begins) < best.bound) {
      const place = sure ? Number(!begins) : names.find(addresses[i] as number, text);
      if (place < 0) continue;
      offer(best, tree, row, rankOf(length, place === 0));
    }
    rows[end++] = row;
  }
  return end;
}

function lacks(letters: number, wanted: number): boolean {
  return (~letters & wanted) !== 0;
}

function rankOf(length: number, begins: boolean): number {
  return begins ? length : length + RANKS;
}

/** What is deleted, or lies in a deleted folder, is nothing to offer. */
function offer(best: Best, tree: Tree, row: number, rank: number): void {
  const { nodes } = tree.state;
  if (rank < best.bound && !nodes.isDeleted(row) && !tree.isHidden(nodes.parent.get(row))) best.add(row, rank);
}
