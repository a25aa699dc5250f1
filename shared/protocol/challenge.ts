/** Which part of a pack a challenge is about. The HMAC over it is the caller's (WebCrypto in clients, node:crypto in the server). */
import { readU32be } from '../bytes/index.ts';
import { RANGE_ALIGN } from './limits.ts';

/**
 * The aligned 64 KiB that this key chooses of a pack of `size` bytes, `end` exclusive. Nobody knows it who does not know
 * the key. Even, because the ranges of every class are a power of two in number.
 */
export function challengedRange(key: Uint8Array, size: number): { start: number; end: number } {
  const start = (readU32be(key) % (size / RANGE_ALIGN)) * RANGE_ALIGN;
  return { start, end: start + RANGE_ALIGN };
}
