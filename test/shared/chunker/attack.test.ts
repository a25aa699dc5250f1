/**
 * The published attack on chunkers with a secret table (IACR eprint 2025/532 and 2025/558), against Gear, against our own
 * hash without its PRF, and against ours.
 *
 * The attack. Somebody sees where chunks end, and knows the bytes of some files. A rolling hash is linear: the hash of a
 * window is a sum of secret table entries, with factors that follow from the window. A chunk ends where low bits of the
 * hash are zero, so every boundary in known bytes says that one such sum is zero. These are linear equations; enough of
 * them leave one table, up to a factor that makes no difference. Whoever has it computes the boundaries of any file, and
 * so can tell by the lengths of chunks alone whether a file is in the backup.
 *
 * Here the attacker has a better place than he will ever have: he sees every candidate and not only those that cut, one
 * position in a thousand is one and not one in a million, and the known files use eight letters, so there are few
 * unknowns. He is tested on files he has not seen: a table is as good as it tells boundaries from other positions.
 *
 * What this shows and what not: the known attack, whole where it must succeed, gets nothing out of our boundaries, and
 * boundaries do not lean to any byte. It is no proof; that ours resists every attack rests on the argument in
 * shared/chunker/cut.ts and docs/adr/0007-sip-hash-1-3.md.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchWithMasks } from '../../support/chunker-masks.ts';
import { pseudoRandom } from '../../support/pseudo-random.ts';

const WINDOW = 64;
const LETTERS = 8;
/** A boundary is where this many low bits are zero. */
const ZEROS = 10;

/** All boundaries of some bytes, as positions: numbers of bytes before them. */
type Boundaries = (bytes: Uint8Array) => number[];

/** What an attacker takes a chunker for: at a boundary every equation's sum of factor · unknown is 0 modulo 2^bits. */
interface Model {
  readonly unknowns: number;
  readonly bits: number;
  equations(window: Uint8Array): Int32Array[];
}

/** Gear: h = 2h + G[byte]. The low bits are a sum of the last entries, each byte back with twice the factor. */
const GEAR: Model = {
  unknowns: LETTERS,
  bits: ZEROS,
  equations(window) {
    const factors = new Int32Array(LETTERS);
    for (let j = 0; j < ZEROS; j++) add(factors, window[WINDOW - 1 - j], 1 << j);
    return [factors];
  },
};

/** x^n mod x^64 + x^4 + x^3 + x + 1, the low bits alone, n = 0 … 126. */
const POWERS = Array.from({ length: 127 }, (_, n) => {
  let word = 1n;
  for (let i = 0; i < n; i++) word = timesX(word);
  return Number(word & 0xffffn);
});

/**
 * Our rolling hash: every bit of it is a sum modulo 2 of bits of the table's entries. What all entries have in common comes
 * to one constant, so the unknowns are the entries of letters 1 to 7 less that of letter 0, and the constant's low bits.
 */
const TOEPLITZ: Model = {
  unknowns: (LETTERS - 1) * 64 + ZEROS,
  bits: 1,
  equations(window) {
    return Array.from({ length: ZEROS }, (_, bit) => {
      const factors = new Int32Array((LETTERS - 1) * 64 + ZEROS);
      factors[(LETTERS - 1) * 64 + bit] = 1;
      for (const [i, letter] of window.entries()) {
        if (letter === 0) continue;
        for (let t = 0; t < 64; t++) add(factors, (letter - 1) * 64 + t, ((POWERS[63 - i + t] as number) >> bit) & 1);
      }
      return factors;
    });
  },
};

function timesX(word: bigint): bigint {
  return BigInt.asUintN(64, word << 1n) ^ (word >> 63n ? 0x1bn : 0n);
}

function add(factors: Int32Array, at: number | undefined, value: number): void {
  factors[at as number] = (factors[at as number] as number) + value;
}

