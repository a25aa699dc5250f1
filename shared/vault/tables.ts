/** The tables of a state: which columns nodes, versions, chunks and packs have. Row 0 of the nodes is the root. */
import { NODE_KIND } from '../format/index.ts';
import { IdIndex, Table } from './table.ts';

/** No row. */
export const NONE = 0xffffffff;

const KIND = 3;
const DELETED = 4;
const COUNT_SHIFT = 3;

/** Files and folders, live or deleted, in the order they first appeared. Live ones are linked into their folder. */
export class NodeTable extends Table {
  readonly id = this.bytes(16);
  readonly parent = this.u32();
  /** Where in the names its own is. */
  readonly nameAt = this.u32();
  readonly nameHash = this.u32();
  /** Which letters the name has, see `lettersOf`. */
  readonly lettersLow = this.u32();
  readonly lettersHigh = this.u32();
  /** How long the name is and how it begins, see `AddedName`. */
  readonly outline = this.bytes(2);
  readonly newest = this.u32();
  readonly firstChild = this.u32();
  readonly lastChild = this.u32();
  readonly nextSibling = this.u32();
  readonly previousSibling = this.u32();
  /** Kind, whether deleted, and the number of versions. */
  readonly #marks = this.u32();
  readonly byId = new IdIndex(this, this.id);

  /** A node that is in no folder yet, and counts as deleted until it is. */
  addNode(id: Uint8Array, kind: number): number {
    const row = this.addRow();
    this.id.set(row, id);
    for (const link of [this.firstChild, this.lastChild, this.nextSibling, this.previousSibling]) link.set(row, NONE);
    this.newest.set(row, NONE);
    this.#marks.set(row, kind | DELETED);
    return row;
  }

  kind(row: number): number {
    return this.#marks.get(row) & KIND;
  }

  isFolder(row: number): boolean {
    return this.kind(row) === NODE_KIND.folder;
  }

  isDeleted(row: number): boolean {
    return (this.#marks.get(row) & DELETED) !== 0;
  }

  versionCount(row: number): number {
    return this.#marks.get(row) >>> COUNT_SHIFT;
  }

  addVersion(row: number, version: number): void {
    this.newest.set(row, version);
    this.#marks.set(row, this.#marks.get(row) + (1 << COUNT_SHIFT));
  }

  /** Links a node that has its parent set into that folder, behind all others. */
  link(row: number): void {
    const parent = this.parent.get(row);
    const last = this.lastChild.get(parent);
    this.previousSibling.set(row, last);
    this.nextSibling.set(row, NONE);
    if (last === NONE) this.firstChild.set(parent, row);
    else this.nextSibling.set(last, row);
    this.lastChild.set(parent, row);
    this.#marks.set(row, this.#marks.get(row) & ~DELETED);
  }

  /** Takes a node out of its folder; it remembers which that was. */
  unlink(row: number): void {
    const parent = this.parent.get(row);
    const [before, after] = [this.previousSibling.get(row), this.nextSibling.get(row)];
    if (before === NONE) this.firstChild.set(parent, after);
    else this.nextSibling.set(before, after);
    if (after === NONE) this.lastChild.set(parent, before);
    else this.previousSibling.set(after, before);
    this.#marks.set(row, this.#marks.get(row) | DELETED);
  }
}

/** Versions in the order they were applied; `before` leads from a node's newest to its oldest. */
export class VersionTable extends Table {
  readonly size = this.f64();
  readonly mtime = this.f64();
  readonly id = this.bytes(16);
  readonly node = this.u32();
  readonly before = this.u32();
  readonly seq = this.u32();
  /** Where in the facts all else is. */
  readonly factsAt = this.u32();
  readonly byId = new IdIndex(this, this.id);
}

export class ChunkTable extends Table {
  readonly cid = this.bytes(32);
  readonly salt = this.bytes(16);
  readonly pack = this.u32();
  readonly off = this.u32();
  readonly len = this.u32();
  readonly byId = new IdIndex(this, this.cid);
}

export class PackTable extends Table {
  readonly id = this.bytes(32);
  readonly size = this.u32();
  readonly byId = new IdIndex(this, this.id);
}
