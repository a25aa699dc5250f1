/** A link record opens for its link alone and its size says no more than a class. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, utf8 } from '../../../shared/bytes/index.ts';
import { OBJECT_OVERHEAD, OBJECT_TYPE, sealObject } from '../../../shared/crypto/index.ts';
import {
  type LinkRecord,
  openLinkRecord,
  padToClass,
  type SharedChunk,
  sealLinkRecord,
} from '../../../shared/format/index.ts';
import { LINK_RECORD_CLASSES, MAX_LINK_RECORD } from '../../../shared/protocol/index.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

const [enc, lookup] = [random.bytes(32), random.bytes(16)];
const chunk: SharedChunk = [
  0,
  36,
  133,
  100,
  random.bytes(32),
  random.bytes(12),
  random.bytes(32),
  random.bytes(32),
  65_536,
  random.bytes(16),
];

function recordOf(chunks: number, more: Partial<LinkRecord> = {}): LinkRecord {
  const file = {
    path: ['folder', '\ufeffname'],
    size: 100 * chunks,
    mtime: -1,
    mime: null,
    rootHash: random.bytes(32),
    chunks: Array<SharedChunk>(chunks).fill(chunk),
  };
  return {
    name: 'folder',
    kind: 1,
    from: '',
    note: 'for you',
    createdAt: 1_700_000_000_000,
    manifest: { domainId: random.bytes(16), packs: [random.bytes(32)], files: [file] },
    ...more,
  };
}

const seal = (record: LinkRecord) => sealLinkRecord(enc, lookup, record, random.bytes(32));

test('a record comes back equal, in the smallest class that holds it', async () => {
  for (const [chunks, size] of [
    [0, 1_024],
    [1, 1_024],
    [12, 4_096],
    [60, 16_384],
    [6_000, 1_048_576],
    [7_500, 4_194_304],
    [30_000, 16_777_216],
  ] as const) {
    const record = recordOf(chunks);
    const sealed = await seal(record);
    assert.equal(sealed.length, size, `${chunks} chunks`);
    assert.deepEqual(await openLinkRecord(enc, lookup, sealed), record);
  }
});

test('more than the largest class is refused before it is sent', async () => {
  await assert.rejects(async () => seal(recordOf(120_000)), RangeError);
});

test('texts and kinds outside the limits are refused before they are sealed', async () => {
  for (const more of [
    { note: 'n'.repeat(4_097) },
    { name: 'n'.repeat(4_097) },
    { from: 'é'.repeat(2_049) },
    { kind: 2 },
  ]) {
    assert.equal(await failure((async () => seal(recordOf(0, more)))()), 'E_INPUT');
  }
});

test("another link's key or address, a flipped byte and a cut are one and the same error", async () => {
  const sealed = await seal(recordOf(1));
  const refused = async (key: Uint8Array, address: Uint8Array, object: Uint8Array) =>
    assert.equal(await failure(openLinkRecord(key, address, object)), 'E_INTEGRITY');
  await refused(random.bytes(32), lookup, sealed);
  await refused(enc, random.bytes(16), sealed);
  await refused(enc, new Uint8Array(0), sealed);
  for (const length of [0, 1, 86, 1_000, 1_023]) await refused(enc, lookup, sealed.subarray(0, length));
  // The suite is turned up: a lower one is a downgrade.
  for (let at = 0; at < sealed.length; at++) await refused(enc, lookup, flipped(sealed, at, at === 4 ? 1 : 0));
});

test('sizes: six classes of entries and two more, for links to many files', () => {
  assert.deepEqual([...LINK_RECORD_CLASSES].slice(-3), [1_048_576, 4_194_304, 16_777_216]);
  assert.equal(LINK_RECORD_CLASSES.at(-1), MAX_LINK_RECORD);
});

test('a record padded to a class that is not the smallest, and content that is no record, are refused', async () => {
  const forged = (plaintext: Uint8Array) =>
    sealObject(enc, OBJECT_TYPE.linkRecord, lookup, plaintext, random.bytes(32));
  const tooLarge = concat(padToClass(utf8('')), new Uint8Array(4_096 - 1_024));
  assert.equal(tooLarge.length, 4_096 - OBJECT_OVERHEAD);
  for (const plaintext of [tooLarge, padToClass(utf8('')), padToClass(new Uint8Array([0xa0])), utf8('')]) {
    assert.equal(await failure(openLinkRecord(enc, lookup, await forged(plaintext))), 'E_INTEGRITY');
  }
});
