/** Appending: once, whatever the road does; upon whatever head there is; in as many entries and calls as it takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { MAX_OPS, type Op } from '../../../shared/format/index.ts';
import { ENTRY_CLASSES, MAX_APPEND_BYTES, MAX_ENTRIES_PER_APPEND } from '../../../shared/protocol/index.ts';
import {
  childrenOf,
  countsOf,
  groupOps,
  nodeById,
  nodesOf,
  ROOT,
  type VaultState,
} from '../../../shared/vault/index.ts';
import { foundVault, joinVault, random, type TestDevice } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { idOf, put } from '../../support/ops.ts';

async function setUp() {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  return { server, founder, device: await joinVault(server, founder) };
}

const missing = (wanted: readonly ReturnType<typeof put>[]) => (state: VaultState) =>
  wanted.filter((op) => nodeById(state, idOf(op)) === null);
const names = (device: TestDevice) => [...childrenOf(device.vault.state, ROOT)].map((node) => node.name).sort();
const NEVER = () => assert.fail('it must not ask');

test('nothing to append asks nothing', async () => {
  const { server, device } = await setUp();
  server.before = NEVER;
  await device.vault.append(() => [], []);
});

test("a device's first entry brings its certificate, later ones do not", async () => {
  const { founder, device, server } = await setUp();
  assert.equal(device.vault.state.devices.size, 1);
  await device.vault.append(() => [put('a')], []);
  assert.equal(device.vault.state.devices.size, 2);
  await device.vault.append(() => [put('b')], []);
  const reader = await joinVault(server, founder);
  assert.deepEqual(names(reader), ['a', 'b']);
  assert.equal(reader.vault.state.devices.size, 2);
});

test('more than 64 operations and more than 64 entries go in one call of ours and keep their order', async () => {
  const { server, founder, device } = await setUp();
  const many = Array.from({ length: MAX_OPS + 1 }, (_, i) => put(`small ${i}`));
  await device.vault.append(missing(many), []);
  assert.equal(countsOf(device.vault.state).nodes, many.length);
  const calls: number[] = [];
  const { append } = server;
  server.append = (vault, head, bodies, requires) => {
    calls.push(bodies.length);
    assert.ok(bodies.length <= MAX_ENTRIES_PER_APPEND);
    assert.ok(bodies.reduce((sum, body) => sum + body.length, 0) <= MAX_APPEND_BYTES);
    return append.call(server, vault, head, bodies, requires);
  };
  // Each fills an entry of its own.
  const large = Array.from({ length: MAX_ENTRIES_PER_APPEND + 6 }, (_, i) =>
    put(`large ${i}`, { attributes: new Map([['url', 'u'.repeat(12_000)]]) }),
  );
  await device.vault.append(missing(large), []);
  assert.deepEqual(calls, [MAX_ENTRIES_PER_APPEND, 6]);
  const reader = await joinVault(server, founder);
  const expected = [...many, ...large].map((op) => op.name);
  assert.deepEqual(
    [...nodesOf(reader.vault.state)].map((node) => node.name),
    expected,
  );
});

test('entries whose sum exceeds one call are spread over several', async () => {
  const { server, founder, device } = await setUp();
  const blobs = () =>
    Array.from({ length: 4_096 }, (): [Uint8Array<ArrayBuffer>, number, number, Uint8Array<ArrayBuffer>] => [
      random.bytes(32),
      0,
      100,
      random.bytes(16),
    ]);
  const packs = Array.from(
    { length: 6 },
    (): Op => ({ op: 'index-add', pack: random.bytes(32), size: 4_194_304, blobs: blobs() }),
  );
  await device.vault.append((state) => packs.slice(countsOf(state).packs), []);
  assert.equal(countsOf((await joinVault(server, founder)).vault.state).chunks, 6 * 4_096);
  for (const body of server.bodies) assert.ok(ENTRY_CLASSES.some((size) => size === body.length));
});

test('operations share entries of 16 KiB, in order, at most 64 each', () => {
  const ops = Array.from({ length: 300 }, (_, i) => put(`${i}`.repeat(1 + (i % 200))));
  const groups = groupOps(ops);
  assert.deepEqual(groups.flat(), ops);
  for (const group of groups) assert.ok(group.length >= 1 && group.length <= MAX_OPS);
  assert.deepEqual(
    groupOps(Array.from({ length: 130 }, (): Op => ({ op: 'tombstone', fileId: random.bytes(16) }))).map(
      (group) => group.length,
    ),
    [64, 64, 2],
  );
});

test('an operation that no reader would take is refused before anything is sent', async () => {
  const { server, device } = await setUp();
  server.before = NEVER;
  for (const op of [put('n'.repeat(4_097)), put('a', { mode: -1 }), put('a', { size: 0.5 })]) {
    await assert.rejects(
      device.vault.append(() => [op], []),
      { code: 'E_INPUT' },
    );
  }
  server.before = () => {};
  await device.vault.append(() => [put('fine')], []);
});

test('operations that no reader would fit into the vault are refused before anything is sent', async () => {
  const { server, founder, device } = await setUp();
  const [folder, file] = [put('folder', { kind: 1 }), put('file')];
  await device.vault.append(() => [folder, file], []);
  const inside = put('inside', { kind: 1, parent: folder.fileId });
  const move = (op: typeof folder, parent: Uint8Array<ArrayBuffer>): Op => {
    return { op: 'move', fileId: op.fileId, parent, name: 'x', nameNfc: 'x' };
  };
  const unfit: Op[][] = [
    [put('x', { parent: random.bytes(16) })],
    [put('x', { parent: file.fileId })],
    [file],
    [put('one'), put('two', { versionId: file.versionId })],
    [inside, move(folder, inside.fileId)],
    [inside, move(inside, inside.fileId)],
    [{ ...put('x', { kind: 1 }), fileId: file.fileId }],
    [{ op: 'tombstone', fileId: random.bytes(16) }],
    [{ op: 'device-revoke', deviceId: random.bytes(16) }],
    [
      { op: 'suite-raise', minSuite: 3 },
      { op: 'suite-raise', minSuite: 2 },
    ],
    [{ op: 'index-add', pack: random.bytes(32), size: 9, blobs: [[random.bytes(32), 5, 5, random.bytes(16)]] }],
  ];
  server.before = NEVER;
  for (const ops of unfit)
    await assert.rejects(
      device.vault.append(() => ops, []),
      { code: 'E_INPUT' },
    );
  server.before = () => {};
  const later = put('later', { fileId: inside.fileId, kind: 1, parent: folder.fileId, prevVersion: inside.versionId });
  await device.vault.append(() => [inside, later, move(inside, new Uint8Array(16))], []);
  assert.deepEqual(names(await joinVault(server, founder)), ['file', 'folder', 'x']);
});

test('packs that are not there are named by an error, and nothing is written', async () => {
  const { server, device } = await setUp();
  const before = server.head;
  await assert.rejects(
    device.vault.append(() => [put('a')], ['ab'.repeat(32)]),
    { code: 'E_PACKS_MISSING' },
  );
  assert.deepEqual(server.head, before);
  assert.equal(countsOf(device.vault.state).nodes, 0);
});

test('devices that append at once all end up in one history, with nothing twice', async () => {
  const { server, founder, device } = await setUp();
  const others = await Promise.all([1, 2].map(() => joinVault(server, founder)));
  const devices = [device, ...others];
  await Promise.all(
    devices.map(async (each, who) => {
      for (let i = 0; i < 5; i++) await each.vault.append(missing([put(`${who}-${i}`)]), []);
    }),
  );
  const expected = devices.flatMap((_, who) => [0, 1, 2, 3, 4].map((i) => `${who}-${i}`)).sort();
  for (const each of [...devices, await joinVault(server, founder)]) {
    await each.vault.pull();
    assert.deepEqual(names(each), expected);
    assert.deepEqual(each.vault.state.hash, device.vault.state.hash);
  }
});

test('what another device wrote meanwhile is seen before the operations are built again', async () => {
  const { server, founder, device } = await setUp();
  const other = await joinVault(server, founder);
  const file = put('same');
  await other.vault.append(() => [file], []);
  let built = 0;
  await device.vault.append((state) => {
    built++;
    return missing([file])(state);
  }, []);
  assert.equal(built, 2);
  assert.equal(countsOf(device.vault.state).nodes, 1);
});

test('two devices that create the same name at once keep both files', async () => {
  const { server, founder, device } = await setUp();
  const other = await joinVault(server, founder);
  await Promise.all([device, other].map((each) => each.vault.append(missing([put('same')]), [])));
  assert.deepEqual(names(await joinVault(server, founder)), ['same', 'same']);
});

test('an append whose answer was lost is found in the log and not repeated', async () => {
  const { server, founder, device } = await setUp();
  const files = [put('a'), put('b')];
  server.after = () => {
    throw new HoldfastError('E_OFFLINE', 'the answer was lost');
  };
  await assert.rejects(device.vault.append(missing(files), []), { code: 'E_OFFLINE' });
  server.after = () => {};
  await device.vault.append(missing(files), []);
  const { state } = (await joinVault(server, founder)).vault;
  assert.equal(countsOf(state).versions, 2);
  assert.equal(state.seq, 2);
});

test('calls of one vault take their turn', async () => {
  const { server, founder, device } = await setUp();
  await Promise.all([...Array(6).keys()].map((i) => device.vault.append(missing([put(`${i}`)]), [])));
  assert.equal(server.head.seq, 7);
  assert.deepEqual(names(await joinVault(server, founder)), ['0', '1', '2', '3', '4', '5']);
});

test('a device that always loses the race gives up in the end', async () => {
  const { server, founder, device } = await setUp();
  const other = await joinVault(server, founder);
  let inside = false;
  server.before = async (call) => {
    if (call !== 'append' || inside) return;
    inside = true;
    await other.vault.append(() => [put('faster')], []);
    inside = false;
  };
  await assert.rejects(
    device.vault.append(() => [put('slower')], []),
    { code: 'E_HEAD_MOVED' },
  );
});

test('a cancelled append stops waiting', async () => {
  const { device } = await setUp();
  const never = device.vault.append(() => new Promise(() => {}), []);
  const controller = new AbortController();
  const waiting = device.vault.append(() => [put('a')], [], controller.signal);
  controller.abort();
  await assert.rejects(waiting, { code: 'E_CANCELLED' });
  assert.ok(never);
});
