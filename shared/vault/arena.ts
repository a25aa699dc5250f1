/**
 * Records of any length, one behind the other in pages of 512 KiB; an address is a number that stays. Nothing is ever
 * changed or taken away. A record never crosses a page: one that is larger has a page of its own, as long as it is.
 */
import type { Bytes } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import type { Pieces } from './table.ts';

const PAGE_BITS = 19;
const PAGE = 1 << PAGE_BITS;
const IN_PAGE = PAGE - 1;
const FIRST_CAPACITY = 4_096;
/** Addresses are kept in 32 bits. */
const MAX_PAGES = 2 ** (32 - PAGE_BITS);

export class Arena implements Pieces {
  readonly saved: (string | null)[] = [];
  readonly #pages: Bytes[] = [];
  /** Bytes used of the last page. */
  #used = 0;

  /** Address of the next record if it fits the last page; what a checkpoint needs to go on. */
  get end(): number {
    return this.#pages.length === 0 ? 0 : (this.#pages.length - 1) * PAGE + this.#used;
  }

  /** Keeps a record. Answers its address. */
  add(record: Uint8Array): number {
    if (this.#pages.length === 0 || this.#used + record.length > PAGE) this.#addPage();
    const last = this.#pages.length - 1;
    this.#makeRoom(last, this.#used + record.length);
    (this.#pages[last] as Bytes).set(record, this.#used);
    this.saved[last] = null;
    const address = last * PAGE + this.#used;
    this.#used += record.length;
    return address;
  }

  /** The page of an address, and where in it the record begins. */
  page(address: number): Bytes {
    return this.#pages[address >>> PAGE_BITS] as Bytes;
  }

  offset(address: number): number {
    return address & IN_PAGE;
  }

  part(page: number): Bytes {
    return this.#pages[page] as Bytes;
  }

  /** Takes over pages as `part` gave them. E_INTEGRITY when the end does not lie in the last one. */
  load(end: number, parts: readonly Bytes[], saved: readonly string[]): void {
    const used = parts.length === 0 ? 0 : end - (parts.length - 1) * PAGE;
    if (used < 0 || used > (parts.at(-1)?.length ?? 0)) throw integrityError();
    this.#pages.push(...parts);
    this.saved.push(...saved);
    this.#used = used;
  }

  #addPage(): void {
    if (this.#pages.length === MAX_PAGES) throw new RangeError('more than four gigabytes of names or facts');
    this.#pages.push(new Uint8Array(FIRST_CAPACITY));
    this.#used = 0;
  }

  #makeRoom(at: number, length: number): void {
    const page = this.#pages[at] as Bytes;
    if (length <= page.length) return;
    let capacity = page.length;
    while (capacity < length) capacity *= 2;
    const larger = new Uint8Array(Math.max(length, Math.min(capacity, PAGE)));
    larger.set(page);
    this.#pages[at] = larger;
  }
}
