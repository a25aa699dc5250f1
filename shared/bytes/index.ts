/** Bytes: concatenation, comparison and text forms. Pure, no platform globals but TextEncoder and TextDecoder. */

export { addBallast } from './ballast.ts';
export { type ByteSource, openStream } from './byte-source.ts';
export { BufferPool, giveBack } from './pool.ts';

/** Bytes backed by a plain ArrayBuffer, as WebCrypto and Blob want them. */
export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to this length a loop over ASCII takes a quarter of what the encoder does, in Chromium and in Node. */
const SHORT_TEXT = 64;

/** UTF-8 of a string. */
export function utf8(text: string): Bytes {
  if (text.length > SHORT_TEXT) return encoder.encode(text);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return encoder.encode(text);
    bytes[at] = unit;
  }
  return bytes;
}

/** String of well-formed UTF-8; throws TypeError otherwise. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Equality in time that depends on the lengths only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] as number) ^ (b[i] as number);
  return difference === 0;
}

export function u32be(value: number): Bytes {
  if (value !== value >>> 0) throw new RangeError(`${value} is no number of 32 bits`);
  const out = new Uint8Array(4);
  new DataView(out.buffer).setUint32(0, value);
  return out;
}

/** Eight bytes, big endian, of a safe integer. */
export function u64be(value: number): Bytes {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, BigInt(value));
  return out;
}

export function readU32be(bytes: Uint8Array, offset = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

/**
 * Domain-separated, length-prefixed input: lp(label) ‖ lp(a) ‖ … with lp(x) = u16be length ‖ x. RangeError for a part
 * longer than its prefix can say.
 */
export function info(label: string, ...parts: readonly Uint8Array[]): Bytes {
  const all = [labelBytes(label), ...parts];
  let length = 0;
  for (const part of all) {
    if (part.length > 0xffff) throw new RangeError('a part is longer than 65,535 bytes');
    length += 2 + part.length;
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of all) {
    out[at++] = part.length >>> 8;
    out[at++] = part.length & 255;
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** There are a few dozen labels, and some are asked for with every chunk. */
const labels = new Map<string, Bytes>();

function labelBytes(label: string): Bytes {
  let bytes = labels.get(label);
  if (bytes === undefined) {
    bytes = utf8(label);
    labels.set(label, bytes);
  }
  return bytes;
}

const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, '0'));

export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += HEX[byte];
  return out;
}

/** Bytes of lower-case hex; throws TypeError on anything else. */
export function fromHex(hex: string): Bytes {
  if (hex.length % 2 !== 0 || !/^[0-9a-f]*$/.test(hex)) throw new TypeError('not lower-case hex');
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = (nibble(hex, 2 * i) << 4) | nibble(hex, 2 * i + 1);
  return out;
}

/** Value of a hex digit that is known to be one. */
function nibble(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** base64url without padding (RFC 4648 section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** Bytes of canonical base64url without padding; throws TypeError on anything else. */
export function fromBase64url(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new TypeError('not base64url');
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const out = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) out[i] = binary.charCodeAt(i);
  if (toBase64url(out.subarray(out.length - (out.length % 3 || 3))) !== text.slice(-tailLength(text.length))) {
    throw new TypeError('not canonical base64url');
  }
  return out;
}

function tailLength(length: number): number {
  return length === 0 ? 0 : length % 4 || 4;
}
