import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { normaliseLoginName } from '../../../shared/protocol/index.ts';

it('makes one name of every way to type it', () => {
  for (const [typed, name] of [
    [' Ada@Example.ORG\t', 'ada@example.org'],
    ['ZOE\u0308', 'zoë'],
    ['ﬁne', 'fine'],
    ['Ｗｉｄｅ', 'wide'],
    ['ΌΔΟΣ', 'όδος'],
    [' \u00a0 ', ''],
  ] as const) {
    assert.equal(normaliseLoginName(typed), name);
  }
});

it('leaves a normal name as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
      const once = normaliseLoginName(typed);
      assert.equal(normaliseLoginName(once), once);
    }),
  );
});
