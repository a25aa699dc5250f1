/**
 * Columns in typed arrays: a row is a number, and a million of them are a few buffers instead of a few million objects.
 * Rows come in groups of 8,192; all columns of a group share one buffer, which is what a checkpoint seals. The last group
 * grows by doubling, the others never move. Rows are added, some columns change, none is ever taken away.
 */
import type { Bytes } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';

const GROUP_BITS = 13;
export const GROUP_ROWS = 1 << GROUP_BITS;
const IN_GROUP = GROUP_ROWS - 1;
const FIRST_CAPACITY = 256;

/** What is kept as sealed pieces: which piece says what a part of it holds now, null where it changed since. */
export interface Pieces {
  readonly saved: (string | null)[];
  /** The bytes of one part, as they are; a view. */
  part(at: number): Bytes;
}

interface Column {
  readonly width: number;
  /** Takes its place in the group's buffer; what it held before is copied over. */
  attach(group: number, buffer: ArrayBuffer, offset: number, capacity: number): void;
}

export class Table implements Pieces {
  readonly saved: (string | null)[] = [];
  readonly #columns: Column[] = [];
  readonly #buffers: ArrayBuffer[] = [];
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** Adds a row of zeros and answers its number. */
  addRow(): number {
    const row = this.#rows;
    const group = row >>> GROUP_BITS;
    if ((row & IN_GROUP) >= this.#capacity(group)) this.#grow(group);
    this.#rows = row + 1;
    return row;
  }

  touch(row: number): void {
    this.saved[row >>> GROUP_BITS] = null;
  }

  part(group: number): Bytes {
    return new Uint8Array(this.#buffers[group] as ArrayBuffer);
  }

  /** Takes over groups as `part` gave them. E_INTEGRITY when they cannot hold exactly so many rows. */
  load(rows: number, parts: readonly Bytes[], saved: readonly string[]): void {
    if (parts.length !== Math.ceil(rows / GROUP_ROWS)) throw integrityError();
    for (const [group, part] of parts.entries()) {
      const capacity = part.length / this.#rowWidth();
      const needed = Math.min(GROUP_ROWS, rows - group * GROUP_ROWS);
      if (part.byteLength !== part.buffer.byteLength || !isCapacity(capacity) || capacity < needed)
        throw integrityError();
      this.#place(group, part.buffer, capacity);
      this.saved[group] = saved[group] as string;
    }
    this.#rows = rows;
  }

  protected u32(): U32Column {
    return this.#with(new U32Column(this));
  }

  protected f64(): F64Column {
    return this.#with(new F64Column(this));
  }

  protected bytes(width: number): BytesColumn {
    return this.#with(new BytesColumn(this, width));
  }

  #with<C extends Column>(column: C): C {
    this.#columns.push(column);
    return column;
  }

  #rowWidth(): number {
    return this.#columns.reduce((sum, column) => sum + column.width, 0);
  }

  #capacity(group: number): number {
    const buffer = this.#buffers[group];
    return buffer === undefined ? 0 : buffer.byteLength / this.#rowWidth();
  }

  #grow(group: number): void {
    const capacity = Math.max(FIRST_CAPACITY, 2 * this.#capacity(group));
    this.#place(group, new ArrayBuffer(capacity * this.#rowWidth()), capacity);
    this.saved[group] = null;
  }

  #place(group: number, buffer: ArrayBuffer, capacity: number): void {
    let offset = 0;
    for (const column of this.#columns) {
      column.attach(group, buffer, offset, capacity);
      offset += column.width * capacity;
    }
    this.#buffers[group] = buffer;
  }
}

/** Every column begins at a multiple of the capacity, so a power of two keeps all of them aligned. */
function isCapacity(rows: number): boolean {
  return Number.isInteger(Math.log2(rows)) && rows >= FIRST_CAPACITY && rows <= GROUP_ROWS;
}

export class U32Column implements Column {
  readonly width = 4;
  readonly #table: Table;
  readonly #groups: Uint32Array[] = [];

  constructor(table: Table) {
    this.#table = table;
  }

