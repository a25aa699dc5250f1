/** A chunk comes back equal or not at all, and its key and nonce never meet two messages. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { type Bytes, concat, toHex, utf8 } from '../../../shared/bytes/index.ts';
import { CODEC_DEFLATE, CODEC_RAW, CODEC_ZSTD, type CodecId } from '../../../shared/compress/index.ts';
import { type DomainKeys, domainKeys, sha256 } from '../../../shared/crypto/index.ts';
import {
  CHUNK_OVERHEAD,
  CHUNK_SALT,
  chunkId,
  chunkKey,
  MAX_CHUNK,
  openChunk,
  openChunkById,
  type SealedChunk,
  sealChunk,
} from '../../../shared/format/index.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

let keys: DomainKeys;
before(async () => {
  keys = await domainKeys(random.bytes(32), random.bytes(16));
});

const DEAD = new Uint8Array(32);

const FORMS = [(bytes: Bytes) => bytes, deflateRawSync, zstdCompressSync];
const compress = (codec: CodecId, bytes: Bytes): Bytes => new Uint8Array(FORMS[codec]!(bytes));

const joined = ({ salt, sealed }: SealedChunk): Bytes => concat(salt, sealed);

async function seal(plaintext: Bytes, codec: CodecId = CODEC_RAW, dice = random.bytes(32), domain = keys) {
  const h = await sha256(plaintext);
  const cid = await chunkId(domain, h);
  const blob = joined(await sealChunk(domain, { h, cid }, codec, compress(codec, plaintext), dice));
  return { blob, cid, ref: { len: plaintext.length, h } };
}

async function open({ blob, cid, ref }: Awaited<ReturnType<typeof seal>>, domain = keys): Promise<Bytes> {
  return openChunk(domain.domainId, await chunkKey(domain, cid, blob.slice(0, CHUNK_SALT)), ref, blob);
}

test('any content comes back under every codec, 33 bytes longer in between when raw', async () => {
  const content = fc.uint8Array({ maxLength: 4_000 }).map((bytes) => new Uint8Array(bytes));
  await fc.assert(
    fc.asyncProperty(
      content,
      fc.constantFrom<CodecId>(CODEC_RAW, CODEC_DEFLATE, CODEC_ZSTD),
      async (plaintext, codec) => {
        const sealed = await seal(plaintext, codec);
        if (codec === CODEC_RAW) assert.equal(sealed.blob.length, plaintext.length + CHUNK_OVERHEAD);
        assert.deepEqual(await open(sealed), plaintext);
      },
    ),
    { numRuns: 60 },
  );
});

test('the largest chunk comes back', async () => {
  const plaintext = random.bytes(MAX_CHUNK);
  assert.deepEqual(await open(await seal(plaintext)), plaintext);
});

test('every flipped byte and every cut is an integrity error', async () => {
  const sealed = await seal(utf8('a piece of a file'));
  const { blob } = sealed;
  const key = await chunkKey(keys, sealed.cid, blob.slice(0, CHUNK_SALT));
  for (let at = 0; at < blob.length; at++) {
    assert.equal(await failure(openChunk(keys.domainId, key, sealed.ref, flipped(blob, at))), 'E_INTEGRITY', `${at}`);
    assert.equal(await failure(open({ ...sealed, blob: flipped(blob, at) })), 'E_INTEGRITY', `${at}`);
    assert.equal(await failure(openChunk(keys.domainId, key, sealed.ref, blob.subarray(0, at))), 'E_INTEGRITY');
  }
  assert.equal(await failure(open({ ...sealed, blob: concat(blob, DEAD) })), 'E_INTEGRITY');
});

test('a true blob is not taken for another chunk, of another length, hash or domain', async () => {
  const mine = await seal(utf8('content'));
  const other = await seal(utf8('another'));
  const wrong = [
    { ...mine, ref: { ...mine.ref, len: mine.ref.len - 1 } },
    { ...mine, ref: { ...mine.ref, len: mine.ref.len + 1 } },
    { ...mine, ref: { ...mine.ref, h: other.ref.h } },
    { ...mine, blob: other.blob },
    { ...mine, cid: other.cid },
  ];
  for (const each of wrong) assert.equal(await failure(open(each)), 'E_INTEGRITY');
  const stranger = await domainKeys(random.bytes(32), keys.domainId);
  assert.equal(await failure(open(mine, stranger)), 'E_INTEGRITY');
  const sameSecretOtherId = { ...keys, domainId: random.bytes(16) };
  assert.equal(await failure(open(mine, sameSecretOtherId)), 'E_INTEGRITY');
});

test('somebody with the keys who lies about the codec or the content is found out by length and hash', async () => {
  const plaintext = utf8('x'.repeat(500));
  const h = await sha256(plaintext);
  const cid = await chunkId(keys, h);
  const ref = { len: plaintext.length, h };
  const lies: [number, Bytes][] = [
    [CODEC_DEFLATE, plaintext],
    [CODEC_RAW, compress(CODEC_DEFLATE, plaintext)],
    [CODEC_ZSTD, plaintext],
    [CODEC_ZSTD, compress(CODEC_DEFLATE, plaintext)],
    [CODEC_ZSTD, compress(CODEC_ZSTD, utf8('y'.repeat(500)))],
    [CODEC_ZSTD, concat(compress(CODEC_ZSTD, plaintext), utf8('more'))],
    [3, plaintext],
    [255, plaintext],
    [CODEC_RAW, utf8('y'.repeat(500))],
    [CODEC_DEFLATE, compress(CODEC_DEFLATE, utf8('x'.repeat(100_000)))],
    [CODEC_DEFLATE, concat(compress(CODEC_DEFLATE, plaintext), utf8('more'))],
  ];
  for (const [codec, data] of lies) {
    const blob = joined(await sealChunk(keys, { h, cid }, codec as CodecId, data, random.bytes(32)));
    assert.equal(await failure(open({ blob, cid, ref })), 'E_INTEGRITY', `codec ${codec}`);
  }
});

test('with a dead random source the same content has one salt, and every other input another', async () => {
  const plaintext = utf8('the same text, the same text, the same text, the same text');
  const raw = await seal(plaintext, CODEC_RAW, DEAD);
  assert.deepEqual((await seal(plaintext, CODEC_RAW, DEAD)).blob, raw.blob);
  const others = [
    await seal(plaintext, CODEC_DEFLATE, DEAD),
    await seal(concat(plaintext, DEAD), CODEC_RAW, DEAD),
    await seal(utf8(''), CODEC_RAW, DEAD),
    await seal(plaintext, CODEC_RAW, DEAD, await domainKeys(random.bytes(32), keys.domainId)),
  ];
  // Another way to deflate the same content, as another browser may have.
  const h = raw.ref.h;
  const stored = concat(new Uint8Array([1, plaintext.length, 0, 255 - plaintext.length, 255]), plaintext);
  const otherDeflate = {
    blob: joined(await sealChunk(keys, { h, cid: raw.cid }, CODEC_DEFLATE, stored, DEAD)),
    cid: raw.cid,
    ref: raw.ref,
  };
  assert.deepEqual(await open(otherDeflate), plaintext);
  const salts = [raw, ...others, otherDeflate].map(({ blob }) => toHex(blob.subarray(0, CHUNK_SALT)));
  assert.equal(new Set(salts).size, salts.length);
});

test('with a live one the same content is never sealed to the same bytes, and the id stays', async () => {
  const [a, b] = [await seal(utf8('x')), await seal(utf8('x'))];
  assert.deepEqual(a.cid, b.cid);
  assert.notDeepEqual(a.blob.subarray(0, CHUNK_SALT), b.blob.subarray(0, CHUNK_SALT));
  assert.notDeepEqual(a.blob.subarray(CHUNK_SALT), b.blob.subarray(CHUNK_SALT));
});

test('without a manifest a chunk opens by its id, and one that says something else does not', async () => {
  const plain = utf8('the same thing '.repeat(300));
  for (const codec of [CODEC_RAW, CODEC_DEFLATE, CODEC_ZSTD] as const) {
    const { blob, cid } = await seal(plain, codec);
    const key = await chunkKey(keys, cid, blob.slice(0, CHUNK_SALT));
    const expected = codec === CODEC_DEFLATE ? compress(codec, plain) : plain;
    assert.deepEqual(await openChunkById(keys, key, blob), expected);
    for (const at of [0, CHUNK_SALT, blob.length - 1])
      assert.equal(await failure(openChunkById(keys, key, flipped(blob, at))), 'E_INTEGRITY');
  }
  const cid = await chunkId(keys, await sha256(utf8('something else')));
  const h = await sha256(plain);
  const blob = joined(await sealChunk(keys, { h, cid }, CODEC_RAW, plain, DEAD));
  const key = await chunkKey(keys, cid, blob.slice(0, CHUNK_SALT));
  assert.equal(await failure(openChunkById(keys, key, blob)), 'E_INTEGRITY');
});
