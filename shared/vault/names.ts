/**
 * Names as bytes in an arena: `varint length ‖ varint length of the folded form ‖ name ‖ folded form`, both in UTF-8. The
 * folded form is what a search compares: NFKC in lower case. A name in ASCII has none, for its bytes fold as they are read.
 */
import { fromUtf8, utf8 } from '../bytes/index.ts';
import { Arena } from './arena.ts';

/** Lower case of every byte of ASCII; all others as they are. */
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));
/** One of 64 bits for every folded byte: what is typed most has its own, the rest share by eights. */
const OWN = 'abcdefghijklmnopqrstuvwxyz0123456789. -_';
const BIT = Uint8Array.from({ length: 256 }, (_, byte) => {
  const own = OWN.indexOf(String.fromCharCode(byte));
  if (own >= 0) return own;
  const from = byte < 0x80 ? 40 : byte < 0xc0 ? 48 : 56;
  return from + (byte & 7);
});
const SHORT = 128;
const NON_ASCII = /[\u0080-\uffff]/;

/** What a search compares: equal for names that differ in case or in the form of their characters. */
export function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Which letters a text has, as 64 bits in two words. */
export interface Letters {
  readonly low: number;
  readonly high: number;
}

/** The letters of a folded text: what lacks one of them does not hold the text. */
export function lettersOf(folded: Uint8Array): Letters {
  let low = 0;
  let high = 0;
  for (const byte of folded) {
    const bit = BIT[LOWER[byte] as number] as number;
    if (bit < 32) low |= 1 << bit;
    else high |= 1 << (bit - 32);
  }
  return { low: low >>> 0, high: high >>> 0 };
}

/** FNV-1a. */
export function hashOf(name: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of name) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** True for a folded text that is one letter with a bit of its own: every name with that bit has it. */
export function isLetter(folded: Uint8Array): boolean {
  return folded.length === 1 && (BIT[folded[0] as number] as number) < OWN.length;
}

export interface AddedName {
  readonly address: number;
  readonly hash: number;
  readonly letters: Letters;
  /** Its length in bytes, at most 255, and the first byte of its folded form. */
  readonly outline: Uint8Array;
}

const LONGEST_TOLD = 255;

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
    const sought = folded.length > 0 ? folded : bytes;
    const outline = Uint8Array.of(Math.min(bytes.length, LONGEST_TOLD), LOWER[sought[0] ?? 0] as number);
    return { address, hash: hashOf(bytes), letters: lettersOf(sought), outline };
  }

  name(address: number): string {
    const page = this.page(address);
    const length = varint(page, this.offset(address));
    const folded = varint(page, length.next);
    const bytes = page.subarray(folded.next, folded.next + length.value);
    // What has no folded form is ASCII, and short names are not worth a decoder.
    return folded.value === 0 && bytes.length <= SHORT ? String.fromCharCode(...bytes) : fromUtf8(bytes);
  }

  isName(address: number, name: Uint8Array): boolean {
    const page = this.page(address);
    let at = this.offset(address);
    let length = page[at++] as number;
    if (length > 0x7f) length = (length & 0x7f) | ((page[at++] as number) << 7);
    if (length !== name.length) return false;
    while ((page[at++] as number) > 0x7f) {
      // over the length of the folded form
    }
    for (let i = 0; i < length; i++) if (page[at + i] !== name[i]) return false;
    return true;
  }

  /** Where in a name's folded form a folded text in UTF-8 first is; -1 when it is not there. */
  find(address: number, wanted: Uint8Array): number {
    const page = this.page(address);
    let at = this.offset(address);
    let length = page[at++] as number;
    if (length > 0x7f) length = (length & 0x7f) | ((page[at++] as number) << 7);
    let folded = page[at++] as number;
    if (folded > 0x7f) {
      const next = varint(page, at - 1);
      folded = next.value;
      at = next.next;
    }
    const start = folded === 0 ? at : at + length;
    const last = start + (folded === 0 ? length : folded) - wanted.length;
    const lower = wanted[0] as number;
    const upper = lower >= 0x61 && lower <= 0x7a ? lower - 0x20 : lower;
    for (at = start; at <= last; at++) {
      const byte = page[at];
      if ((byte === lower || byte === upper) && isAt(page, at, wanted)) return at - start;
    }
    return -1;
  }
}

function isAt(page: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 1; i < wanted.length; i++) if (LOWER[page[at + i] as number] !== wanted[i]) return false;
  return true;
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
