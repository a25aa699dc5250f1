/** Labelled key derivation: one key, one purpose. `info` is the length-prefixed label input of the protocol. */
import { type Bytes, info } from '../bytes/index.ts';
import { hkdf, hkdfKey } from './primitives.ts';

const ZERO_SALT = new Uint8Array(32);

/** HKDF-SHA-256 of raw key material with a zero salt: `length` bytes for exactly this label and these parts. */
export async function derive(ikm: Uint8Array, length: number, label: string, ...parts: Uint8Array[]): Promise<Bytes> {
  return hkdf(await hkdfKey(ikm), ZERO_SALT, info(label, ...parts), length);
}
