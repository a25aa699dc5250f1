/** The rule of cuts against its second writing: SipHash, candidates position by position, cuts from candidates. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, fromBase64url, fromHex } from '../../../shared/bytes/index.ts';
import { type Candidate, MAX_CHUNK, MIN_CHUNK, nextCut, TARGET_CHUNK } from '../../../shared/chunker/cut.ts';
import { createFind } from '../../../shared/chunker/engine.ts';
import { CHUNKER_WASM } from '../../../shared/chunker/wasm/chunker-wasm.ts';
import { chunkerWat } from '../../../shared/chunker/wasm/chunker-wat.ts';
import { assemble } from '../../support/assemble-wasm.ts';
import { searchWithMasks } from '../../support/chunker-masks.ts';
import { referenceCuts, sipHash, valueAt } from '../../support/chunker-reference.ts';
import { pseudoRandom } from '../../support/pseudo-random.ts';

const secret = pseudoRandom('rule/secret', 4_112);
const text = new TextEncoder().encode('Every position goes through the function; none is left out.\n'.repeat(50));

test('the second writing computes SipHash-1-3 as published', () => {
  const key = Uint8Array.from({ length: 16 }, (_, i) => i);
  const published = [
    'dcc40f055801acab',
    '93ca577df39bf4c9',
    '4dd4c74d029bcb82',
    'fbf7dde7b80af88b',
    '2883d388605775cf',
    '673b53492fd5f9de',
    'a7229fc5502b0dc5',
    '4011b19b987d92d3',
    '8e9a298d11959036',
    'e43d066cb38ea425',
    '7f09ff92ee85de79',
    '52c34df9c118c170',
    'a2d9b457b184a378',
    'a7ff29120c766f30',
    '345df9c011a15a60',
    '5699512a6dd820d3',
    '668b907d1add4fcc',
  ];
  for (const [length, hex] of published.entries()) {
    const expected = new DataView(fromHex(hex).buffer).getBigUint64(0, true);
    assert.equal(
      sipHash(
        1,
        3,
        key,
        Uint8Array.from({ length }, (_, i) => i),
      ),
      expected,
      `length ${length}`,
    );
  }
});

test('what is shipped is what is written', async () => {
  assert.deepEqual(fromBase64url(CHUNKER_WASM), new Uint8Array(await assemble(chunkerWat())));
  assert.ok(CHUNKER_WASM.length < 8_192);
});

test('with masks of 3 and 5 bits every position agrees with the second writing', async () => {
  const search = await searchWithMasks(secret, '0x7', '0x1f');
  for (const bytes of [pseudoRandom('rule/bytes', 1_500), text.subarray(0, 1_500), new Uint8Array(300)]) {
    const expected: number[] = [];
    for (let p = 64; p <= bytes.length; p++) {
      const value = valueAt(secret, bytes, p);
      if ((value & 0x7n) === 0n) expected.push(2 * p + ((value & 0x1fn) === 0n ? 1 : 0));
    }
    assert.deepEqual(search(bytes, 64, bytes.length), expected);
    fc.assert(
      fc.property(fc.integer({ min: 64, max: bytes.length }), fc.nat(bytes.length), (from, length) => {
        const to = Math.min(bytes.length, from + length);
        const inside = expected.filter((hit) => hit >> 1 >= from && hit >> 1 <= to);
        assert.deepEqual(search(bytes, from, to), inside);
      }),
    );
  }
});

test('candidates are what the definition says, and segments found apart are the whole', async () => {
  const find = await createFind(secret);
  const bytes = pseudoRandom('rule/segments', 6 * 1_048_576);
  const all = (from: number, to: number): Candidate[] => {
    const found: Candidate[] = [];
    for (let hit = find(bytes, from, to); hit !== null; hit = find(bytes, hit.position + 1, to)) found.push(hit);
    return found;
  };
  const whole = all(64, bytes.length);
  assert.ok(whole.length > 3);
  for (const { position, strong } of whole) {
    const value = valueAt(secret, bytes, position);
    assert.equal(value & 0x7ffffn, 0n);
    assert.equal((value & 0x1fffffn) === 0n, strong);
  }
  const middle = 3_000_001;
  assert.deepEqual([...all(64, middle - 1), ...all(middle, bytes.length)], whole);
});

test('cuts from candidates are the plain rule, however the stream is cut up', () => {
  const gap = fc.oneof(fc.integer({ min: 1, max: 1_500_000 }), fc.constantFrom(1, MIN_CHUNK, TARGET_CHUNK, MAX_CHUNK));
  const candidate = fc.record({ gap, strong: fc.boolean() });
  fc.assert(
    fc.property(fc.array(candidate, { maxLength: 20 }), fc.array(gap, { maxLength: 8 }), (gaps, pushes) => {
      let at = 0;
      const candidates = gaps.map((each): Candidate => {
        at += each.gap;
        return { position: at, strong: each.strong };
      });
      const seek = (from: number, to: number): Candidate | null =>
        candidates.find(({ position }) => position >= from && position <= to) ?? null;
      const cuts: number[] = [];
      let end = 0;
      let start = 0;
      for (const length of pushes) {
        const from = end + 1;
        end += length;
        for (let cut = nextCut(start, from, end, seek); cut !== null; cut = nextCut(start, from, end, seek)) {
          cuts.push(cut);
          start = cut;
        }
      }
      const strengths = new Map(candidates.map(({ position, strong }) => [position, strong ? 0n : 0x80000n]));
      assert.deepEqual(
        cuts,
        referenceCuts(end, (p) => strengths.get(p) ?? 1n),
      );
    }),
    { numRuns: 20 },
  );
});

test('a secret of another length is refused', async () => {
  for (const bad of [new Uint8Array(0), secret.subarray(1), concat(secret, secret)]) {
    await assert.rejects(createFind(bad), { code: 'E_INPUT' });
  }
});
