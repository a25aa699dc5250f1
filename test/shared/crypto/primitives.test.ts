/** The primitives give what their standards print, and keep private keys private. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, fromHex, toHex, utf8 } from '../../../shared/bytes/index.ts';
import {
  aeadOpen,
  aeadSeal,
  generateSigningPair,
  hkdf,
  hkdfKey,
  hmac,
  hmacKey,
  sha256,
  sign,
  signingPairOfSeed,
  verify,
} from '../../../shared/crypto/index.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

const none = new Uint8Array(0);

test('Ed25519: RFC 8032, test 1 and test 2', async () => {
  const vectors = [
    {
      seed: '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      message: none,
      signature:
        'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    },
    {
      seed: '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      publicKey: '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      message: fromHex('72'),
      signature:
        '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    },
  ];
  for (const { seed, publicKey, message, signature } of vectors) {
    const pair = await signingPairOfSeed(fromHex(seed));
    assert.equal(toHex(pair.publicKey), publicKey);
    assert.equal(toHex(await sign(pair.signingKey, message)), signature);
    assert.equal(await verify(pair.publicKey, fromHex(signature), message), true);
  }
});

test('HKDF-SHA-256: RFC 5869, test case 1', async () => {
  const okm = await hkdf(
    await hkdfKey(new Uint8Array(22).fill(0x0b)),
    fromHex('000102030405060708090a0b0c'),
    fromHex('f0f1f2f3f4f5f6f7f8f9'),
    42,
  );
  assert.equal(toHex(okm), '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865');
});

test('HMAC-SHA-256: RFC 4231, test case 2; SHA-256: FIPS 180-4, "abc"', async () => {
  assert.equal(
    toHex(await hmac(await hmacKey(utf8('Jefe')), utf8('what do ya want for nothing?'))),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
  assert.equal(toHex(await sha256(utf8('abc'))), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('AES-256-GCM: the 32-byte zero key and 16 zero bytes of the GCM specification', async () => {
  const sealed = await aeadSeal(new Uint8Array(32), new Uint8Array(12), none, new Uint8Array(16));
  assert.equal(toHex(sealed), 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
});

test('what was sealed opens only whole, under its key, nonce and additional data', async () => {
  const [key, nonce, aad] = [random.bytes(32), random.bytes(12), utf8('place')];
  const sealed = await aeadSeal(key, nonce, aad, utf8('message'));
  assert.deepEqual(await aeadOpen(key, nonce, aad, sealed), utf8('message'));
  const attempts: Promise<Bytes>[] = [
    aeadOpen(flipped(key, 0), nonce, aad, sealed),
    aeadOpen(key, flipped(nonce, 0), aad, sealed),
    aeadOpen(key, nonce, flipped(aad, 0), sealed),
    aeadOpen(key, nonce, aad, flipped(sealed, 0)),
    ...[0, 1, 15, 16, sealed.length - 1].map((length) => aeadOpen(key, nonce, aad, sealed.subarray(0, length))),
  ];
  for (const code of await Promise.all(attempts.map(failure))) assert.equal(code, 'E_INTEGRITY');
});

test('a signature holds for its key and message only, and malformed ones are simply not valid', async () => {
  const { signingKey, publicKey } = await generateSigningPair();
  const message = utf8('this and nothing else');
  const signature = await sign(signingKey, message);
  assert.equal(await verify(publicKey, signature, message), true);
  const other = await generateSigningPair();
  assert.equal(await verify(other.publicKey, signature, message), false);
  assert.equal(await verify(publicKey, signature, flipped(message, 0)), false);
  for (let at = 0; at < signature.length; at++)
    assert.equal(await verify(publicKey, flipped(signature, at), message), false);
  for (const bad of [none, signature.subarray(1), random.bytes(65)])
    assert.equal(await verify(publicKey, bad, message), false);
  for (const bad of [none, publicKey.subarray(1), random.bytes(33)])
    assert.equal(await verify(bad, signature, message), false);
});

test('private keys cannot be exported', async () => {
  const pairs = [await generateSigningPair(), await signingPairOfSeed(random.bytes(32))];
  for (const { signingKey } of pairs) {
    assert.equal(signingKey.extractable, false);
    await assert.rejects(crypto.subtle.exportKey('pkcs8', signingKey));
  }
});

test('bytes over shared memory are taken too', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(utf8('abc'));
  assert.deepEqual(await sha256(shared), await sha256(utf8('abc')));
});
