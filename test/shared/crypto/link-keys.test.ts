/** A link's fragment and its keys: what is malformed is gone, and a password takes part in what opens. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, toBase64url, toHex } from '../../../shared/bytes/index.ts';
import { decodeFragment, encodeFragment, linkKeys, linkLookup } from '../../../shared/crypto/index.ts';
import { random } from '../../support/fixtures.ts';

const GONE = { code: 'E_LINK_GONE' };

test('a fragment carries secret and flag in 24 characters', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.boolean(), (bytes, hasPassword) => {
      const link = { secret: new Uint8Array(bytes), hasPassword };
      const fragment = encodeFragment(link);
      assert.match(fragment, /^[A-Za-z0-9_-]{24}$/);
      assert.deepEqual(decodeFragment(fragment), link);
    }),
  );
});

test('whatever is not a fragment of ours is a link that is gone', () => {
  const secret = random.bytes(16);
  const good = encodeFragment({ secret, hasPassword: false });
  const made = (...head: number[]) => toBase64url(concat(new Uint8Array(head), secret));
  const bad = [
    '',
    '#',
    'A',
    'AQ',
    'AQA',
    good.slice(0, -1),
    `${good}A`,
    `${good}AAAA`,
    `#${good}`,
    `${good}=`,
    ` ${good}`,
    good.replace(/^A/, '+'),
    `${good.slice(0, 23)}é`,
    made(0, 0),
    made(2, 0),
    made(1, 2),
    made(1, 3),
    made(1, 128),
    toBase64url(secret),
  ];
  for (const fragment of bad) assert.throws(() => decodeFragment(fragment), GONE, JSON.stringify(fragment));
});

test('arbitrary text never gives anything but a link or "gone", and a link only in its one form', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.base64String(), fc.stringMatching(/^A[QR][A-Za-z0-9_-]{22}$/)),
      (text) => {
        try {
          assert.equal(encodeFragment(decodeFragment(text)), text);
        } catch (error) {
          assert.equal((error as { code: string }).code, 'E_LINK_GONE');
        }
      },
    ),
  );
});

test('a password changes proof and record key but not the address, and is compared in its compatibility form', async () => {
  const secret = random.bytes(16);
  const open = await linkKeys({ secret, hasPassword: false }, '');
  const link = { secret, hasPassword: true };
  const right = await linkKeys(link, 'café ﬁn');
  const same = await linkKeys(link, 'cafe\u0301 fin');
  const wrong = await linkKeys(link, 'café fin ');
  assert.deepEqual(right, same);
  const all = [open, right, wrong];
  for (const keys of all) assert.deepEqual(keys.lookup, await linkLookup(secret));
  for (const part of ['auth', 'enc'] as const) {
    assert.equal(new Set(all.map((keys) => toHex(keys[part]))).size, all.length);
  }
  assert.deepEqual([right.lookup.length, right.auth.length, right.enc.length], [16, 32, 32]);
});

test('a link with a password has no keys without one', async () => {
  await assert.rejects(linkKeys({ secret: random.bytes(16), hasPassword: true }, ''), { code: 'E_LINK_PASSWORD' });
});

test('without the flag a password changes nothing, and another secret everything', async () => {
  const secret = random.bytes(16);
  const keys = await linkKeys({ secret, hasPassword: false }, '');
  assert.deepEqual(await linkKeys({ secret, hasPassword: false }, 'ignored'), keys);
  const other = await linkKeys({ secret: random.bytes(16), hasPassword: false }, '');
  for (const part of ['lookup', 'auth', 'enc'] as const) assert.notDeepEqual(other[part], keys[part]);
});