/** How often 2 divides a number below 2^bits; `bits` for 0. */
function twos(value: number, bits: number): number {
  return value === 0 ? bits : 31 - Math.clz32(value & -value);
}

/** Homogeneous linear equations modulo 2^bits, in triangular form. */
class Equations {
  readonly #bits: number;
  readonly #mask: number;
  readonly #pivots: (Int32Array | null)[];
  /** Unknowns that no equation settles yet, given the others. */
  #open: number;

  constructor({ unknowns, bits }: Model) {
    this.#open = unknowns;
    this.#bits = bits;
    this.#mask = 2 ** bits - 1;
    this.#pivots = Array.from({ length: unknowns }, () => null);
  }

  /** Takes an equation in, unless with it nothing but zeros would be left as a solution. */
  take(equation: Int32Array): void {
    let row: Int32Array = equation.map((value) => value & this.#mask);
    for (let c = 0; c < row.length; c++) {
      const mine = twos(row[c] as number, this.#bits);
      if (mine === this.#bits) continue;
      const pivot = this.#pivots[c] ?? null;
      if (pivot === null || mine < twos(pivot[c] as number, this.#bits)) {
        if (mine === 0) {
          if (this.#open === 1) return;
          this.#open -= 1;
        }
        this.#pivots[c] = row;
        // a multiple of the new row without this unknown is an equation too
        this.take(this.#combine(row, 2 ** (this.#bits - mine), row, 0));
        if (pivot === null) return;
        row = this.#combine(pivot, 1, row, this.#quotient(pivot, row, c));
      } else row = this.#combine(row, 1, pivot, this.#quotient(row, pivot, c));
    }
  }

  /** A solution that is not zero. */
  solution(): Int32Array {
    const x = new Int32Array(this.#pivots.length);
    let zero = true;
    for (let c = x.length - 1; c >= 0; c--) {
      const pivot = this.#pivots[c];
      if (!pivot) x[c] = 1;
      else if (zero) x[c] = (2 ** (this.#bits - twos(pivot[c] as number, this.#bits))) & this.#mask;
      else {
        const rest = new Int32Array(x.length);
        rest[c] = -this.sum(pivot, x) & this.#mask;
        x[c] = this.#quotient(rest, pivot, c);
      }
      zero &&= x[c] === 0;
    }
    return x;
  }

  sum(equation: Int32Array, x: Int32Array): number {
    return equation.reduce((sum, value, i) => (sum + Math.imul(value, x[i] as number)) & this.#mask, 0);
  }

  /** f with row[c] = f · pivot[c], given that 2 divides row[c] at least as often. */
  #quotient(row: Int32Array, pivot: Int32Array, c: number): number {
    const shift = twos(pivot[c] as number, this.#bits);
    const odd = (pivot[c] as number) >> shift;
    let inverse = 1;
    for (let i = 0; i < 5; i++) inverse = Math.imul(inverse, 2 - Math.imul(odd, inverse));
    return Math.imul((row[c] as number) >> shift, inverse) & this.#mask;
  }

  #combine(a: Int32Array, times: number, b: Int32Array, less: number): Int32Array {
    return a.map((value, i) => (Math.imul(value, times) - Math.imul(b[i] as number, less)) & this.#mask);
  }
}

const known = pseudoRandom('attack/known', 80_000).map((byte) => byte % LETTERS);
const fresh = pseudoRandom('attack/fresh', 200_000).map((byte) => byte % LETTERS);

/**
 * Solves for a table by the boundaries of the known bytes, then takes it to the fresh ones: the share of boundaries that
 * it foretells, less the share of other positions at which it foretells one. 1 is a broken chunker, 0 is guessing.
 */
function attack(model: Model, boundaries: Boundaries): number {
  const equations = new Equations(model);
  for (const p of boundaries(known)) {
    for (const equation of model.equations(known.subarray(p - WINDOW, p))) equations.take(equation);
  }
  const table = equations.solution();
  const foretold = (positions: readonly number[]): number => {
    const hits = positions.filter((p) =>
      model.equations(fresh.subarray(p - WINDOW, p)).every((equation) => equations.sum(equation, table) === 0),
    );
    return hits.length / positions.length;
  };
  const real = boundaries(fresh);
  const others = Array.from({ length: 400 }, (_, i) => WINDOW + i * 499).filter((p) => !real.includes(p));
  assert.ok(real.length > 100);
  return foretold(real) - foretold(others);
}

const entries = new DataView(pseudoRandom('attack/secret', 4_112).buffer);
const secret = new Uint8Array(entries.buffer);

const gear =
  (mask: number): Boundaries =>
  (bytes) => {
    const found: number[] = [];
    let h = 0;
    for (const [i, byte] of bytes.entries()) {
      h = ((h << 1) + entries.getUint32(byte * 16, true)) >>> 0;
      if (i + 1 >= WINDOW && (h & mask) === 0) found.push(i + 1);
    }
    return found;
  };

/** Our first hash, the PRF left out. */
const withoutPrf: Boundaries = (bytes) => {
  const entry = (i: number): bigint => entries.getBigUint64((bytes[i] as number) * 16, true);
  const found: number[] = [];
  const leaving = Array.from({ length: LETTERS }, (_, letter) => {
    let word = entries.getBigUint64(letter * 16, true);
    for (let i = 0; i < WINDOW; i++) word = timesX(word);
    return word;
  });
  let h = 0n;
  for (let i = 0; i < bytes.length; i++) {
    h = timesX(h) ^ entry(i) ^ (i < WINDOW ? 0n : (leaving[bytes[i - WINDOW] as number] as bigint));
    if (i + 1 >= WINDOW && (h & 0x3ffn) === 0n) found.push(i + 1);
  }
  return found;
};

async function ours(mask: string): Promise<Boundaries> {
  const search = await searchWithMasks(secret, mask, mask);
  return (bytes) => search(bytes, WINDOW, bytes.length).map((hit) => hit >> 1);
}

test('the attack breaks Gear', () => {
  assert.ok(attack(GEAR, gear(0x3ff)) > 0.99);
});

test('the attack breaks our hash where the PRF is left out', () => {
  assert.ok(attack(TOEPLITZ, withoutPrf) > 0.99);
});

test('the attack gets nothing out of our boundaries, whichever way it takes them', async () => {
  const boundaries = await ours('0x3ff');
  for (const model of [GEAR, TOEPLITZ]) {
    const gained = attack(model, boundaries);
    assert.ok(Math.abs(gained) < 0.15, `foretells ${gained} more boundaries than other positions`);
  }
});

/** How uneven counts are that should be even: about the number of classes when they are, with a deviation of √(2 · classes). */
function chiSquare(values: readonly number[], classes: number): number {
  const counts = new Uint32Array(classes);
  for (const value of values) counts[value] = (counts[value] as number) + 1;
  const expected = values.length / classes;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

test('our boundaries lean to no byte and no place; those of Gear do', async () => {
  const bytes = pseudoRandom('attack/bytes', 300_000);
  const positions = (await ours('0x3f'))(bytes);
  assert.ok(positions.length > 4_000);
  const limit = 256 + 5 * Math.sqrt(2 * 256);
  for (const back of [1, 2, 3, 32, 63, 64]) {
    const uneven = chiSquare(
      positions.map((p) => bytes[p - back] as number),
      256,
    );
    assert.ok(uneven < limit, `byte ${back} before a boundary: ${uneven}`);
  }
  assert.ok(
    chiSquare(
      positions.map((p) => p % 256),
      256,
    ) < limit,
  );
  assert.ok(
    chiSquare(
      gear(0x3f)(bytes).map((p) => bytes[p - 1] as number),
      256,
    ) >
      10 * limit,
  );
});
