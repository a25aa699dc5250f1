/** What somebody between us and the disk may do to bytes. */
import type { Bytes } from '../../shared/bytes/index.ts';

/** A copy with one bit of the byte at `at` turned over. */
export function flipped(bytes: Uint8Array, at: number, bit = 0): Bytes {
  const out = new Uint8Array(bytes);
  out[at] = (out[at] as number) ^ (1 << bit);
  return out;
}

/** The error's code of a promise that must fail, so that many failures can be compared. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: unknown }).code ?? error;
  }
  return 'it did not fail';
}
