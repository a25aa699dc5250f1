/** Blocks: the same bytes in fewer pieces. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, concat, equal } from '../../../shared/bytes/index.ts';
import { inBlocks } from '../../../shared/restorer/blocks.ts';
import { gathered } from '../../support/fixtures.ts';

const MIB = 1_048_576;

async function* piecesOf(lengths: readonly number[]): AsyncGenerator<Bytes> {
  let next = 0;
  for (const length of lengths) yield new Uint8Array(length).fill(next++);
}

test('the bytes are the same, small pieces are joined, and no two blocks share memory', async () => {
  const length = fc.oneof(fc.nat(5_000), fc.nat(2 * MIB), fc.constantFrom(0, 262_143, 262_144, MIB));
  await fc.assert(
    fc.asyncProperty(fc.array(length, { maxLength: 40 }), async (lengths) => {
      const given = await gathered(piecesOf(lengths));
      const blocks = await gathered(inBlocks(piecesOf(lengths)));
      assert.ok(equal(concat(...blocks), concat(...given)));
      assert.equal(new Set(blocks.map((block) => block.buffer)).size, blocks.length);
      for (const [i, block] of blocks.entries())
        assert.ok(block.length >= 262_144 || i + 1 === blocks.length || (blocks[i + 1] as Bytes).length >= 262_144);
    }),
    { numRuns: 30 },
  );
});
