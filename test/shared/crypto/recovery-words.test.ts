/** Twelve words carry the recovery key through paper, eyes and fingers, and a slip is noticed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { fromHex } from '../../../shared/bytes/index.ts';
import { recoveryKeyOfWords, sixWords, wordsOfRecoveryKey } from '../../../shared/crypto/index.ts';
import { random } from '../../support/fixtures.ts';

const anyKey = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => new Uint8Array(bytes));
const refused = { code: 'E_RECOVERY_WORDS' };

test('words of any key give it back', () => {
  fc.assert(
    fc.property(anyKey, (key) => {
      const words = wordsOfRecoveryKey(key);
      assert.equal(words.length, 12);
      assert.deepEqual(recoveryKeyOfWords(words.join(' ')), key);
    }),
  );
});

test('the published vectors of the word list', () => {
  const about = [...Array<string>(11).fill('abandon'), 'about'];
  assert.deepEqual(wordsOfRecoveryKey(new Uint8Array(16)), about);
  const legal = 'legal winner thank year wave sausage worth useful legal winner thank yellow';
  assert.deepEqual(recoveryKeyOfWords(legal), fromHex('7f'.repeat(16)));
});

test('case, spaces, commas and line ends do not matter', () => {
  const key = random.bytes(16);
  const words = wordsOfRecoveryKey(key);
  const typed = [
    `  ${words.join('   ')}  `,
    words.join('\n'),
    words.join(',\t'),
    words.join('\u00a0'),
    words.join('\u3000'),
    words.map((word) => word.toUpperCase()).join(' '),
    words.map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`).join('\r\n'),
  ];
  for (const text of typed) assert.deepEqual(recoveryKeyOfWords(text), key, JSON.stringify(text));
});

test('another number of words is refused', () => {
  const words = wordsOfRecoveryKey(random.bytes(16));
  for (const count of [0, 1, 11]) assert.throws(() => recoveryKeyOfWords(words.slice(0, count).join(' ')), refused);
  assert.throws(() => recoveryKeyOfWords([...words, 'abandon'].join(' ')), refused);
  assert.throws(() => recoveryKeyOfWords([...words, ...words].join(' ')), refused);
});

test('a word that is not in the list, and a checksum that does not hold, are refused', () => {
  const words = [...wordsOfRecoveryKey(new Uint8Array(16))];
  assert.throws(() => recoveryKeyOfWords([...words.slice(0, 11), 'holdfast'].join(' ')), refused);
  assert.throws(() => recoveryKeyOfWords(words.map(() => 'abandon').join(' ')), refused);
  const swapped = wordsOfRecoveryKey(fromHex('7f'.repeat(16))).toSorted();
  assert.throws(() => recoveryKeyOfWords(swapped.join(' ')), refused);
});

test('of all possible last words one in sixteen passes the checksum, and only one gives the key', () => {
  const key = random.bytes(16);
  const words = wordsOfRecoveryKey(key);
  const opened = wordlist.flatMap((last) => {
    try {
      return [recoveryKeyOfWords([...words.slice(0, 11), last].join(' '))];
    } catch {
      return [];
    }
  });
  assert.equal(opened.length, 2_048 / 16);
  assert.equal(opened.filter((each) => each.every((byte, i) => byte === key[i])).length, 1);
});

test('six words of a hash: the same for the same, others for a change in the first 66 bits', () => {
  const hash = random.bytes(32);
  assert.deepEqual(sixWords(hash), sixWords(hash.slice()));
  assert.equal(sixWords(hash).length, 6);
  for (let bit = 0; bit < 66; bit++) {
    const other = hash.slice();
    other[bit >> 3] = (other[bit >> 3] as number) ^ (128 >> (bit & 7));
    assert.notDeepEqual(sixWords(other), sixWords(hash), `bit ${bit}`);
  }
  assert.deepEqual(sixWords(new Uint8Array(32)), Array<string>(6).fill('abandon'));
  assert.deepEqual(sixWords(new Uint8Array(32).fill(255)), Array<string>(6).fill('zoo'));
});
