/** Whatever bytes come, the decoder gives a value in its one encoding, or an integrity error, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCbor, encodeCbor, opCodec } from '../../../shared/format/index.ts';
import { anyOp } from '../../support/arbitrary-op.ts';

const MAX = 1_048_576;

test('random bytes and mutated operations give an operation in its one encoding, or an integrity error', () => {
  const tried = (input: Uint8Array): void => {
    try {
      const op = decodeCbor(opCodec, input, MAX);
      assert.deepEqual(Buffer.from(encodeCbor(opCodec, op)), Buffer.from(input));
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'E_INTEGRITY');
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), tried), { numRuns: 3_000 });
  const edit = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }), cut: fc.boolean() });
  fc.assert(
    fc.property(anyOp, fc.array(edit, { minLength: 1, maxLength: 4 }), (op, edits) => {
      let input = Buffer.from(encodeCbor(opCodec, op));
      for (const { at, byte, cut } of edits) {
        if (cut) input = input.subarray(0, at % (input.length + 1));
        else input[at % Math.max(1, input.length)] = byte;
      }
      tried(input);
    }),
    { numRuns: 1_000 },
  );
});
