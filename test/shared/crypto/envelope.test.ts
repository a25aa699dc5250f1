/** An object opens with its own key, type and context, whole and unchanged, or not at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, concat, utf8 } from '../../../shared/bytes/index.ts';
import { OBJECT_OVERHEAD, OBJECT_TYPE, openObject, SUITE, sealObject } from '../../../shared/crypto/index.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

const TYPE = OBJECT_TYPE.logEntry;
const key = random.bytes(32);
const context = utf8('vault 1, entry 7');
const plaintext = utf8('what nobody else may read');
const seal = (type: number = TYPE, salt = random.bytes(32)) => sealObject(key, type, context, plaintext, salt);
const SUITE_AT = 4;

test('any plaintext and context comes back, 86 bytes longer in between', async () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((each) => new Uint8Array(each));
  await fc.assert(
    fc.asyncProperty(bytes(3_000), bytes(200), async (content, place) => {
      const object = await sealObject(key, TYPE, place, content, random.bytes(32));
      assert.equal(object.length, content.length + OBJECT_OVERHEAD);
      assert.deepEqual(await openObject(key, TYPE, place, object), content);
    }),
    { numRuns: 50 },
  );
});

test('every flipped bit is an integrity error, a lower suite a downgrade', async () => {
  const object = await seal();
  for (let at = 0; at < object.length; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const evil = flipped(object, at, bit);
      const lower = at === SUITE_AT && (evil[at] as number) < SUITE;
      const expected = lower ? 'E_DOWNGRADE' : 'E_INTEGRITY';
      assert.equal(await failure(openObject(key, TYPE, context, evil)), expected, `byte ${at} bit ${bit}`);
    }
  }
});

test('every prefix and every longer object is an integrity error', async () => {
  const object = await seal();
  for (let length = 0; length < object.length; length++) {
    assert.equal(await failure(openObject(key, TYPE, context, object.subarray(0, length))), 'E_INTEGRITY');
  }
  assert.equal(await failure(openObject(key, TYPE, context, concat(object, new Uint8Array(1)))), 'E_INTEGRITY');
});

test('another key or context is an integrity error', async () => {
  const object = await seal();
  assert.equal(await failure(openObject(random.bytes(32), TYPE, context, object)), 'E_INTEGRITY');
  for (const other of [utf8(''), utf8('vault 1, entry 8'), concat(context, new Uint8Array(1)), context.subarray(1)]) {
    assert.equal(await failure(openObject(key, TYPE, other, object)), 'E_INTEGRITY');
  }
});

test('an object of one type is never one of another, whether asked for or rewritten', async () => {
  const types = Object.values(OBJECT_TYPE);
  assert.equal(new Set(types).size, types.length);
  for (const made of types) {
    const object = await seal(made);
    for (const asked of types) {
      const rewritten = new Uint8Array(object);
      rewritten[5] = asked;
      if (asked === made) continue;
      assert.equal(await failure(openObject(key, asked, context, object)), 'E_INTEGRITY');
      assert.equal(await failure(openObject(key, asked, context, rewritten)), 'E_INTEGRITY');
    }
  }
});

test('a suite below the floor is a downgrade, an unknown one above it an integrity error', async () => {
  const object = await seal();
  const withSuite = (suite: number): Bytes =>
    concat(object.subarray(0, 4), new Uint8Array([suite]), object.subarray(5));
  assert.equal(await failure(openObject(key, TYPE, context, object, SUITE + 1)), 'E_DOWNGRADE');
  assert.equal(await failure(openObject(key, TYPE, context, withSuite(0))), 'E_DOWNGRADE');
  for (const suite of [2, 3, 127, 255]) {
    assert.equal(await failure(openObject(key, TYPE, context, withSuite(suite))), 'E_INTEGRITY');
    assert.equal(
      await failure(openObject(key, TYPE, context, withSuite(suite), 200)),
      suite < 200 ? 'E_DOWNGRADE' : 'E_INTEGRITY',
    );
  }
});

test('the same content sealed twice has nothing in common but its head', async () => {
  const [a, b] = [await seal(), await seal()];
  assert.deepEqual(a.subarray(0, 6), b.subarray(0, 6));
  for (const [from, to] of [
    [6, 38],
    [38, 70],
    [70, a.length],
  ] as const) {
    assert.notDeepEqual(a.subarray(from, to), b.subarray(from, to));
  }
});

test('with a random source stuck at one value, type and context still keep keys apart', async () => {
  const salt = new Uint8Array(32);
  const sealed = await Promise.all([
    sealObject(key, OBJECT_TYPE.wrap, context, plaintext, salt),
    sealObject(key, OBJECT_TYPE.logEntry, context, plaintext, salt),
    sealObject(key, OBJECT_TYPE.logEntry, utf8('another'), plaintext, salt),
  ]);
  const bodies = sealed.map((object) => object.subarray(38).toString());
  assert.equal(new Set(bodies).size, sealed.length);
});
