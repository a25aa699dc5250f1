/** Bytes that any language can make again for frozen vectors: SHAKE256 of the UTF-8 of a seed. */
import { createHash } from 'node:crypto';

export function pseudoRandom(seed: string, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('shake256', { outputLength: length }).update(seed).digest());
}

/** The same bytes over and over. */
export function repeated(unit: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(unit.length * times);
  for (let at = 0; at < out.length; at += unit.length) out.set(unit, at);
  return out;
}
