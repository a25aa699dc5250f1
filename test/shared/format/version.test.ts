/** The root hash says which chunks in which order; the certificate input which device of which account. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, fromHex, toHex, utf8 } from '../../../shared/bytes/index.ts';
import { sha256 } from '../../../shared/crypto/index.ts';
import { certificateInput, ROOT_FOLDER, rootHash } from '../../../shared/format/index.ts';
import { anyBytes } from '../../support/arbitrary-op.ts';
import { random } from '../../support/fixtures.ts';

const anyChunks = fc.uniqueArray(fc.record({ len: fc.integer({ min: 0, max: 4_190_208 }), h: anyBytes(32) }), {
  minLength: 2,
  maxLength: 6,
  selector: ({ h }) => toHex(h),
});
const sizeOf = (chunks: readonly { len: number }[]) => chunks.reduce((sum, { len }) => sum + len, 0);

test('order, repetition, omission and size all change the root hash', async () => {
  await fc.assert(
    fc.asyncProperty(anyChunks, async (chunks) => {
      const size = sizeOf(chunks);
      const first = chunks.slice(0, 1);
      const lists = [
        chunks,
        chunks.toReversed(),
        chunks.slice(0, -1),
        chunks.slice(1),
        [...chunks, ...first],
        [...chunks, ...chunks],
        [],
      ];
      const hashes = await Promise.all([...lists.map((list) => rootHash(size, list)), rootHash(size + 1, chunks)]);
      assert.equal(new Set(hashes.map(toHex)).size, hashes.length);
      assert.deepEqual(await rootHash(size, chunks), hashes[0]);
    }),
    { numRuns: 30 },
  );
});

test('the bytes that are hashed, spelled out', async () => {
  const [a, b] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
  const list = await sha256(concat(a, b));
  const label = utf8('ebk1/file/root');
  const input = concat(
    fromHex('000e'),
    label,
    fromHex('00080000000000000300'),
    fromHex('000400000002'),
    fromHex('0020'),
    list,
  );
  assert.deepEqual(
    await rootHash(768, [
      { len: 512, h: a },
      { len: 256, h: b },
    ]),
    await sha256(input),
  );
});

test('a file of more chunks than a length prefix can count, or a call takes as arguments, has a root hash too', async () => {
  const h = random.bytes(32);
  const many = Array.from({ length: 300_000 }, () => ({ len: 1, h }));
  assert.notDeepEqual(await rootHash(300_000, many), await rootHash(300_000, many.slice(1)));
});

test('a certificate names account, device, key, name and date', () => {
  const cert = { deviceId: random.bytes(16), publicKey: random.bytes(32), name: 'Chromium on Linux', addedAt: 5 };
  const account = random.bytes(16);
  const inputs = [
    certificateInput(account, cert),
    certificateInput(random.bytes(16), cert),
    certificateInput(account, { ...cert, deviceId: random.bytes(16) }),
    certificateInput(account, { ...cert, publicKey: random.bytes(32) }),
    certificateInput(account, { ...cert, name: '' }),
    certificateInput(account, { ...cert, addedAt: 6 }),
  ];
  assert.equal(new Set(inputs.map(toHex)).size, inputs.length);
});

test('the root folder is sixteen zero bytes', () => {
  assert.equal(toHex(ROOT_FOLDER), '0'.repeat(32));
});
