/** A log entry opens only in its place, in its class, and counts only with its writer's signature. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Bytes, concat, u32be, u64be } from '../../../shared/bytes/index.ts';
import {
  generateSigningPair,
  OBJECT_OVERHEAD,
  OBJECT_TYPE,
  openObject,
  sealObject,
} from '../../../shared/crypto/index.ts';
import {
  type Entry,
  type EntryPlace,
  entrySigned,
  MAX_OPS,
  type Op,
  openEntry,
  opSize,
  padToClass,
  roomInClass,
  sealEntry,
  unpadFromClass,
} from '../../../shared/format/index.ts';
import { ENTRY_CLASSES } from '../../../shared/protocol/index.ts';
import { anyOp } from '../../support/arbitrary-op.ts';
import { random } from '../../support/fixtures.ts';
import { failure, flipped } from '../../support/tamper.ts';

const logKey = random.bytes(32);
const place: EntryPlace = { vaultId: random.bytes(16), seq: 7, prev: random.bytes(32) };
const writer = await generateSigningPair();
const tombstone = (): Op => ({ op: 'tombstone', fileId: random.bytes(16) });
const entryOf = (ops: readonly Op[]): Entry => ({
  device: random.bytes(16),
  grant: 0,
  t: 1_700_000_000_000,
  seen: [[random.bytes(16), 4, random.bytes(16)]],
  ops,
});
const seal = (entry: Entry, at = place) => sealEntry(logKey, at, entry, writer.signingKey, random.bytes(32));

test('an entry of any operations comes back, signed, in the smallest class that fits', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyOp, { minLength: 1, maxLength: 12 }), async (ops) => {
      const entry = entryOf(ops);
      const body = await seal(entry);
      const opened = await openEntry(logKey, place, body);
      const { signature, signed, ...said } = opened;
      assert.deepEqual(said, entry);
      assert.equal(signature.length, 64);
      assert.ok(signed.length < body.length);
      assert.equal(await entrySigned(place, opened, writer.publicKey), true);
      const content = ops.reduce((sum, op) => sum + opSize(op), 0);
      assert.ok(ENTRY_CLASSES.some((size) => size === body.length));
      const smaller = ENTRY_CLASSES.filter((size) => size < body.length).at(-1);
      if (smaller !== undefined) assert.ok(content > roomInClass(smaller));
    }),
    { numRuns: 60 },
  );
});

test('operations that fit the room of a class give an entry of that class', async () => {
  for (const size of ENTRY_CLASSES.slice(0, 4)) {
    const ops = [tombstone()];
    const name = 'n'.repeat(4_000);
    for (;;) {
      const room = roomInClass(size) - ops.reduce((sum, op) => sum + opSize(op), 0);
      if (room < 60) break;
      const length = Math.min(name.length, room - 50);
      ops.push({
        op: 'move',
        fileId: random.bytes(16),
        parent: random.bytes(16),
        name: name.slice(0, length),
        nameNfc: '',
      });
    }
    assert.ok(ops.length <= MAX_OPS);
    assert.equal((await seal(entryOf(ops))).length, size);
  }
});

test('the room of a class is there to its last byte, beside the longest fields and a sighting', async () => {
  const seen: Entry['seen'] = [[random.bytes(16), Number.MAX_SAFE_INTEGER, random.bytes(16)]];
  for (const size of ENTRY_CLASSES.slice(0, 2)) {
    const move = (length: number): Op => ({ op: 'move', fileId, parent, name: 'n'.repeat(length), nameNfc: '' });
    const [fileId, parent] = [random.bytes(16), random.bytes(16)];
    const length = roomInClass(size) - (opSize(move(300)) - 300);
    assert.equal(opSize(move(length)), roomInClass(size));
    const longest = { ...entryOf([move(length)]), grant: 0xffffffff, t: Number.MAX_SAFE_INTEGER, seen };
    assert.equal((await seal(longest)).length, size);
  }
});

test('an entry opens in its own place only', async () => {
  const body = await seal(entryOf([tombstone()]));
  const elsewhere: Partial<EntryPlace>[] = [
    { vaultId: random.bytes(16) },
    { seq: 6 },
    { seq: 8 },
    { prev: new Uint8Array(32) },
    { prev: flipped(place.prev as Uint8Array, 31) },
  ];
  for (const other of elsewhere) {
    assert.equal(await failure(openEntry(logKey, { ...place, ...other }, body)), 'E_INTEGRITY', JSON.stringify(other));
  }
  assert.equal(await failure(openEntry(random.bytes(32), place, body)), 'E_INTEGRITY');
});

/** An entry's object around a plaintext of our own, as somebody with the log key could make it. */
const forged = (plaintext: Bytes) =>
  sealObject(
    logKey,
    OBJECT_TYPE.logEntry,
    concat(place.vaultId, u64be(place.seq), place.prev),
    plaintext,
    random.bytes(32),
  );

