/** Text as UTF-8, by whichever way it is written down. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromUtf8, utf8 } from '../../shared/bytes/index.ts';

test('every text of every length is written down as the encoder of the platform does it', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.string({ unit: 'binary-ascii', maxLength: 100 }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      assert.deepEqual(utf8(text), new TextEncoder().encode(text));
      assert.equal(fromUtf8(utf8(text)), text.toWellFormed());
    }),
  );
});
