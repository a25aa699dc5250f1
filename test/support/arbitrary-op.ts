/** Any operation the format allows, for property tests. */
import fc from 'fast-check';
import type { Bytes } from '../../shared/bytes/index.ts';
import { MAX_CHUNK, type Op } from '../../shared/format/index.ts';
import { MAX_PACK } from '../../shared/protocol/index.ts';

export const anyBytes = (length: number): fc.Arbitrary<Bytes> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => new Uint8Array(bytes));
const id = anyBytes(16);
const hash = anyBytes(32);
/** Every kind of text: marks, joiners, other planes, control characters; never half a surrogate pair. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\ufeff', '\ufeffx'),
);
const time = fc.maxSafeInteger();
const size = fc.maxSafeNat();
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const place = fc.integer({ min: 0, max: MAX_PACK });
const chunkRef = fc.tuple(fc.integer({ min: 0, max: MAX_CHUNK }), hash);
const chunkRefs = fc.array(chunkRef, { maxLength: 4 });

const manifest = fc.oneof(
  fc.record({ op: fc.constant('inline' as const), chunks: chunkRefs }),
  fc.record({ op: fc.constant('segments' as const), segments: chunkRefs }),
);

const putVersion = fc.record({
  op: fc.constant('put-version' as const),
  fileId: id,
  versionId: id,
  prevVersion: orNull(id),
  parent: id,
  name: text,
  nameNfc: text,
  size,
  mtime: time,
  btime: orNull(time),
  mode: orNull(fc.integer({ min: 0, max: 0o7777 })),
  kind: fc.integer({ min: 0, max: 2 }),
  rootHash: hash,
  manifest,
  deviceId: id,
  sourcePathHash: anyBytes(8),
  capturedAt: time,
  flags: fc.integer({ min: 0, max: 7 }),
  mime: orNull(text),
  attributes: fc.array(fc.tuple(text, text), { maxLength: 4 }).map((pairs) => new Map(pairs)),
});

const byId = <K extends string>(op: K) => fc.record({ op: fc.constant(op), fileId: id });

const generated: fc.Arbitrary<Op> = fc.oneof(
  putVersion,
  fc.record({
    op: fc.constant('genesis' as const),
    kind: fc.integer({ min: 0, max: 1 }),
    minSuite: fc.integer({ min: 0, max: 255 }),
    identity: hash,
    accountId: id,
    createdAt: time,
    serverId: id,
    serverPublicKey: text,
  }),
  fc.record({
    op: fc.constant('device-cert' as const),
    deviceId: id,
    publicKey: hash,
    name: text,
    addedAt: time,
    signature: anyBytes(64),
  }),
  fc.record({ op: fc.constant('device-revoke' as const), deviceId: id }),
  fc.record({
    op: fc.constant('grant-key' as const),
    purpose: fc.integer({ min: 0, max: 3 }),
    subject: id,
    epoch: u32,
    key: hash,
  }),
  fc.record({ op: fc.constant('move' as const), fileId: id, parent: id, name: text, nameNfc: text }),
  byId('tombstone' as const),
  byId('restore' as const),
  fc.record({
    op: fc.constant('index-add' as const),
    pack: hash,
    size: place,
    blobs: fc.array(fc.tuple(hash, place, place, id), { maxLength: 4 }),
  }),
  fc.record({
    op: fc.constant('link-create' as const),
    secret: id,
    fileId: id,
    hasPassword: fc.integer({ min: 0, max: 1 }),
    name: text,
    note: text,
    createdAt: time,
    size,
  }),
  fc.record({ op: fc.constant('link-revoke' as const), secret: id }),
  fc.record({ op: fc.constant('suite-raise' as const), minSuite: fc.integer({ min: 0, max: 255 }) }),
);

/** As plain objects: the generator makes some without a prototype, which nothing that is decoded is. */
export const anyOp = generated.map((op) => structuredClone(op));
