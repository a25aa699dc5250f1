/**
 * Search as one types, over all live names. A name that lacks a letter of the query is passed over without being read;
 * a query that goes on where the last one ended is sought among what that one found. Of more than are wanted, those that
 * begin with the query come first, then the shorter ones.
 */
import { utf8 } from '../bytes/index.ts';
import {
  fold,
  GROUP_ROWS,
  isLetter,
  type Letters,
  lettersOf,
  type NodeTable,
  RANKS,
  ROOT_ROW,
} from '../vault/index.ts';
import type { Tree } from './tree.ts';

interface Found {
  readonly tree: Tree;
  readonly wanted: string;
  readonly rows: Uint32Array;
  /** By place in `rows`, the lower the better. */
  readonly ranks: Uint16Array;
}

export class Search {
  #last: Found | null = null;

  /** Rows of at most `limit` nodes whose name holds the query, in no particular order; and which begin with it. */
  find(tree: Tree, query: string, limit: number): { row: number; begins: boolean }[] {
    const wanted = fold(query.trim());
    if (wanted === '') return [];
    const last = this.#last;
    const within = last !== null && last.tree === tree && wanted.includes(last.wanted) ? last.rows : null;
    const found = scan(tree, wanted, within);
    this.#last = found;
    return best(found, limit);
  }
}

function scan(tree: Tree, wanted: string, within: Uint32Array | null): Found {
  const { nodes, names } = tree.state;
  const bytes = utf8(wanted);
  const sure = isLetter(bytes);
  const letters = lettersOf(bytes);
  const candidates =
    within === null ? withLetters(nodes, letters) : within.filter((row) => hasAll(nodes, row, letters));
  const rows = new Uint32Array(candidates.length);
  const ranks = new Uint16Array(candidates.length);
  let found = 0;
  for (const row of candidates) {
    const rank = names.rank(nodes.nameAt.get(row), bytes, sure);
    if (rank < 0 || (within === null && (nodes.isDeleted(row) || tree.isHidden(nodes.parent.get(row))))) continue;
    rows[found] = row;
    ranks[found++] = rank;
  }
  return { tree, wanted, rows: rows.slice(0, found), ranks: ranks.slice(0, found) };
}

function hasAll(nodes: NodeTable, row: number, { low, high }: Letters): boolean {
  return (~nodes.lettersLow.get(row) & low) === 0 && (~nodes.lettersHigh.get(row) & high) === 0;
}

/** Rows of the nodes whose names have all of these letters. */
function withLetters(nodes: NodeTable, { low, high }: Letters): Uint32Array {
  const rows = new Uint32Array(nodes.rows);
  let count = 0;
  for (let first = 0; first < nodes.rows; first += GROUP_ROWS) {
    const lows = nodes.lettersLow.group(first);
    const highs = nodes.lettersHigh.group(first);
    const end = Math.min(lows.length, nodes.rows - first);
    for (let i = first === ROOT_ROW ? 1 : 0; i < end; i++) {
      if ((~(lows[i] as number) & low) === 0 && (~(highs[i] as number) & high) === 0) rows[count++] = first + i;
    }
  }
  return rows.subarray(0, count);
}

/** The `limit` of the lowest rank; among equals those that have been there longest. */
function best({ rows, ranks }: Found, limit: number): { row: number; begins: boolean }[] {
  const counts = new Uint32Array(2 * RANKS);
  for (const rank of ranks) counts[rank] = (counts[rank] as number) + 1;
  let worst = 0;
  for (let room = limit; worst < counts.length && room > 0; worst++) room -= counts[worst] as number;
  const chosen: { row: number; begins: boolean }[] = [];
  const rest: { row: number; begins: boolean }[] = [];
  for (let i = 0; i < rows.length; i++) {
    const rank = ranks[i] as number;
    if (rank >= worst) continue;
    const into = rank === worst - 1 ? rest : chosen;
    if (into.length < limit) into.push({ row: rows[i] as number, begins: rank < RANKS });
  }
  return [...chosen, ...rest.slice(0, limit - chosen.length)];
}
