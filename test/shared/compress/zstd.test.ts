/** Codec 2 against Node's own Zstandard, and against frames that must not be opened. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { constants, type ZstdOptions, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import fc from 'fast-check';
import { fingerprint } from '../../../.ci/zstd.ts';
import { type Bytes, concat, utf8 } from '../../../shared/bytes/index.ts';
import {
  CODEC_DEFLATE,
  CODEC_RAW,
  CODEC_ZSTD,
  contentLength,
  createCodecs,
  decompress,
} from '../../../shared/compress/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';

const MAX = 4_190_208;
const own = (bytes: Uint8Array): Bytes => new Uint8Array(bytes);
const random = (length: number): Bytes => own(randomBytes(length));
const integrity = (error: unknown) => error instanceof HoldfastError && error.code === 'E_INTEGRITY';
const refused = (frame: Uint8Array, length: number) =>
  assert.rejects(decompress(CODEC_ZSTD, own(frame), length), integrity);
const text = (length: number): Bytes => {
  let all = '';
  for (let line = 0; all.length < length; line++)
    all += `line ${line * 7919}: the quick brown fox, ${line % 13} times\n`;
  return utf8(all.slice(0, length));
};
const codecs = await createCodecs();

/** A frame from parts: what its descriptor says, the fields that follow, and blocks of type 0 raw, 1 repeated, 3 reserved. */
function frame(descriptor: number, fields: number[], ...blocks: { type: number; size: number; data: number[] }[]) {
  const header = [0x28, 0xb5, 0x2f, 0xfd, descriptor, ...fields];
  const body = blocks.flatMap(({ type, size, data }, i) => {
    const word = (size << 3) | (type << 1) | (i === blocks.length - 1 ? 1 : 0);
    return [word & 255, (word >> 8) & 255, word >> 16, ...data];
  });
  return new Uint8Array([...header, ...body]);
}
const raw = (...data: number[]) => ({ type: 0, size: data.length, data });
const SINGLE_SEGMENT = 0x20;
const CHECKSUM = 0x04;
const SIZE_IN_4 = 0x80;

test('what is written is read here and by Node, at every length', async () => {
  const lengths = [128, 129, 1_000, 65_535, 65_536, 65_537, 131_072, 1_048_576, 2_097_153, MAX - 1, MAX];
  for (const plain of lengths.map(text)) {
    const { codec, data } = codecs.compress(plain, false);
    assert.equal(codec, CODEC_ZSTD);
    assert.ok(data.length <= plain.length * 0.97);
    assert.deepEqual(own(zstdDecompressSync(data)), plain);
    assert.deepEqual(await decompress(codec, data, plain.length), plain);
  }
});

test('any bytes come back, whatever was compressed before', async () => {
  const unit = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const content = fc.array(fc.tuple(unit, fc.integer({ min: 1, max: 3_000 })), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(content, async (parts) => {
      const plain = concat(...parts.flatMap(([part, times]) => Array.from({ length: times }, () => part)));
      const { codec, data } = codecs.compress(plain, false);
      assert.ok(data.length <= plain.length);
      if (codec === CODEC_ZSTD) assert.deepEqual(own(zstdDecompressSync(data)), plain);
      assert.deepEqual(await decompress(codec, data, plain.length), plain);
    }),
    { numRuns: 100 },
  );
});

test('frames of other writers are read', async () => {
  const cases = [-5, 1, 3, 9, 19].flatMap((level) => [0, 1, 100, 300_000].map((length) => [level, length] as const));
  for (const [level, length] of [...cases, [1, MAX], [5, MAX]] as const) {
    const plain = text(length);
    const params = { [constants.ZSTD_c_compressionLevel]: level };
    assert.deepEqual(await decompress(CODEC_ZSTD, own(zstdCompressSync(plain, { params })), length), plain);
  }
});

test('how long the content is stands in what is stored, and nothing else is believed', () => {
  for (const plain of [1, 128, 255, 256, 257, 65_791, 65_792, 1_048_576, MAX].map(text)) {
    const { codec, data } = codecs.compress(plain, false);
    assert.equal(contentLength(codec, data), plain.length);
    assert.equal(contentLength(CODEC_ZSTD, own(zstdCompressSync(plain))), plain.length);
  }
  assert.equal(contentLength(CODEC_DEFLATE, random(10)), null);
  const fields = [0, 0, 0, 0, 0, 0, 0, 0, 0];
  const bad = [new Uint8Array(0), random(20), frame(0, fields), frame(SINGLE_SEGMENT | 1, fields)];
  const tooLong = [frame(SIZE_IN_4, [0, 255, 255, 255, 255]), frame(0xc0, [0, ...Array<number>(8).fill(255)])];
  for (const each of [...bad, ...tooLong]) assert.throws(() => contentLength(CODEC_ZSTD, each), integrity);
  assert.throws(() => contentLength(3, random(20)), integrity);
});

test('the smallest frames, written by hand', async () => {
  assert.deepEqual(
    await decompress(CODEC_ZSTD, frame(SINGLE_SEGMENT, [3], raw(1, 2, 3)), 3),
    own(new Uint8Array([1, 2, 3])),
  );
  assert.deepEqual(await decompress(CODEC_ZSTD, frame(SINGLE_SEGMENT, [0], raw()), 0), new Uint8Array(0));
});

