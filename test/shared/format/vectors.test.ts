/** Frozen vectors: whoever changes one of these bytes can no longer read what was stored before. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { concat, fromHex, toHex, utf8 } from '../../../shared/bytes/index.ts';
import { CODEC_ZSTD, decompress } from '../../../shared/compress/index.ts';
import {
  aeadOpen,
  decodeFragment,
  domainKeys,
  encodeFragment,
  linkKeys,
  openObject,
  sealObject,
  sha256,
} from '../../../shared/crypto/index.ts';
import { chunkId, chunkKey, openChunk } from '../../../shared/format/index.ts';
import { entryHash } from '../../../shared/vault/index.ts';

const vectors = JSON.parse(readFileSync(new URL('../../vectors/format.json', import.meta.url), 'utf8'));

test('a chunk', async () => {
  const v = vectors.chunk;
  const keys = await domainKeys(fromHex(v.domainSecret), fromHex(v.domainId));
  const h = await sha256(utf8(v.plaintext));
  assert.equal(toHex(h), v.h);
  const cid = await chunkId(keys, h);
  assert.equal(toHex(cid), v.cid);
  const key = await chunkKey(keys, cid, fromHex(v.salt));
  assert.equal(toHex(concat(key.key, key.nonce)), v.okm);
  const ref = { len: utf8(v.plaintext).length, h };
  assert.deepEqual(await openChunk(keys.domainId, key, ref, fromHex(v.blob)), utf8(v.plaintext));
});

test('a chunk of codec 2', async () => {
  const { domainSecret, domainId, salt } = vectors.chunk;
  const { plaintext, frame, blob } = vectors.zstdChunk;
  const keys = await domainKeys(fromHex(domainSecret), fromHex(domainId));
  const h = await sha256(utf8(plaintext));
  const key = await chunkKey(keys, await chunkId(keys, h), fromHex(salt));
  assert.deepEqual(await decompress(CODEC_ZSTD, fromHex(frame), plaintext.length), utf8(plaintext));
  assert.deepEqual(await openChunk(keys.domainId, key, { len: plaintext.length, h }, fromHex(blob)), utf8(plaintext));
});

test('an object', async () => {
  const v = vectors.object;
  const sealed = await sealObject(fromHex(v.key), v.type, fromHex(v.context), utf8(v.plaintext), fromHex(v.salt));
  assert.equal(toHex(sealed), v.object);
  assert.deepEqual(await openObject(fromHex(v.key), v.type, fromHex(v.context), sealed), utf8(v.plaintext));
});

test('a link', async () => {
  const v = vectors.link;
  const link = { secret: fromHex(v.secret), hasPassword: false };
  assert.equal(encodeFragment(link), v.fragment);
  assert.deepEqual(decodeFragment(v.fragment), link);
  const keys = await linkKeys(link, '');
  assert.deepEqual([toHex(keys.lookup), toHex(keys.auth), toHex(keys.enc)], [v.lookup, v.auth, v.enc]);
});

test('a log entry', async () => {
  const v = vectors.entry;
  const place = { vaultId: fromHex(v.vault), seq: v.seq, prev: new Uint8Array(32) };
  assert.equal(toHex(await entryHash(place, utf8(v.body))), v.hash);
});

test('one ciphertext under two keys passes AES-GCM and must not pass an object', async () => {
  const twoKeys = fromHex(
    '40404040404040404040404040404040414141414141414141414141414141414242424242424242424242424242424243434343434343434343434343434343' +
      '44b97d18391b6d98073cced8aa377b93d42bb5f523788dd9b6a4f796e8e2288b',
  );
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const nonce = new Uint8Array(12);
  const none = new Uint8Array(0);
  assert.notDeepEqual(await aeadOpen(a, nonce, none, twoKeys), await aeadOpen(b, nonce, none, twoKeys));
  const context = utf8('context');
  const sealed = await sealObject(a, 2, context, utf8('x'), new Uint8Array(32));
  await assert.rejects(openObject(b, 2, context, sealed), { code: 'E_INTEGRITY' });
});
