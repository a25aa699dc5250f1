/** The search for candidates in memory, by WebAssembly (wasm/chunker-wat.ts). Knows positions, not chunks. */
import { fromBase64url } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { type Candidate, WINDOW } from './cut.ts';
import { CHUNKER_WASM } from './wasm/chunker-wasm.ts';

const TABLE = 4_096;
const KEY = 16;
export const SECRET_LENGTH = TABLE + KEY;
/** Where the module expects things in its memory. */
const T64_AT = TABLE;
const KEY_AT = 2 * TABLE;
const BYTES_AT = KEY_AT + KEY + 48;
/** Positions searched in one call; with tables, window and the six bytes of over-read this fits the module's memory. */
const BLOCK = 262_144;

/**
 * The first candidate from position `from` to `to` of `bytes`, both included. Positions count from the start of `bytes`,
 * `to` is at most the length, and there are 64 bytes before `from`: in `bytes`, or at the end of `before`, which is what
 * the stream had until then.
 */
export type Find = (bytes: Uint8Array, from: number, to: number, before?: Uint8Array) => Candidate | null;

/** @param secret 4,112 bytes, laid out as cut.ts says; E_INPUT for another length */
export async function createFind(secret: Uint8Array): Promise<Find> {
  if (secret.length !== SECRET_LENGTH) throw new HoldfastError('E_INPUT', 'the chunker secret has 4,112 bytes');
  const { instance } = await WebAssembly.instantiate(fromBase64url(CHUNKER_WASM));
  const find = instance.exports.find as (first: number, last: number) => number;
  const memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
  memory.set(secret.subarray(0, TABLE));
  memory.set(secret.subarray(TABLE), KEY_AT);
  fillT64(new DataView(memory.buffer));

  return (bytes, from, to, before = new Uint8Array(0)) => {
    for (let first = from; first <= to; first += BLOCK) {
      const last = Math.min(to, first + BLOCK - 1);
      const origin = first - WINDOW;
      if (origin < 0) memory.set(before.subarray(origin), BYTES_AT);
      memory.set(bytes.subarray(Math.max(0, origin), last), BYTES_AT + Math.max(0, -origin));
      const found = find(BYTES_AT + WINDOW, BYTES_AT + last - origin);
      if (found !== -1) return { position: (found >> 1) - BYTES_AT + origin, strong: (found & 1) === 1 };
    }
    return null;
  };
}

/** T64[b] = T[b] · x^64 mod P, and x^64 is x^4 + x^3 + x + 1. */
function fillT64(memory: DataView): void {
  for (let at = 0; at < TABLE; at += 8) {
    const x0 = memory.getBigUint64(at, true);
    const x1 = timesX(x0);
    const x3 = timesX(timesX(x1));
    memory.setBigUint64(T64_AT + at, x0 ^ x1 ^ x3 ^ timesX(x3), true);
  }
}

function timesX(word: bigint): bigint {
  return BigInt.asUintN(64, word << 1n) ^ (word >> 63n === 1n ? 0x1bn : 0n);
}
