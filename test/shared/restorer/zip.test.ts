import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { type Bytes, concat } from '../../../shared/bytes/index.ts';
import { crc32 } from '../../../shared/restorer/crc32.ts';
import { type ZipEntry, type ZipSource, zipLength, zipStream } from '../../../shared/restorer/zip.ts';
import { type Unzipped, unzip } from '../../support/unzip.ts';

const GIB = 2 ** 30;

async function* pieces(...parts: Uint8Array[]): AsyncGenerator<Bytes> {
  for (const part of parts) yield new Uint8Array(part);
}

function file(path: string[], mtime: number, ...parts: Uint8Array[]): ZipSource {
  return { kind: 'file', path, mtime, size: concat(...parts).length, open: () => pieces(...parts) };
}

function folder(path: string[], mtime = 0): ZipSource {
  return { kind: 'folder', path, mtime, size: 0, open: () => assert.fail('a folder is never opened') };
}

async function written(entries: readonly ZipSource[]): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of zipStream(entries)) parts.push(part);
  return concat(...parts);
}

const name = fc
  .string({ unit: 'binary', minLength: 1, maxLength: 20 })
  .filter((text) => text.isWellFormed() && !/[/\\\0]/.test(text) && text !== '.' && text !== '..');
const mtime = fc.integer({ min: -(2 ** 33) * 1000, max: 2 ** 34 * 1000 });
const source = fc.oneof(
  fc
    .tuple(fc.array(name, { minLength: 1, maxLength: 4 }), mtime, fc.array(fc.uint8Array({ maxLength: 300 })))
    .map(([path, when, parts]) => file(path, when, ...parts)),
  fc.tuple(fc.array(name, { minLength: 1, maxLength: 4 }), mtime).map(([path, when]) => folder(path, when)),
);

test('the CRC is that of ISO 3309, in one piece or in many', () => {
  assert.equal(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 100 })), (parts) => {
      const whole = concat(...parts);
      assert.equal(crc32(whole), zlib.crc32(whole));
      assert.equal(
        parts.reduce((crc, part) => crc32(part, crc), 0),
        crc32(whole),
      );
    }),
  );
});

test('what is written is read back, and has the length that was told', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(source, { maxLength: 12 }), async (entries) => {
      const zip = await written(entries);
      assert.equal(zip.length, zipLength(entries));
      const read = unzip(zip);
      assert.equal(read.length, entries.length);
      for (const [i, entry] of entries.entries()) await assertSame(read[i], entry);
    }),
  );
});

async function assertSame(got: Unzipped | undefined, entry: ZipSource): Promise<void> {
  const folder = entry.kind === 'folder';
  const second = Math.floor(entry.mtime / 1000);
  const parts: Bytes[] = [];
  if (!folder) for await (const part of entry.open()) parts.push(part);
  assert.equal(got?.name, entry.path.join('/') + (folder ? '/' : ''));
  assert.equal(got?.folder, folder);
  assert.deepEqual(new Uint8Array(got?.bytes ?? []), concat(...parts));
  assert.equal(got?.seconds, second >= -(2 ** 31) && second < 2 ** 31 ? second : null);
}

test('dates are kept in both forms, and clamped where MS-DOS has none', async () => {
  const when = Date.UTC(2026, 10, 21, 22, 33, 45);
  const [now, early, late, none] = unzip(
    await written([file(['a'], when), file(['b'], -1), file(['c'], Date.UTC(2500, 0)), file(['d'], Number.NaN)]),
  );
  assert.deepEqual(now?.dos, [2026, 11, 21, 22, 33, 44]);
  assert.equal(now?.seconds, when / 1000);
  assert.deepEqual([early?.dos, early?.seconds], [[1980, 1, 1, 0, 0, 0], -1]);
  assert.deepEqual([late?.dos, late?.seconds], [[2107, 12, 31, 23, 59, 58], null]);
  assert.deepEqual([none?.dos, none?.seconds], [[1980, 1, 1, 0, 0, 0], null]);
});

test('more entries than 16 bits count', async () => {
  for (const count of [65_534, 65_535]) {
    const entries = Array.from({ length: count }, (_, i) => folder([`f${i}`]));
    const zip = await written(entries);
    assert.equal(zip.length, zipLength(entries));
    assert.equal(unzip(zip).length, count);
  }
});