/** An entry under a signature that was made for another, as somebody with the log key could put it together. */
async function under(signature: Bytes, entry: Entry) {
  const context = concat(place.vaultId, u64be(place.seq), place.prev);
  const content = unpadFromClass(await openObject(logKey, OBJECT_TYPE.logEntry, context, await seal(entry)));
  return openEntry(logKey, place, await forged(padToClass(concat(content.subarray(0, -64), signature))));
}

test('a signature is bound to device, place and content', async () => {
  const entry = entryOf([tombstone()]);
  const opened = await openEntry(logKey, place, await seal(entry));
  const other = await generateSigningPair();
  assert.equal(await entrySigned(place, opened, other.publicKey), false);
  assert.equal(await entrySigned(place, await under(opened.signature, entry), writer.publicKey), true);
  const changes: Partial<Entry>[] = [
    { device: random.bytes(16) },
    { grant: 1 },
    { t: 0 },
    { seen: [] },
    { ops: [tombstone()] },
  ];
  for (const change of changes) {
    const changed = await under(opened.signature, { ...entry, ...change });
    assert.equal(await entrySigned(place, changed, writer.publicKey), false, Object.keys(change).join());
  }
  const flippedSignature = await under(flipped(opened.signature, 0), entry);
  assert.equal(await entrySigned(place, flippedSignature, writer.publicKey), false);
  for (const moved of [{ seq: 8 }, { vaultId: random.bytes(16) }, { prev: random.bytes(32) }]) {
    assert.equal(await entrySigned({ ...place, ...moved }, opened, writer.publicKey), false);
  }
});

test('padding that is not zeros, a class too large and a size that is no class are refused', async () => {
  const content = new Uint8Array(10);
  const space = 1_024 - OBJECT_OVERHEAD;
  const cases = {
    'a byte in the padding': flipped(padToClass(content), space - 1),
    'the next class': concat(u32be(content.length), new Uint8Array(4_096 - OBJECT_OVERHEAD - 4)),
    'no class': concat(u32be(content.length), new Uint8Array(100)),
    'a length beyond the end': concat(u32be(space), new Uint8Array(space - 4)),
    'a length beyond everything': concat(u32be(0xffff_ffff), new Uint8Array(space - 4)),
    'not even a length': new Uint8Array(3),
    nothing: new Uint8Array(0),
  };
  for (const [name, plaintext] of Object.entries(cases)) {
    assert.throws(() => unpadFromClass(plaintext), { code: 'E_INTEGRITY' }, name);
    assert.equal(await failure(openEntry(logKey, place, await forged(plaintext))), 'E_INTEGRITY', name);
  }
});

test('padding comes off as it went on, at every edge of every class', () => {
  for (const size of ENTRY_CLASSES) {
    const most = size - OBJECT_OVERHEAD - 4;
    for (const length of [0, most - 1, most, most + 1]) {
      if (length > 1_048_576 - OBJECT_OVERHEAD - 4) continue;
      const content = new Uint8Array(length).fill(1);
      assert.deepEqual(unpadFromClass(padToClass(content)), content);
    }
  }
  assert.throws(() => padToClass(new Uint8Array(1_048_576)), RangeError);
});

test('no operation, more than 64, and content that is no entry are refused', async () => {
  for (const ops of [[], Array.from({ length: MAX_OPS + 1 }, tombstone)]) {
    assert.equal(await failure(seal(entryOf(ops))), 'E_INPUT');
  }
  assert.equal(
    (await openEntry(logKey, place, await seal(entryOf(Array.from({ length: MAX_OPS }, tombstone))))).ops.length,
    MAX_OPS,
  );
  for (const content of [new Uint8Array(0), new Uint8Array([0x80]), new Uint8Array([0x87, 2, 0, 0, 0, 0, 0, 0])]) {
    assert.equal(await failure(openEntry(logKey, place, await forged(padToClass(content)))), 'E_INTEGRITY');
  }
});

test('a version of the entry that is not ours is refused', async () => {
  const body = await paddedContent(entryOf([tombstone()]));
  assert.equal(body[5], 1);
  for (const version of [0, 2]) {
    const other = body.slice();
    other[5] = version;
    assert.equal(await failure(openEntry(logKey, place, await forged(other))), 'E_INTEGRITY');
  }
});

/** The padded plaintext of an entry: length, array head, version … */
async function paddedContent(entry: Entry): Promise<Bytes> {
  const context = concat(place.vaultId, u64be(place.seq), place.prev);
  return openObject(logKey, OBJECT_TYPE.logEntry, context, await seal(entry));
}
