/**
 * Finds the child of a folder by its name and kind: chains of rows under a hash of folder and name. A chain keeps the order in
 * which its rows entered, so of several with one name the one that came first is found. Built from the folders when it is first asked.
 */
import type { Names } from './names.ts';
import { NONE, type NodeTable } from './tables.ts';

const FIRST_BUCKETS = 256;

export class NameIndex {
  readonly #nodes: NodeTable;
  readonly #names: Names;
  /** Row that begins a chain, and by row the next of its chain; NONE ends it. */
  #heads = new Uint32Array(0);
  #next = new Uint32Array(0);
  #entered = 0;

  constructor(nodes: NodeTable, names: Names) {
    this.#nodes = nodes;
    this.#names = names;
  }

  /** The row of this kind that entered first under this name, or NONE. */
  find(parent: number, hash: number, name: Uint8Array, kind: number): number {
    if (this.#heads.length === 0) this.#build();
    const { nameHash, nameAt, parent: parents } = this.#nodes;
    let row = this.#heads[this.#bucket(parent, hash)] as number;
    for (; row !== NONE; row = this.#next[row] as number) {
      if (nameHash.get(row) !== hash || parents.get(row) !== parent) continue;
      if (this.#nodes.kind(row) !== kind) continue;
      if (this.#names.isName(nameAt.get(row), name)) return row;
    }
    return NONE;
  }

  /** To be called when the row was linked into its folder. */
  enter(row: number): void {
    if (this.#heads.length === 0) return;
    if (this.#entered >= this.#heads.length) this.#build();
    else this.#append(row);
  }

  /** To be called while the row is still linked. */
  leave(row: number): void {
    if (this.#heads.length === 0) return;
    const bucket = this.#bucket(this.#nodes.parent.get(row), this.#nodes.nameHash.get(row));
    const after = this.#next[row] as number;
    this.#entered--;
    let at = this.#heads[bucket] as number;
    if (at === row) {
      this.#heads[bucket] = after;
      return;
    }
    while (this.#next[at] !== row) at = this.#next[at] as number;
    this.#next[at] = after;
  }

  #build(): void {
    const { rows, firstChild, nextSibling } = this.#nodes;
    this.#heads = new Uint32Array(2 ** Math.ceil(Math.log2(rows + FIRST_BUCKETS))).fill(NONE);
    this.#entered = 0;
    for (let folder = 0; folder < rows; folder++) {
      for (let row = firstChild.get(folder); row !== NONE; row = nextSibling.get(row)) this.#append(row);
    }
  }

  #append(row: number): void {
    if (row >= this.#next.length) this.#widen(row);
    const bucket = this.#bucket(this.#nodes.parent.get(row), this.#nodes.nameHash.get(row));
    this.#next[row] = NONE;
    this.#entered++;
    let at = this.#heads[bucket] as number;
    if (at === NONE) {
      this.#heads[bucket] = row;
      return;
    }
    while (this.#next[at] !== NONE) at = this.#next[at] as number;
    this.#next[at] = row;
  }

  #widen(row: number): void {
    const wider = new Uint32Array(2 ** Math.ceil(Math.log2(Math.max(row, this.#nodes.rows) + FIRST_BUCKETS)));
    wider.set(this.#next);
    this.#next = wider;
  }

  #bucket(parent: number, hash: number): number {
    const mixed = Math.imul(hash ^ Math.imul(parent, 0x85ebca6b), 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & (this.#heads.length - 1);
  }
}
