import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionary } from '@zxcvbn-ts/language-common';
import fc from 'fast-check';
import { generatePassphrase } from '../../../shared/account/passphrase.ts';
import { estimate, MIN_PASSWORD_BITS } from '../../../shared/account/password-policy.ts';
import type { Random } from '../../../shared/async/index.ts';
import { pseudoRandom } from '../../support/pseudo-random.ts';

/** Random bytes that are the same in every run. */
function seeded(seed: string): Random {
  let draws = 0;
  return { bytes: (length) => pseudoRandom(`${seed}/${draws++}`, length) };
}

/** Gives these numbers of two bytes each, one after another. */
function scripted(...draws: number[]): Random {
  return {
    bytes(length) {
      assert.equal(length, 2);
      const draw = draws.shift();
      assert.ok(draw !== undefined);
      return new Uint8Array([draw >> 8, draw & 255]);
    },
  };
}

test('generated passphrases are five words of the list, and acceptable', () => {
  const list = new Set(dictionary['diceware-common']);
  assert.equal(list.size, 7_776);
  const random = seeded('passphrase');
  const made = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const phrase = generatePassphrase(random);
    const words = phrase.split('-');
    assert.equal(words.length, 5);
    for (const word of words) assert.ok(list.has(word) && /^[a-z]+$/.test(word));
    assert.deepEqual({ ...estimate(phrase, ['alice']), bits: 0 }, { bits: 0, acceptable: true, advice: '' }, phrase);
    made.add(phrase);
  }
  assert.equal(made.size, 200);
});

test('every word is as likely: draws beyond the last full round are thrown away', () => {
  const words = dictionary['diceware-common'];
  const last = 8 * 7_776;
  const phrase = generatePassphrase(scripted(0, last, 65_535, 7_776, last - 1, last, 7_775, 1));
  assert.equal(phrase, [words[0], words[0], words[7_775], words[7_775], words[1]].join('-'));
});

test('the limits are 15 characters and 50 bits', () => {
  const strong = 'zqJ4x!pVw9&Lm2@';
  assert.equal(strong.length, 15);
  assert.deepEqual(estimate(strong, []).acceptable, estimate(strong, []).bits >= MIN_PASSWORD_BITS);
  const short = estimate('J7#kd9!mQz2$pL', []);
  assert.equal(short.acceptable, false);
  assert.match(short.advice, /15 characters/);
  // 14 code points of two UTF-16 units each are 14 characters
  assert.equal(estimate('😀🦊🎈🚀🍉🧭🪁🐙🌵🎻🧩🛶🪐🦉', []).acceptable, false);
  assert.equal(estimate('', []).acceptable, false);
});

test('what many people use, and what a guesser would try, is refused with a reason', () => {
  const weak = [
    'aaaaaaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    '123456789012345678',
    'qwertyuiopasdfgh',
    'password password',
    'P@ssw0rdP@ssw0rd',
    'monkeymonkeymonkey',
    '2020202120222023',
    'passwordpassword1',
  ];
  for (const password of weak) {
    const { acceptable, advice, bits } = estimate(password, []);
    assert.equal(acceptable, false, password);
    assert.ok(bits < MIN_PASSWORD_BITS && advice.length > 0);
    assert.doesNotMatch(advice, /[a-z][A-Z]/, 'no name of the estimator shows');
  }
  const long = dictionary['passwords-common'].map(String).filter((password) => password.length >= 15);
  assert.ok(long.length > 20);
  for (const password of long) {
    for (const variant of [password, password.toUpperCase(), [...password].reverse().join('')]) {
      assert.equal(estimate(variant, []).acceptable, false, variant);
    }
  }
});

test('what is known of the person counts as known', () => {
  const password = 'bartholomew@fictional-mill.example';
  assert.equal(estimate(password, []).acceptable, true);
  assert.equal(estimate(password, [password]).acceptable, false);
  assert.ok(
    estimate('bartholomew-mill-9', ['bartholomew@mill.example']).bits < estimate('bartholomew-mill-9', []).bits,
  );
});

test('forms of the same text are the same password', () => {
  const composed = 'Grüße aus dem Süden';
  assert.deepEqual(estimate(composed.normalize('NFD'), []), estimate(composed, []));
});

test('any text is judged, however long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.array(fc.string(), { maxLength: 3 }),
      (typed, context) => {
        const { bits, acceptable, advice } = estimate(typed, context);
        assert.ok(Number.isFinite(bits) && bits >= 0);
        assert.equal(advice === '', acceptable);
      },
    ),
    { numRuns: 25 },
  );
  for (const unit of ['x', 'correct horse ', '13.12.1987 ']) {
    assert.ok(Number.isFinite(estimate(unit.repeat(20_000), [unit.repeat(2_000)]).bits));
  }
});
