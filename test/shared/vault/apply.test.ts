/** The same entries give the same state; what does not fit is an integrity error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, fromHex, toHex } from '../../../shared/bytes/index.ts';
import { NODE_KIND, type Op, type OpOf, type PutVersion } from '../../../shared/format/index.ts';
import {
  applyEntry,
  childByName,
  childrenOf,
  chunkPlace,
  countsOf,
  emptyState,
  type NodeState,
  nodeById,
  packsInUse,
  ROOT,
  type VaultState,
  versionsOf,
} from '../../../shared/vault/index.ts';
import { random } from '../../support/fixtures.ts';
import { GENESIS, idOf, put } from '../../support/ops.ts';

const BAD = { code: 'E_INTEGRITY' };
const HASH = new Uint8Array(32).fill(1);

function extend(state: VaultState, ops: readonly Op[]): VaultState {
  applyEntry(state, { device: new Uint8Array(16), grant: 0, t: 9, seen: [], ops }, state.seq + 1, HASH);
  return state;
}
const stateOf = (...ops: readonly Op[]) =>
  ops.reduce((state, op) => extend(state, [op]), extend(emptyState(), [GENESIS]));
const names = (state: VaultState, parent = ROOT) => [...childrenOf(state, parent)].map((node) => node.name).sort();
const refused = (state: VaultState, op: Op) => assert.throws(() => extend(state, [op]), BAD, op.op);

test('entries count from one, without gaps, and the first begins with the genesis', () => {
  const entry = { device: new Uint8Array(16), grant: 0, t: 1, seen: [], ops: [GENESIS] };
  for (const seq of [0, 2]) assert.throws(() => applyEntry(emptyState(), entry, seq, HASH), BAD);
  assert.throws(() => applyEntry(stateOf(), entry, 2, HASH), BAD, 'a second genesis');
  assert.throws(() => extend(emptyState(), [put('a')]), BAD, 'no genesis');
  const state = stateOf();
  assert.deepEqual([state.seq, state.lastCommitAt, state.minSuite], [1, 9, 1]);
});

test('versions of a file are kept in order, and only its own may be named as the one before', () => {
  const first = put('a');
  const second: PutVersion = { ...put('a'), fileId: first.fileId, prevVersion: first.versionId };
  const state = stateOf(first, second);
  const versions = versionsOf(state, childByName(state, ROOT, 'a', NODE_KIND.file) as NodeState);
  assert.deepEqual(
    versions.map((version) => toHex(version.versionId)),
    [first, second].map((op) => toHex(op.versionId)),
  );
  assert.deepEqual(
    versions.map((version) => version.seq),
    [2, 3],
  );
  refused(state, second);
  refused(state, { ...put('b'), prevVersion: random.bytes(16) });
  refused(state, { ...put('b'), prevVersion: first.versionId });
  refused(state, { ...put('a'), fileId: first.fileId, kind: 1 });
  refused(state, { ...put('a'), fileId: fromHex(ROOT) });
});

test('a parent must be a folder that exists', () => {
  const [folder, file] = [put('folder', { kind: 1 }), put('file')];
  const state = stateOf(folder, file, put('inside', { parent: folder.fileId }));
  assert.deepEqual(names(state), ['file', 'folder']);
  assert.deepEqual(names(state, idOf(folder)), ['inside']);
  refused(state, put('x', { parent: file.fileId }));
  refused(state, put('x', { parent: random.bytes(16) }));
  refused(state, move(file, file.fileId, 'x'));
});

const move = (node: PutVersion, parent: Bytes, name: string): OpOf<'move'> => ({
  op: 'move',
  fileId: node.fileId,
  parent,
  name,
  nameNfc: name,
});

test('nothing moves into itself or below itself', () => {
  const a = put('a', { kind: 1 });
  const b = put('b', { kind: 1, parent: a.fileId });
  const c = put('c', { kind: 1, parent: b.fileId });
  for (const target of [a, b, c]) refused(stateOf(a, b, c), move(a, target.fileId, 'a'));
  for (const target of [a, b, c])
    refused(stateOf(a, b, c), { ...put('a', { kind: 1, parent: target.fileId }), fileId: a.fileId });
  const state = stateOf(a, b, c, move(c, fromHex(ROOT), 'top'), move(a, c.fileId, 'a2'));
  assert.deepEqual(names(state), ['top']);
  assert.deepEqual(names(state, idOf(c)), ['a2']);
  refused(state, { op: 'move', fileId: random.bytes(16), parent: fromHex(ROOT), name: 'x', nameNfc: 'x' });
});

test('a deleted file is gone from its folder, comes back when restored, and by a new version', () => {
  const file = put('a');
  const at = { fileId: file.fileId };
  const state = stateOf(file, { op: 'tombstone', ...at });
  assert.deepEqual(names(state), []);
  extend(state, [{ op: 'tombstone', ...at }]);
  extend(state, [{ op: 'restore', ...at }]);
  extend(state, [{ op: 'restore', ...at }]);
  assert.deepEqual(names(state), ['a']);
  extend(state, [
    { op: 'tombstone', ...at },
    { ...put('b'), ...at, prevVersion: file.versionId },
  ]);
  assert.deepEqual(names(state), ['b']);
  assert.equal(nodeById(state, idOf(file))?.versionCount, 2);
  for (const op of ['tombstone', 'restore'] as const) refused(state, { op, fileId: random.bytes(16) });
});

test('two devices that make the same name at once have both, and one is found', () => {
  const [mine, theirs] = [put('a'), put('a')];
  const state = stateOf(mine, theirs);
  assert.deepEqual(names(state), ['a', 'a']);
  extend(state, [{ ...put('a'), fileId: mine.fileId, prevVersion: mine.versionId }]);
  assert.equal(childByName(state, ROOT, 'a', NODE_KIND.file)?.fileId, idOf(mine), 'a new version keeps its turn');
  extend(state, [{ op: 'tombstone', fileId: mine.fileId }]);
  assert.equal(childByName(state, ROOT, 'a', NODE_KIND.file)?.fileId, idOf(theirs));
});

test('the floor of suites rises and never sinks', () => {
  const state = stateOf({ op: 'suite-raise', minSuite: 1 });
  refused(state, { op: 'suite-raise', minSuite: 0 });
  extend(state, [{ op: 'suite-raise', minSuite: 3 }]);
  assert.equal(state.minSuite, 3);
  refused(state, { op: 'suite-raise', minSuite: 2 });
});

test('the first place of a chunk counts until one is said to replace it, and none lies outside its pack', () => {
  type Blobs = OpOf<'index-add'>['blobs'];
  const [cid, other, salt, again] = [random.bytes(32), random.bytes(32), random.bytes(16), random.bytes(16)];
  const pack = (...blobs: Blobs): OpOf<'index-add'> => ({
    op: 'index-add',
    pack: random.bytes(32),
    size: 65_536,
    blobs,
  });
  const placeIn = (op: OpOf<'index-add'>, off: number, len: number, salt: Bytes) => {
    return { pack: { id: toHex(op.pack), size: 65_536 }, off, len, salt };
  };
  const [first, second, third] = [pack([cid, 36, 100, salt]), pack([cid, 500, 100, again]), pack([other, 36, 9, salt])];
  const state = stateOf(first, second, third);
  const inUse = () => packsInUse(state).map(({ id, chunks }) => [id, chunks]);
  assert.deepEqual(chunkPlace(state, cid), placeIn(first, 36, 100, salt));
  assert.deepEqual(inUse(), [
    [toHex(first.pack), 1],
    [toHex(third.pack), 1],
  ]);

  const no: Blobs = [
    [cid, 0, 0, salt],
    [other, 40, 8, salt],
    [cid, 700, 102, again],
    [cid, 0, 0, salt],
  ];
  extend(state, [pack(...no), pack([cid, 700, 102, again]), pack([random.bytes(32), 0, 0, salt])]);
  assert.deepEqual(chunkPlace(state, cid), placeIn(first, 36, 100, salt));
  assert.deepEqual(chunkPlace(state, other), placeIn(third, 36, 9, salt));

  const moved = pack([cid, 0, 0, salt], [cid, 900, 103, again], [cid, 36, 100, salt]);
  extend(state, [moved]);
  assert.deepEqual(chunkPlace(state, cid), placeIn(moved, 900, 103, again));
  assert.deepEqual(inUse(), [
    [toHex(third.pack), 1],
    [toHex(moved.pack), 1],
  ]);
  assert.deepEqual(countsOf(state), { nodes: 0, versions: 0, chunks: 2, packs: 7 });
  for (const [off, len] of [
    [65_536, 1],
    [65_000, 537],
    [0, 65_537],
  ] as const)
    refused(state, pack([random.bytes(32), off, len, salt]));
});

test('a device that was removed stays removed, whoever shows its certificate again', () => {
  const cert: OpOf<'device-cert'> = {
    op: 'device-cert',
    deviceId: random.bytes(16),
    publicKey: random.bytes(32),
    name: 'd',
    addedAt: 1,
    signature: random.bytes(64),
  };
  const state = stateOf(cert, { op: 'device-revoke', deviceId: cert.deviceId }, cert);
  assert.equal(state.devices.get(toHex(cert.deviceId))?.revoked, true);
  refused(state, { op: 'device-revoke', deviceId: random.bytes(16) });
});

test('links come and go', () => {
  const secret = random.bytes(16);
  const link: Op = {
    op: 'link-create',
    secret,
    fileId: random.bytes(16),
    hasPassword: 0,
    name: 'a',
    note: '',
    createdAt: 1,
    size: 1,
  };
  const state = stateOf(link);
  assert.equal(state.links.size, 1);
  extend(state, [
    { op: 'link-revoke', secret },
    { op: 'link-revoke', secret },
  ]);
  assert.equal(state.links.size, 0);
});
