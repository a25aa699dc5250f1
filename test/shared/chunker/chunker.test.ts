/** Streams and files through the chunker as it is shipped. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, concat, equal } from '../../../shared/bytes/index.ts';
import { createChunker, isPacked, MAX_CHUNK, type Read } from '../../../shared/chunker/index.ts';
import { pseudoRandom, repeated } from '../../support/pseudo-random.ts';

const MIB = 1_048_576;
const MIN = 262_144;
const chunker = await createChunker(pseudoRandom('chunker/secret', 4_112));
const random = pseudoRandom('chunker/bytes', 12 * MIB);

function cutsOf(bytes: Uint8Array, pieces: readonly number[] = [bytes.length]): number[] {
  const splitter = chunker.splitter();
  const cuts: number[] = [];
  let at = 0;
  for (const piece of pieces) {
    cuts.push(...splitter.push(bytes.subarray(at, at + piece)));
    at += piece;
  }
  cuts.push(...splitter.push(bytes.subarray(at)));
  return cuts;
}

const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const reader =
  (bytes: Bytes): Read =>
  async (start, end) =>
    bytes.slice(start, end);

async function chunksOf(bytes: Bytes, read = reader(bytes)): Promise<Bytes[]> {
  const chunks: Bytes[] = [];
  for await (const chunk of chunker.split(read, bytes.length)) chunks.push(chunk);
  return chunks;
}

test('the same cuts however the stream arrives', () => {
  const whole = cutsOf(random);
  assert.ok(whole.length >= 5);
  const piece = fc.oneof(fc.nat(3 * MIB), fc.nat(200), fc.constantFrom(0, 1, 63, 64, 65, MIN, MIB));
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => assert.deepEqual(cutsOf(random, pieces), whole)),
    { numRuns: 5 },
  );
  const cut = whole[0] as number;
  for (const piece of [cut - 1, cut, cut + 1]) assert.deepEqual(cutsOf(random, [piece]), whole);
});

test('chunks joined are the file, within the bounds, each with its own buffer; each byte is read once and in order', async () => {
  for (const size of [1, MIB, MIB + 1, 5 * MIB + 17, random.length]) {
    const bytes = random.slice(0, size);
    let next = 0;
    const chunks = await chunksOf(bytes, async (start, end) => {
      assert.equal(start, next);
      assert.ok(end <= size && end - start <= MAX_CHUNK);
      next = end;
      return bytes.slice(start, end);
    });
    assert.equal(next, size);
    assert.ok(equal(concat(...chunks), bytes));
    assert.equal(new Set(chunks.map((chunk) => chunk.buffer)).size, chunks.length);
    for (const [i, chunk] of chunks.entries()) {
      assert.ok(chunk.length <= MAX_CHUNK && chunk.length > 0);
      assert.equal(chunk.buffer.byteLength, chunk.length);
      if (i < chunks.length - 1) assert.ok(chunk.length >= MIN);
    }
    if (size > MIB) {
      const ends = chunks.map((_, i) => chunks.slice(0, i + 1).reduce((sum, chunk) => sum + chunk.length, 0));
      assert.deepEqual(
        ends.filter((end) => end < size),
        cutsOf(bytes).filter((end) => end < size),
      );
    } else assert.equal(chunks.length, 1);
  }
  assert.deepEqual(await chunksOf(new Uint8Array(0)), []);
});

test('files of a compressed kind are cut evenly', async () => {
  const jpeg = concat(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), random.subarray(0, 9 * MIB));
  const chunks = await chunksOf(jpeg);
  assert.deepEqual(
    chunks.map((chunk) => chunk.length),
    [MAX_CHUNK, MAX_CHUNK, jpeg.length - 2 * MAX_CHUNK],
  );
  assert.ok(equal(concat(...chunks), jpeg));
  const small = jpeg.slice(0, 2 * MIB);
  assert.deepEqual(await chunksOf(small), [small]);
});

test('an insertion in the middle changes few chunks', async () => {
  const before = await chunksOf(random);
  const at = 6 * MIB + 1;
  const edited = concat(random.subarray(0, at), new TextEncoder().encode('inserted'), random.subarray(at));
  const known = new Set(before.map(hash));
  const changed = (await chunksOf(edited)).filter((chunk) => !known.has(hash(chunk)));
  assert.ok(changed.length <= 3, `${changed.length} of ${before.length} chunks changed`);
});

test('bytes that repeat are cut at the largest size', async () => {
  const sizes = (await chunksOf(new Uint8Array(2 * MAX_CHUNK + 5))).map((chunk) => chunk.length);
  assert.deepEqual(sizes, [MAX_CHUNK, MAX_CHUNK, 5]);
});

test('another secret cuts elsewhere', async () => {
  const other = (await createChunker(pseudoRandom('chunker/other', 4_112))).splitter().push(random);
  const cuts = cutsOf(random);
  assert.ok(other.length > 0 && !other.some((cut) => cuts.includes(cut)));
});

test('a file that changes its length while it is read is told', async () => {
  for (const size of [100, 3 * MIB]) {
    const short: Read = async (start, end) => random.slice(start, end - 1);
    await assert.rejects(
      async () => {
        for await (const _ of chunker.split(short, size));
      },
      { code: 'E_SOURCE_CHANGED' },
    );
  }
});

test('reading stays little ahead of what is taken, and nobody minds a read that fails after that', async () => {
  const bytes = repeated(random, 3);
  let given = 0;
  const near: Read = async (start, end) => {
    assert.ok(end - given <= 3 * MAX_CHUNK);
    return bytes.slice(start, end);
  };
  for await (const chunk of chunker.split(near, bytes.length)) given += chunk.length;
  assert.equal(given, bytes.length);

  const once: Read = async (start, end) => {
    if (start > 0) throw new Error('the disk is gone');
    return bytes.slice(start, end);
  };
  for await (const chunk of chunker.split(once, bytes.length)) {
    assert.ok(chunk.length >= MIN);
    break;
  }
  await assert.rejects(async () => {
    for await (const _ of chunker.split(once, bytes.length));
  }, /the disk is gone/);
});

test('compressed kinds are known by their first bytes', () => {
  const kinds: Record<string, string> = {
    jpeg: 'ffd8ffe000104a46',
    png: '89504e470d0a1a0a',
    gif: '474946383961',
    webp: '52494646aabbccdd57454250',
    mp4: '000000186674797069736f6d',
    heic: '000000186674797068656963',
    mkv: '1a45dfa3a3428681',
    mp3: '49443304',
    ogg: '4f67675300',
    flac: '664c614300',
    docx: '504b030414000600',
    gz: '1f8b0800',
    xz: 'fd377a585a00',
    zst: '28b52ffd',
    bz2: '425a6839',
    '7z': '377abcaf271c',
    rar: '526172211a0701',
  };
  for (const [kind, hex] of Object.entries(kinds)) assert.ok(isPacked(Buffer.from(hex, 'hex')), kind);
  const others = ['', 'ff', '255044462d312e37', '52494646aabbccdd57415645', '3c3f786d6c', '504b0506', '424d'];
  for (const hex of others) assert.ok(!isPacked(Buffer.from(hex, 'hex')), hex);
});

test('frozen vectors hold', async () => {
  const path = new URL('../../vectors/chunker.json', import.meta.url);
  const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as {
    vectors: { secret: string; bytes: string; length: number; repeat: number; cuts: number[] }[];
  };
  assert.ok(vectors.length >= 4);
  for (const { secret, bytes, length, repeat, cuts } of vectors) {
    const stream = repeated(pseudoRandom(bytes, length), repeat);
    const splitter = (await createChunker(pseudoRandom(secret, 4_112))).splitter();
    assert.deepEqual(splitter.push(stream), cuts);
  }
});