test('content that is not worth it stays as it is, without a copy', () => {
  for (const plain of [
    random(127),
    text(127),
    random(200),
    random(65_536),
    random(65_537),
    random(MAX),
    new Uint8Array(0),
  ]) {
    const { codec, data } = codecs.compress(plain, false);
    assert.equal(codec, CODEC_RAW);
    assert.equal(data, plain);
  }
  const zeros = new Uint8Array(100_000);
  assert.equal(codecs.compress(zeros, true).data, zeros);
  assert.equal(codecs.compress(zeros, false).codec, CODEC_ZSTD);
  assert.equal(codecs.compress(concat(random(500_000), text(500_000)), false).codec, CODEC_ZSTD);
  assert.throws(() => codecs.compress(new Uint8Array(MAX + 1), false), { code: 'E_INPUT' });
});

test('a frame must say exactly the length, and nothing may stand beside it', async () => {
  const plain = text(5_000);
  const good = zstdCompressSync(plain);
  for (const length of [0, 1, 4_999, 5_001, MAX, MAX + 1, 2 ** 31, 2 ** 53 - 1]) await refused(good, length);
  const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7]);
  const empty = zstdCompressSync(new Uint8Array(0));
  for (const other of [new Uint8Array(1), skippable, empty, good]) {
    await refused(concat(good, other), 5_000);
    await refused(concat(other, good), 5_000);
    await refused(concat(good, other), 10_000);
  }
  await refused(skippable, 0);
  await refused(new Uint8Array(4_194_305), 5_000);
  for (let cut = 0; cut < good.length; cut += 1) await refused(good.subarray(0, cut), 5_000);
});

test('checksums, dictionaries, wide windows, reserved bits and frames without a length are refused', async () => {
  const plain = text(50_000);
  const made = (options: ZstdOptions) => zstdCompressSync(plain, options);
  await refused(made({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }), plain.length);
  await refused(made({ params: { [constants.ZSTD_c_contentSizeFlag]: 0 } }), plain.length);
  await refused(made({ dictionary: Buffer.from(text(2_000)) }), plain.length + 1);

  const three = raw(1, 2, 3);
  const said = [3, 0, 0, 0];
  const window = (byte: number) => frame(SIZE_IN_4, [byte, ...said], three);
  assert.equal((await decompress(CODEC_ZSTD, window(12 << 3), 3)).length, 3); // 2^22
  for (const byte of [(12 << 3) | 1, 13 << 3, 21 << 3, 255]) await refused(window(byte), 3);
  await refused(frame(SINGLE_SEGMENT | 1, [9, 3], three), 3); // dictionary 9
  await refused(frame(SINGLE_SEGMENT | CHECKSUM, [3], three), 3);
  await refused(frame(SINGLE_SEGMENT | 0x08, [3], three), 3);
  await refused(frame(0, [0], three), 3);
  await refused(frame(SINGLE_SEGMENT, [3], { type: 3, size: 3, data: [1, 2, 3] }), 3);
});

test('a bomb is refused before it is opened, and one that lies writes no more than it said', async () => {
  const bomb = zstdCompressSync(new Uint8Array(256 * 1_048_576));
  const repeated = { type: 1, size: 131_072, data: [0] };
  const liar = frame(SIZE_IN_4, [12 << 3, 100, 0, 0, 0], ...Array.from({ length: 5_000 }, () => repeated));
  const before = process.memoryUsage();
  await refused(bomb, MAX);
  await refused(bomb, 256 * 1_048_576);
  await refused(liar, 100);
  const { arrayBuffers, external } = process.memoryUsage();
  assert.ok(arrayBuffers - before.arrayBuffers < 32 * 1_048_576);
  assert.ok(external - before.external < 32 * 1_048_576);
});

test('junk and damaged frames are refused or give the length, nothing else is thrown, and the next frame opens', async () => {
  const plain = text(30_000);
  const good = own(zstdCompressSync(plain));
  const damaged = fc
    .array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })
    .map((flips) => {
      const bytes = good.slice();
      for (const [at, flip] of flips) bytes[at] = (bytes[at] as number) ^ flip;
      return bytes;
    });
  const junk = fc.uint8Array({ maxLength: 3_000 }).map((bytes) => concat(good.subarray(0, 8), bytes));
  await fc.assert(
    fc.asyncProperty(fc.oneof(damaged, junk, fc.uint8Array({ maxLength: 100 }).map(own)), async (bytes) => {
      const result = await decompress(CODEC_ZSTD, bytes, plain.length).catch((error: unknown) => {
        assert.ok(integrity(error));
        return null;
      });
      if (result !== null) assert.equal(result.length, plain.length);
    }),
    { numRuns: 2_000 },
  );
  assert.deepEqual(await decompress(CODEC_ZSTD, good, plain.length), plain);
});

test('frames opened at the same time do not meet', async () => {
  const plains = Array.from({ length: 40 }, (_, i) => text(1_000 + i * 3_000));
  const opened = await Promise.all(
    plains.map((plain) => decompress(CODEC_ZSTD, own(zstdCompressSync(plain)), plain.length)),
  );
  assert.deepEqual(opened, plains);
});

test('the modules are built from the sources beside them', async () => {
  const from = await fingerprint();
  for (const name of ['encode', 'decode']) {
    const module = await readFile(new URL(`../../../shared/compress/wasm/zstd-${name}.ts`, import.meta.url), 'utf8');
    assert.ok(module.includes(`from ${from};`), `zstd-${name}.ts: run npm run zstd`);
  }
});
