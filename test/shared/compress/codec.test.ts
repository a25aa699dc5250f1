import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { type Bytes, concat, utf8 } from '../../../shared/bytes/index.ts';
import { CODEC_DEFLATE, CODEC_RAW, decompress } from '../../../shared/compress/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';

const integrity = (error: unknown) => error instanceof HoldfastError && error.code === 'E_INTEGRITY';
const random = (length: number): Bytes => new Uint8Array(randomBytes(length));
const own = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);
const compress = (codec: number, bytes: Bytes): Bytes => (codec === CODEC_RAW ? bytes : own(deflateRawSync(bytes)));
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 2_000 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 5_000 })).map(([unit, times]) => {
    const out = new Uint8Array(unit.length * times);
    for (let i = 0; i < times; i++) out.set(unit, i * unit.length);
    return out;
  }),
);

test('raw and deflated bytes give back what went in', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.constantFrom(CODEC_RAW, CODEC_DEFLATE), async (input, codec) => {
      const plain = own(input);
      const packed = compress(codec, plain);
      assert.deepEqual(await decompress(codec, packed, plain.length), plain);
    }),
    { numRuns: 60 },
  );
});

test('any other length is refused', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, fc.constantFrom(CODEC_RAW, CODEC_DEFLATE), fc.nat(3_000), async (input, codec, length) => {
      fc.pre(length !== input.length);
      const packed = compress(codec, own(input));
      await assert.rejects(decompress(codec, packed, length), integrity);
    }),
    { numRuns: 60 },
  );
});

test('a truncated stream and bytes after its end are refused', async () => {
  const plain = utf8('the quick brown fox '.repeat(2_000));
  const packed = compress(CODEC_DEFLATE, plain);
  for (const cut of [0, 1, packed.length >> 1, packed.length - 1]) {
    await assert.rejects(decompress(CODEC_DEFLATE, packed.slice(0, cut), plain.length), integrity);
  }
  for (const tail of [new Uint8Array(1), new Uint8Array(5_000), packed, new Uint8Array([3, 0])]) {
    await assert.rejects(decompress(CODEC_DEFLATE, concat(packed, tail), plain.length), integrity);
  }
});

test('junk is refused or, by chance, has the right length; nothing else is ever thrown', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), fc.nat(3_000), async (junk, length) => {
      const result = await decompress(CODEC_DEFLATE, own(junk), length).catch((error: unknown) => {
        assert.ok(integrity(error));
        return null;
      });
      if (result !== null) assert.equal(result.length, length);
    }),
    { numRuns: 200 },
  );
});

test('a byte after a stream that ends where a piece of the input ends is refused', async () => {
  const plain = random(16_384 - 5);
  const packed = own(deflateRawSync(plain, { level: 0 }));
  assert.equal(packed.length, 16_384);
  assert.deepEqual(await decompress(CODEC_DEFLATE, packed, plain.length), plain);
  await assert.rejects(decompress(CODEC_DEFLATE, concat(packed, new Uint8Array(1)), plain.length), integrity);
});

test('an unknown codec is refused', async () => {
  for (const codec of [3, 255, -1, Number.NaN])
    await assert.rejects(decompress(codec, new Uint8Array(3), 3), integrity);
});

test('a bomb is left as soon as it says too much', async () => {
  const bomb = own(deflateRawSync(new Uint8Array(256 * 1_048_576), { level: 9 }));
  const before = process.memoryUsage().arrayBuffers;
  await assert.rejects(decompress(CODEC_DEFLATE, bomb, 4_190_208), integrity);
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1_048_576);
});

test('files written by other deflaters are read', async () => {
  const plain = random(300_000);
  for (const level of [0, 1, 6, 9]) {
    assert.deepEqual(await decompress(CODEC_DEFLATE, own(deflateRawSync(plain, { level })), plain.length), plain);
  }
});
