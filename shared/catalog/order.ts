/** The rows of a folder in the order a person asked for: as many as are wanted, without putting the rest in order too. */
import { toHex } from '../bytes/index.ts';
import { childRows } from '../vault/index.ts';
import type { Tree } from './tree.ts';

export type SortKey = 'name' | 'size' | 'mtime';

/** Names as people count: 2 before 10. */
export const byName = new Intl.Collator(undefined, { numeric: true });

interface Sortable {
  readonly row: number;
  readonly folder: boolean;
  readonly name: string;
  readonly value: number;
}

/** The first `limit` of a folder's live children, folders before files, and how many there are. */
export function firstRows(tree: Tree, folder: number, sort: SortKey, descending: boolean, limit: number) {
  const { nodes, names } = tree.state;
  const compare = orderOf(tree, descending);
  let first: Sortable[] = [];
  // Behind it there is no place any more.
  let last: Sortable | undefined;
  let total = 0;
  for (const row of childRows(tree.state, folder)) {
    total++;
    const value = sort === 'name' ? 0 : shown(tree, row, sort);
    const it = { row, folder: nodes.isFolder(row), name: names.name(nodes.nameAt.get(row)), value };
    if (last !== undefined && compare(it, last) > 0) continue;
    if (first.push(it) < 2 * limit) continue;
    first = first.sort(compare).slice(0, limit);
    last = first.at(-1);
  }
  const wanted = first.sort(compare).slice(0, limit);
  return { first: wanted.map(({ row }) => row), total };
}

/** An empty folder shows its own date. */
function shown(tree: Tree, row: number, sort: 'size' | 'mtime'): number {
  const { nodes, versions } = tree.state;
  const sum = tree.sums(row)[sort];
  return sort === 'mtime' ? sum || versions.mtime.get(nodes.newest.get(row)) : sum;
}

function orderOf({ state }: Tree, descending: boolean): (a: Sortable, b: Sortable) => number {
  const sign = descending ? -1 : 1;
  const idOf = (row: number): string => toHex(state.nodes.id.view(row));
  return (a, b) => {
    if (a.folder !== b.folder) return a.folder ? -1 : 1;
    return sign * (a.value - b.value || byName.compare(a.name, b.name)) || (idOf(a.row) < idOf(b.row) ? -1 : 1);
  };
}
