/**
 * Names as bytes in an arena: `varint length ‖ varint length of the folded form ‖ name ‖ folded form`, both in UTF-8. The
 * folded form is what a search compares: NFKC in lower case. A name in ASCII has none, for its bytes fold as they are read.
 */
import { type Bytes, fromUtf8, utf8 } from '../bytes/index.ts';
import { Arena } from './arena.ts';

/** Lower case of every byte of ASCII; all others as they are. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
/** One of 32 bits for every folded byte: letters of ASCII have their own, all others share six. */
const LETTER = Uint32Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x61 && byte <= 0x7a) return (1 << (byte - 0x61)) >>> 0;
  if (byte >= 0x80) return (1 << (30 + (byte & 1))) >>> 0;
  return (1 << (26 + (byte & 3))) >>> 0;
});
const NON_ASCII = /[\u0080-\uffff]/;

/** What a search compares: equal for names that differ in case or in the form of their characters. */
export function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** The letters of a folded text as 32 bits: what lacks one of them does not hold the text. */
export function lettersOf(folded: Uint8Array): number {
  let letters = 0;
  for (const byte of folded) letters |= LETTER[LOWER[byte] as number] as number;
  return letters >>> 0;
}

/** FNV-1a. */
export function hashOf(name: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

export interface AddedName {
  readonly address: number;
  readonly hash: number;
  readonly letters: number;
}

export class Names extends Arena {
  addName(name: string): AddedName {
    const bytes = utf8(name);
    const folded = NON_ASCII.test(name) ? utf8(fold(name)) : new Uint8Array(0);
    const record = new Uint8Array(bytes.length + folded.length + 6);
    let at = putVarint(record, 0, bytes.length);
    at = putVarint(record, at, folded.length);
    record.set(bytes, at);
    record.set(folded, at + bytes.length);
    const address = this.add(record.subarray(0, at + bytes.length + folded.length));
    return { address, hash: hashOf(bytes), letters: lettersOf(folded.length > 0 ? folded : bytes) };
  }

  name(address: number): string {
    return fromUtf8(this.#bytes(address));
  }

  isName(address: number, name: Uint8Array): boolean {
    const bytes = this.#bytes(address);
    if (bytes.length !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (bytes[i] !== name[i]) return false;
    return true;
  }

  /** Number of bytes of a name. */
  length(address: number): number {
    return this.#bytes(address).length;
  }

  /** Where `wanted`, a folded text in UTF-8, begins in the folded name; -1 when it does not. */
  find(address: number, wanted: Uint8Array): number {
    const page = this.page(address);
    let at = this.offset(address);
    let length = page[at++] as number;
    if (length > 0x7f) length = (length & 0x7f) | ((page[at++] as number) << 7);
    let folded = page[at++] as number;
    if (folded > 0x7f) {
      const high = page[at++] as number;
      folded = (folded & 0x7f) | ((high & 0x7f) << 7);
      if (high > 0x7f) folded |= (page[at++] as number) << 14;
    }
    const start = folded === 0 ? at : at + length;
    return indexIn(page, start, folded === 0 ? length : folded, wanted);
  }

  #bytes(address: number): Bytes {
    const page = this.page(address);
    const length = varint(page, this.offset(address));
    const folded = varint(page, length.next);
    return page.subarray(folded.next, folded.next + length.value);
  }
}

function indexIn(page: Uint8Array, start: number, length: number, wanted: Uint8Array): number {
  const first = wanted[0] as number;
  const last = start + length - wanted.length;
  for (let at = start; at <= last; at++) {
    if (LOWER[page[at] as number] !== first) continue;
    let same = 1;
    while (same < wanted.length && LOWER[page[at + same] as number] === wanted[same]) same++;
    if (same === wanted.length) return at - start;
  }
  return -1;
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. Answers where the next thing goes. */
export function putVarint(into: Uint8Array, at: number, value: number): number {
  let rest = value;
  let next = at;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) into[next++] = (rest & 0x7f) | 0x80;
  into[next++] = rest;
  return next;
}

export function varint(from: Uint8Array, at: number): { value: number; next: number } {
  let value = 0;
  let unit = 1;
  for (let next = at; ; next++) {
    const byte = from[next] as number;
    value += (byte & 0x7f) * unit;
    if (byte <= 0x7f) return { value, next: next + 1 };
    unit *= 128;
  }
}
