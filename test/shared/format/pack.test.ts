/** A pack has exactly one of four sizes, looks random, and tells its owner alone what lies where. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, concat, equal, info, readU32be, toHex } from '../../../shared/bytes/index.ts';
import { aeadOpen, type DomainKeys, domainKeys, hkdf, LABELS, OBJECT_OVERHEAD } from '../../../shared/crypto/index.ts';
import {
  CHUNK_OVERHEAD,
  CHUNK_SALT,
  fitsPack,
  PACK_HEAD,
  type PackBlob,
  packSize,
  readPackFooter,
  sealPack,
} from '../../../shared/format/index.ts';
import { MAX_PACK, PACK_CLASSES } from '../../../shared/protocol/index.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

const indexKey = random.bytes(32);
let keys: DomainKeys;
before(async () => {
  keys = await domainKeys(random.bytes(32), random.bytes(16));
});

const blobOf = (length: number) => ({
  cid: random.bytes(32),
  blob: { salt: random.bytes(CHUNK_SALT), sealed: random.bytes(length - CHUNK_SALT) },
});
const seal = (lengths: readonly number[]) => sealPack(keys, indexKey, lengths.map(blobOf), random.bytes);

test('blobs come back by the footer that the pack carries itself', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: CHUNK_OVERHEAD, max: 20_000 }), { maxLength: 40 }), async (lengths) => {
      const blobs = lengths.map(blobOf);
      const { pack, rows } = await sealPack(keys, indexKey, blobs, random.bytes);
      assert.ok(PACK_CLASSES.some((size) => size === pack.length));
      assert.deepEqual(await readPackFooter(keys, indexKey, pack), rows);
      assert.deepEqual(
        rows.map(({ cid }) => cid),
        blobs.map(({ cid }) => cid),
      );
      for (const [i, { off, len, salt }] of rows.entries()) {
        const { blob } = blobs[i] as PackBlob;
        assert.ok(equal(pack.subarray(off, off + len), concat(blob.salt, blob.sealed)));
        assert.deepEqual(salt, blob.salt);
      }
    }),
    { numRuns: 25 },
  );
});

test('one blob at every edge of every class: the smallest that fits, and never a byte more than the bound says', async () => {
  for (const [i, size] of PACK_CLASSES.entries()) {
    const room = size - packSize(1, 0);
    const { pack } = await seal([room]);
    assert.equal(pack.length, size);
    // The bound is for the longest row; the true footer is a few bytes shorter, so the edge itself is found by search.
    const edge = await firstTooLarge(size, room);
    assert.ok(edge - room < 16);
    assert.equal((await seal([edge - 1])).pack.length, size);
    const next = PACK_CLASSES[i + 1];
    if (next !== undefined) assert.equal((await seal([edge])).pack.length, next);
    else await assert.rejects(seal([edge]), RangeError);
  }
  assert.equal((await seal([])).pack.length, PACK_CLASSES[0]);
});

async function firstTooLarge(size: number, from: number): Promise<number> {
  for (let length = from; ; length++) {
    const made = await seal([length]).catch(() => null);
    if (made === null || made.pack.length > size) return length;
  }
}

test('what is said to fit fits, also in many small blobs', async () => {
  for (const length of [CHUNK_OVERHEAD, 1_000]) {
    let count = 0;
    while (fitsPack(count + 1, (count + 1) * length)) count++;
    const blob = blobOf(length);
    const { pack, rows } = await sealPack(keys, indexKey, Array<typeof blob>(count).fill(blob), random.bytes);
    assert.equal(pack.length, MAX_PACK);
    assert.equal(rows.length, count);
  }
});

test('cut, lengthened or of no class is an integrity error', async () => {
  const { pack } = await seal([1_000]);
  const wrong = [
    pack.subarray(0, 0),
    pack.subarray(0, 100),
    pack.subarray(0, pack.length - 1),
    concat(pack, new Uint8Array(1)),
    concat(pack, new Uint8Array(262_144 - 65_536)),
    concat(new Uint8Array(262_144 - 65_536), pack),
  ];
  for (const each of wrong)
    assert.equal(await failure(readPackFooter(keys, indexKey, each)), 'E_INTEGRITY', `${each.length}`);
});

test('a flipped byte in head, footer or the beginning of a blob is an integrity error', async () => {
  const { pack, rows } = await seal([1_000, 50]);
  const footer = pack.length - (await footerLength(pack));
  const places = [...Array(PACK_HEAD).keys()];
  for (const { off } of rows) places.push(...Array.from({ length: 16 }, (_, i) => off + i));
  for (let at = footer; at < pack.length; at++) places.push(at);
  for (const at of places) {
    // The suite is turned up: a lower one is a downgrade.
    const evil = flipped(pack, at, at === footer + 4 ? 1 : 0);
    assert.equal(await failure(readPackFooter(keys, indexKey, evil)), 'E_INTEGRITY', `byte ${at}`);
  }
});

async function footerLength(pack: Bytes): Promise<number> {
  const okm = await hkdf(
    keys.seal,
    pack.subarray(0, 16),
    info(LABELS.packHead, new Uint8Array([1]), keys.domainId),
    44,
  );
  const head = await aeadOpen(okm.subarray(0, 32), okm.subarray(32), new Uint8Array(0), pack.subarray(16, PACK_HEAD));
  return readU32be(head);
}

test('the footer is for the vault, the head for the domain, and neither for others', async () => {
  const { pack } = await seal([100]);
  const other = await domainKeys(random.bytes(32), keys.domainId);
  assert.equal(await failure(readPackFooter(other, indexKey, pack)), 'E_INTEGRITY');
  assert.equal(await failure(readPackFooter({ ...keys, domainId: random.bytes(16) }, indexKey, pack)), 'E_INTEGRITY');
  assert.equal(await failure(readPackFooter(keys, random.bytes(32), pack)), 'E_INTEGRITY');
});

test("a footer of another pack does not fit, although it is the owner's", async () => {
  const [a, b] = [(await seal([100])).pack, (await seal([100])).pack];
  const length = await footerLength(a);
  const swapped = concat(a.subarray(0, a.length - length), b.subarray(b.length - length));
  assert.equal(await failure(readPackFooter(keys, indexKey, swapped)), 'E_INTEGRITY');
});

test('the length of a footer takes the row, the list head and the object round it', async () => {
  const { pack } = await seal([100]);
  const row = 1 + 34 + 2 + 2 + 17;
  assert.equal(await footerLength(pack), OBJECT_OVERHEAD + 1 + row);
});

test('the same blobs packed twice have nothing in common but the blobs', async () => {
  const blobs = [blobOf(500)];
  const [a, b] = await Promise.all([1, 2].map(async () => (await sealPack(keys, indexKey, blobs, random.bytes)).pack));
  const at = PACK_HEAD + 500;
  assert.notEqual(toHex((a as Bytes).subarray(0, PACK_HEAD)), toHex((b as Bytes).subarray(0, PACK_HEAD)));
  assert.notEqual(toHex((a as Bytes).subarray(at)), toHex((b as Bytes).subarray(at)));
});
