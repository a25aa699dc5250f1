/**
 * The rule of content-defined cuts (Chk-PHTE, IACR eprint 2025/558), in two halves that do not know each other:
 *
 * 1. Candidates. A position p of a stream is the number of bytes before it; a cut at p ends one chunk with byte p − 1 and
 *    begins the next with byte p. The window of p is the 64 bytes before it, so positions below 64 have none. With
 *    P = x^64 + x^4 + x^3 + x + 1 over GF(2), a 64-bit word standing for the polynomial whose coefficient of x^i is bit i,
 *    and T1, T2 tables of 256 secret words:
 *
 *        h_j(p) = Σ T_j[byte(p − 64 + i)] · x^(63 − i) mod P     for i = 0 … 63, j = 1, 2
 *        v(p)   = SipHash-1-3(K, le64(h_1) ‖ le56(h_2 mod 2^56))  a 64-bit word; the message has 15 bytes
 *
 *    p is a weak candidate when the low 19 bits of v are zero, a strong one when the low 21 bits are.
 *    secret = 256 × (le64 T1[b] ‖ le64 T2[b]) ‖ K 16, 4,112 bytes.
 *
 *    v depends on 64 bytes alone, not on earlier cuts, so candidates of different segments can be found in any order or
 *    at the same time, given the 64 bytes before each segment.
 *
 * 2. Cuts. From a chunk's start s the cut is the first of: a strong candidate from s + MIN on, a weak candidate from
 *    s + TARGET on, s + MAX. The end of the file ends the last chunk, however short it is.
 *
 * The hashes make the function fast, the function makes the hashes secret. For a random table two different windows have
 * the same 120 bits with a chance of 2^−120, so over n positions any two meet with less than n²·2^−121: 2^−41 after 1 TiB.
 * As long as they do not, cuts fall as if every window had its own throw of dice. The PRF is asked for less than a MAC is:
 * nobody chooses or sees its inputs, nobody sees an output but that about one in a million had 19 zeros. SipHash-1-3 gives
 * every input four rounds or more before the output; what is known against so few starts from chosen differences of inputs
 * and whole outputs (docs/adr/0007-sip-hash-1-3.md).
 *
 * Every position goes through the PRF. Skipping some by a cheap test first, keyed or not, or testing bits of h, would be
 * many times faster and would give the secret away: each boundary an observer sees would then be an equation over it, or
 * would confirm a guess of the content. The only bytes left out are those no cut may follow (s to s + MIN − 64), which
 * is a matter of lengths, not of content.
 */

export const WINDOW = 64;
/** No chunk but a file's last is shorter. */
export const MIN_CHUNK = 262_144;
/** Until here only strong candidates cut, then weak ones do. */
export const TARGET_CHUNK = 1_048_576;
/** No chunk is longer: 4 MiB − 4 KiB, what a pack has room for. */
export const MAX_CHUNK = 4_190_208;

export interface Candidate {
  readonly position: number;
  readonly strong: boolean;
}

/** The first candidate from `from` to `to`, both included. */
export type Seek = (from: number, to: number) => Candidate | null;

/**
 * The cut that ends the chunk begun at `start`, as far as positions up to `end` tell; null when none does yet.
 *
 * @param from positions below are known not to be cuts
 */
export function nextCut(start: number, from: number, end: number, seek: Seek): number | null {
  const last = Math.min(end, start + MAX_CHUNK);
  let next = Math.max(from, start + MIN_CHUNK);
  while (next <= last) {
    const candidate = seek(next, last);
    if (candidate === null) break;
    if (candidate.strong || candidate.position >= start + TARGET_CHUNK) return candidate.position;
    next = candidate.position + 1;
  }
  return end >= start + MAX_CHUNK ? start + MAX_CHUNK : null;
}