  attach(group: number, buffer: ArrayBuffer, offset: number, capacity: number): void {
    const view = new Uint32Array(buffer, offset, capacity);
    view.set(this.#groups[group] ?? []);
    this.#groups[group] = view;
  }

  get(row: number): number {
    return this.#groups[row >>> GROUP_BITS]?.[row & IN_GROUP] as number;
  }

  set(row: number, value: number): void {
    (this.#groups[row >>> GROUP_BITS] as Uint32Array)[row & IN_GROUP] = value;
    this.#table.touch(row);
  }

  /** The values of the group that a row is in, for loops over millions. */
  group(row: number): Uint32Array {
    return this.#groups[row >>> GROUP_BITS] as Uint32Array;
  }
}

export class F64Column implements Column {
  readonly width = 8;
  readonly #table: Table;
  readonly #groups: Float64Array[] = [];

  constructor(table: Table) {
    this.#table = table;
  }

  attach(group: number, buffer: ArrayBuffer, offset: number, capacity: number): void {
    const view = new Float64Array(buffer, offset, capacity);
    view.set(this.#groups[group] ?? []);
    this.#groups[group] = view;
  }

  get(row: number): number {
    return this.#groups[row >>> GROUP_BITS]?.[row & IN_GROUP] as number;
  }

  set(row: number, value: number): void {
    (this.#groups[row >>> GROUP_BITS] as Float64Array)[row & IN_GROUP] = value;
    this.#table.touch(row);
  }
}

export class BytesColumn implements Column {
  readonly width: number;
  readonly #table: Table;
  readonly #groups: Uint8Array<ArrayBuffer>[] = [];

  constructor(table: Table, width: number) {
    this.#table = table;
    this.width = width;
  }

  attach(group: number, buffer: ArrayBuffer, offset: number, capacity: number): void {
    const view = new Uint8Array(buffer, offset, capacity * this.width);
    view.set(this.#groups[group] ?? []);
    this.#groups[group] = view;
  }

  /** A view; it is overwritten by nobody, but it keeps its group in memory. */
  view(row: number): Bytes {
    const at = (row & IN_GROUP) * this.width;
    return (this.#groups[row >>> GROUP_BITS] as Bytes).subarray(at, at + this.width);
  }

  /** A copy. */
  get(row: number): Bytes {
    return this.view(row).slice();
  }

  set(row: number, value: Uint8Array): void {
    (this.#groups[row >>> GROUP_BITS] as Bytes).set(value, (row & IN_GROUP) * this.width);
    this.#table.touch(row);
  }

  /** The values of the group that a row is in, one behind the other, for loops over millions. */
  group(row: number): Bytes {
    return this.#groups[row >>> GROUP_BITS] as Bytes;
  }

  /** Where an index looks for the row first. */
  slot(row: number): number {
    const at = (row & IN_GROUP) * this.width;
    return slotOf(this.#groups[row >>> GROUP_BITS] as Bytes, at, at + this.width);
  }

  equals(row: number, value: Uint8Array): boolean {
    const group = this.#groups[row >>> GROUP_BITS] as Bytes;
    const at = (row & IN_GROUP) * this.width;
    for (let i = 0; i < this.width; i++) if (group[at + i] !== value[i]) return false;
    return true;
  }
}

/** Finds rows by an id that is never changed: open addressing, built when it is first asked. */
export class IdIndex {
  readonly #table: Table;
  readonly #ids: BytesColumn;
  /** Row + 1; 0 is free. Twice to four times as many slots as rows. */
  #slots = new Uint32Array(0);
  /** Rows below this one are in the slots. */
  #indexed = 0;

  constructor(table: Table, ids: BytesColumn) {
    this.#table = table;
    this.#ids = ids;
  }

  /** The row, or -1. */
  find(id: Uint8Array): number {
    if (id.length !== this.#ids.width) return -1;
    this.#catchUp();
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(id, 0, id.length) & mask; ; slot = (slot + 1) & mask) {
      const row = (this.#slots[slot] as number) - 1;
      if (row < 0 || this.#ids.equals(row, id)) return row;
    }
  }

  #catchUp(): void {
    const { rows } = this.#table;
    if (2 * rows >= this.#slots.length) {
      this.#slots = new Uint32Array(2 ** Math.ceil(Math.log2(2 * rows + FIRST_CAPACITY)));
      this.#indexed = 0;
    }
    const mask = this.#slots.length - 1;
    for (let row = this.#indexed; row < rows; row++) {
      let slot = this.#ids.slot(row) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = row + 1;
    }
    this.#indexed = rows;
  }
}

/** Ids are random or hashes; two words of one are spread enough. */
function slotOf(from: Uint8Array, at: number, end: number): number {
  const low = word(from, at);
  const mixed = Math.imul(low ^ Math.imul(word(from, end - 4), 0x85ebca6b), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function word(from: Uint8Array, at: number): number {
  return (
    (from[at] as number) |
    ((from[at + 1] as number) << 8) |
    ((from[at + 2] as number) << 16) |
    ((from[at + 3] as number) << 24)
  );
}
