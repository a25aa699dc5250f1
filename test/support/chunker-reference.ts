/**
 * The chunker's rule a second time, written from the definition in shared/chunker/cut.ts and sharing no line with the
 * product: BigInt for every word and no rolling: each position is computed from its 64 bytes alone.
 */

const MASK = 2n ** 64n - 1n;
const MIN = 262_144;
const TARGET = 1_048_576;
const MAX = 4_190_208;

function le64(bytes: Uint8Array, at: number): bigint {
  let word = 0n;
  for (let i = 7; i >= 0; i--) word = (word << 8n) | BigInt(bytes[at + i] as number);
  return word;
}

/** SipHash-c-d (Aumasson, Bernstein 2012) of any message. */
export function sipHash(c: number, d: number, key: Uint8Array, message: Uint8Array): bigint {
  const rotl = (x: bigint, n: bigint): bigint => ((x << n) | (x >> (64n - n))) & MASK;
  const k0 = le64(key, 0);
  const k1 = le64(key, 8);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const rounds = (count: number): void => {
    for (let i = 0; i < count; i++) {
      v0 = (v0 + v1) & MASK;
      v2 = (v2 + v3) & MASK;
      v1 = rotl(v1, 13n) ^ v0;
      v3 = rotl(v3, 16n) ^ v2;
      v0 = rotl(v0, 32n);
      v2 = (v2 + v1) & MASK;
      v0 = (v0 + v3) & MASK;
      v1 = rotl(v1, 17n) ^ v2;
      v3 = rotl(v3, 21n) ^ v0;
      v2 = rotl(v2, 32n);
    }
  };
  const padded = new Uint8Array(Math.floor(message.length / 8) * 8 + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length & 255;
  for (let at = 0; at < padded.length; at += 8) {
    const block = le64(padded, at);
    v3 ^= block;
    rounds(c);
    v0 ^= block;
  }
  v2 ^= 0xffn;
  rounds(d);
  return v0 ^ v1 ^ v2 ^ v3;
}

/** x · h mod x^64 + x^4 + x^3 + x + 1. */
function timesX(h: bigint): bigint {
  const shifted = h << 1n;
  return shifted > MASK ? (shifted & MASK) ^ 0b11011n : shifted;
}

/** The 15-byte digest of the 64 bytes before `position`, straight from the sum (by Horner's rule). */
function digestAt(secret: Uint8Array, bytes: Uint8Array, position: number): Uint8Array {
  const digest = new DataView(new ArrayBuffer(16));
  for (const lane of [0, 8]) {
    let h = 0n;
    for (let i = position - 64; i < position; i++) h = timesX(h) ^ le64(secret, 16 * (bytes[i] as number) + lane);
    digest.setBigUint64(lane, h, true);
  }
  return new Uint8Array(digest.buffer, 0, 15);
}

/** v(p) of the definition. */
export function valueAt(secret: Uint8Array, bytes: Uint8Array, position: number): bigint {
  return sipHash(1, 3, secret.subarray(4_096), digestAt(secret, bytes, position));
}

/** All cuts inside a stream, given v for every position; the slow way. */
export function referenceCuts(length: number, value: (position: number) => bigint): number[] {
  const cuts: number[] = [];
  let start = 0;
  for (let p = 0; p <= length; p++) {
    const size = p - start;
    if (size < MIN) continue;
    const mask = size < TARGET ? 0x1fffffn : 0x7ffffn;
    if (size === MAX || (value(p) & mask) === 0n) {
      cuts.push(p);
      start = p;
    }
  }
  return cuts;
}
