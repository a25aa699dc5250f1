/** The browser's random numbers behind the port of shared/async. All of them are fit for keys. */
import type { Random } from '../async/ports.ts';

/** Most bytes that `getRandomValues` gives at once (Web Cryptography, section 10.1.1). */
const MAX_PER_CALL = 65_536;

export const systemRandom: Random = {
  bytes(length) {
    const out = new Uint8Array(length);
    for (let at = 0; at < length; at += MAX_PER_CALL) crypto.getRandomValues(out.subarray(at, at + MAX_PER_CALL));
    return out;
  },
};

/** A number in [0, 1), for the jitter of retries. */
export function randomFraction(): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] as number) / 2 ** 32;
}