test('an entry and an offset beyond 32 bits are written in 64', async () => {
  const size = 2 ** 32 - 1;
  const block = new Uint8Array(4 * 1_048_576);
  async function* zeros(): AsyncGenerator<Bytes> {
    for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
  }
  const big: ZipSource = { kind: 'file', path: ['big'], mtime: 0, size, open: zeros };
  const entries = [big, file(['behind'], 0, new Uint8Array([1]))];
  let length = 0;
  const parts: Buffer[] = [];
  for await (const part of zipStream(entries)) {
    length += part.length;
    if (part.length < block.length - 1) parts.push(Buffer.from(part));
  }
  assert.equal(length, zipLength(entries));
  const [local, sizes, , , , end] = parts;
  assert.ok(local !== undefined && sizes !== undefined && end !== undefined);
  assert.deepEqual([local.readUInt16LE(4), local.readUInt32LE(18), local.readUInt32LE(22)], [45, size, size]);
  assert.equal(local.readUInt16LE(30 + 3), 1);
  assert.deepEqual(
    [sizes.length, sizes.readBigUInt64LE(8), sizes.readBigUInt64LE(16)],
    [24, BigInt(size), BigInt(size)],
  );
  assert.deepEqual([end.readUInt32LE(20), end.readUInt32LE(24), end.readUInt32LE(42)], [size, size, 0]);
  assert.deepEqual([end.readBigUInt64LE(46 + 3 + 4), end.readBigUInt64LE(46 + 3 + 12)], [BigInt(size), BigInt(size)]);
  const second = end.subarray(46 + 3 + 20 + 9);
  const begins = BigInt(local.length + size + 24);
  assert.deepEqual([second.readUInt32LE(42), second.readBigUInt64LE(46 + 6 + 4)], [size, begins]);
});

test('the told length grows by exactly what ZIP64 costs', () => {
  const entry = (size: number): ZipEntry => ({ kind: 'file', path: ['x'], mtime: 0, size });
  const overhead = (...sizes: number[]): number =>
    zipLength(sizes.map(entry)) - sizes.reduce((sum, size) => sum + size, 0);
  const limit = 2 ** 32 - 1;
  const plain = overhead(1);
  assert.equal(plain, 30 + 1 + 9 + 16 + 46 + 1 + 9 + 22);
  const wideEnding = 56 + 20;
  // below the limit by itself, but the directory begins beyond it
  assert.equal(overhead(limit - 1), plain + wideEnding);
  // local field, descriptor, central field
  assert.equal(overhead(limit), plain + 20 + 8 + 20 + wideEnding);
  assert.equal(overhead(5 * GIB), overhead(limit));
  // the second entry begins beyond the limit
  assert.equal(overhead(5 * GIB, 1), overhead(5 * GIB) + (plain - 22) + 12);
  assert.equal(overhead(1, 5 * GIB), overhead(5 * GIB) + (plain - 22));
});

test('an entry that gives more or fewer bytes than it said is an integrity error', async () => {
  for (const [size, given] of [
    [3, 2],
    [3, 4],
    [0, 1],
    [1, 0],
  ] as const) {
    const entry = { ...file(['x'], 0), size, open: () => pieces(new Uint8Array(given)) };
    await assert.rejects(written([entry]), { code: 'E_INTEGRITY' });
  }
});

test('names that could leave the folder, and impossible sizes, are refused', async () => {
  const paths = [
    [],
    [''],
    ['.'],
    ['..'],
    ['a', '..', 'b'],
    ['a/b'],
    ['a\\b'],
    ['a\0'],
    ['\ud800'],
    ['x'.repeat(65_536)],
  ];
  for (const path of paths) {
    assert.throws(() => zipLength([folder(path)]), { code: 'E_INPUT' });
    await assert.rejects(written([file(path, 0)]), { code: 'E_INPUT' });
  }
  for (const size of [-1, 0.5, Number.NaN, 2 ** 53]) {
    assert.throws(() => zipLength([{ ...file(['x'], 0), size }]), { code: 'E_INPUT' });
  }
  assert.throws(() => zipLength([{ ...folder(['x']), size: 1 }]), { code: 'E_INPUT' });
});
