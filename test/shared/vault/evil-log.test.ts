/** What an evil server, or one with the log key's thief behind it, can do to a log: be noticed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '../../../shared/bytes/index.ts';
import { generateSigningPair } from '../../../shared/crypto/index.ts';
import { foundVault, joinVault, random } from '../../support/fixtures.ts';
import { createMemoryKeyStore } from '../../support/memory-key-store.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { put } from '../../support/ops.ts';
import { certOf, newWriter, push, seal, write } from '../../support/pen.ts';
import { flipped } from '../../support/tamper.ts';

async function setUp(entries = 3) {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const device = await joinVault(server, founder);
  for (let i = 0; i < entries; i++) await device.vault.append(() => [put(`f${i}`)], []);
  return { server, founder, device };
}

/** What the server shows after going back to its first `count` entries. */
function cutTo(server: MemoryServer, heads: readonly MemoryServer['head'][], count: number): void {
  server.bodies.length = count;
  server.head = heads[count] as MemoryServer['head'];
}

test('a server that shows fewer entries than this device has seen is a rollback, in memory and after a restart', async () => {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const keyStore = createMemoryKeyStore();
  const device = await joinVault(server, founder, keyStore);
  const heads = [server.head, server.head];
  for (const name of ['a', 'b', 'c']) {
    await device.vault.append(() => [put(name)], []);
    heads.push(server.head);
  }
  for (const count of [3, 2, 1]) {
    cutTo(server, heads, count);
    await assert.rejects(device.vault.pull(), { code: 'E_ROLLBACK' });
    await assert.rejects(joinVault(server, founder, keyStore), { code: 'E_ROLLBACK' });
    // The pinned head alone is enough: the cache may have been cleared by the browser.
    const forgetful = { ...keyStore, cachedEntries: async () => [] };
    await assert.rejects(joinVault(server, founder, forgetful), { code: 'E_ROLLBACK' });
  }
  assert.equal(device.vault.state.seq, 4);
});

test('what one context of a device has seen, another does not write beside, whatever the server takes', async () => {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const keyStore = createMemoryKeyStore();
  const engine = await joinVault(server, founder, keyStore);
  await engine.vault.append(() => [put('first')], []);
  const page = await joinVault(server, founder, keyStore);
  const heads = [server.head, server.head, server.head];
  await engine.vault.append(() => [put('backup of today')], []);
  const pinned = server.head;
  cutTo(server, heads, 2);
  await assert.rejects(
    page.vault.append(() => [put('beside')], []),
    { code: 'E_ROLLBACK' },
  );

  // The engine commits, and the server goes back, while the page's entry is on its way.
  const late = await joinVault(server, founder, createMemoryKeyStore());
  const pin = late.keyStore.pinHead;
  server.before = async (call) => {
    if (call === 'append') await pin(founder.vaultId, pinned, []);
  };
  await assert.rejects(
    late.vault.append(() => [put('beside')], []),
    { code: 'E_FORK' },
  );
  assert.deepEqual(await late.keyStore.pinnedHead(founder.vaultId), pinned);
});

test('an answer that is held back until another context has pinned something else is a fork, then and after a restart', async () => {
  const x = new MemoryServer();
  const founder = await foundVault(x);
  const keyStore = createMemoryKeyStore();
  const engine = await joinVault(x, founder, keyStore);
  await engine.vault.append(() => [put('first')], []);
  const y = new MemoryServer();
  for (const body of x.bodies) await push(y, founder, body);
  const page = await joinVault(x, founder, keyStore);
  const other = await joinVault(y, founder);
  for (const name of ['y1', 'y2']) await other.vault.append(() => [put(name)], []);

  const { readLog } = x;
  x.readLog = async (...asked) => {
    x.readLog = readLog;
    for (const name of ['x1', 'x2']) await engine.vault.append(() => [put(name)], []);
    return y.readLog(...asked);
  };
  await assert.rejects(page.vault.pull(), { code: 'E_FORK' });
  await assert.rejects(
    page.vault.append(() => [put('more')], []),
    { code: 'E_FORK' },
  );
  assert.deepEqual(await keyStore.pinnedHead(founder.vaultId), x.head);
  await assert.rejects(joinVault(y, founder, keyStore), { code: 'E_FORK' });
  const again = await joinVault(x, founder, keyStore);
  assert.deepEqual(again.vault.state.hash, engine.vault.state.hash, 'the honest history is read on');
});

test('another history at or before the pinned head is a fork', async () => {
  for (const rewriteFrom of [2, 3, 4]) {
    const { server, founder, device } = await setUp();
    const { keyStore } = device;
    const longer = new MemoryServer();
    for (const body of server.bodies.slice(0, rewriteFrom - 1)) await push(longer, founder, body);
    const writer = await newWriter();
    await write(longer, founder, writer, [await certOf(founder, writer), put('other')]);
    while (longer.head.seq < 6) await write(longer, founder, writer, [put('more')]);
    server.bodies.splice(0, Number.POSITIVE_INFINITY, ...longer.bodies);
    server.head = longer.head;
    // In memory the next entry does not follow on; from the pinned head alone the histories differ.
    await assert.rejects(device.vault.pull(), { code: 'E_INTEGRITY' });
    const forgetful = { ...keyStore, cachedEntries: async () => [] };
    await assert.rejects(joinVault(server, founder, forgetful), { code: 'E_FORK' });
  }
});

test('a head that its own entries do not lead to is a fork, and one beyond them withholds', async () => {
  const { server, device } = await setUp();
  const honest = server.head;
  server.head = { ...honest, hash: 'ab'.repeat(32) };
  await assert.rejects(device.vault.pull(), { code: 'E_FORK' });
  server.head = { seq: honest.seq + 1, hash: 'ab'.repeat(32) };
  await assert.rejects(device.vault.pull(), { code: 'E_INTEGRITY' });
  server.head = honest;
  assert.equal(await device.vault.pull(), false);
});

test('a flipped, cut, swapped, repeated or left-out entry stops a new device', async () => {
  const { server, founder } = await setUp();
  const honest = server.bodies.slice();
  const [first, second, third] = honest as [Bytes, Bytes, Bytes];
  const evil: Bytes[][] = [
    [first, flipped(second, 40), third],
    [first, flipped(second, second.length - 1), third],
    [first, second.slice(0, second.length - 1), third],
    [first, new Uint8Array(0), third],
    [first, third, second],
    [first, second, second, third],
    [first, third],
    [second, third],
    [first, first, third],
  ];
  for (const bodies of evil) {
    server.bodies.splice(0, Number.POSITIVE_INFINITY, ...bodies);
    await assert.rejects(joinVault(server, founder), { code: 'E_INTEGRITY' });
  }
  server.bodies.splice(0, Number.POSITIVE_INFINITY, ...honest);
  assert.equal((await joinVault(server, founder)).vault.state.seq, honest.length);
});

test('another vault’s log is not this vault’s, although the same account wrote it', async () => {
  const { server, founder } = await setUp();
  const elsewhere = { ...founder, vaultId: 'ab'.repeat(16) };
  await assert.rejects(joinVault(server, elsewhere), { code: 'E_INTEGRITY' });
  await assert.rejects(joinVault(server, { ...founder, logKey: random.bytes(32) }), { code: 'E_INTEGRITY' });
});

test('a true entry at another place is refused', async () => {
  const { server, founder, device } = await setUp();
  const writer = await newWriter();
  const ready = await seal(founder, server.head, writer, [await certOf(founder, writer), put('x')]);
  await device.vault.append(() => [put('came first')], []);
  await push(server, founder, ready.body);
  await assert.rejects(joinVault(server, founder), { code: 'E_INTEGRITY' });
});

test('with the log key alone nobody can write: unknown, self-made and removed devices are refused', async () => {
  const { server, founder } = await setUp();
  const unknown = await newWriter();
  const selfMade = await certOf(founder, unknown, await generateSigningPair());
  const known = await newWriter();
  await write(server, founder, known, [await certOf(founder, known)]);
  const honest = { bodies: server.bodies.slice(), head: server.head };
  const otherKey = { ...(await newWriter()), deviceId: known.deviceId };
  const attempts: [string, typeof unknown, Parameters<typeof write>[3]][] = [
    ['nobody admitted it', unknown, [put('x')]],
    ['it admitted itself', unknown, [selfMade, put('x')]],
    ['it uses the certificate of another', unknown, [await certOf(founder, known), put('x')]],
    ['it uses the id of another', otherKey, [put('x')]],
    ['it certifies a new key for an old id', otherKey, [await certOf(founder, otherKey), put('x')]],
    ['the certificate is of another name', unknown, [{ ...(await certOf(founder, unknown)), name: 'x' }, put('x')]],
  ];
  for (const [why, writer, ops] of attempts) {
    server.bodies.splice(0, Number.POSITIVE_INFINITY, ...honest.bodies);
    server.head = honest.head;
    await write(server, founder, writer, ops);
    await assert.rejects(joinVault(server, founder), { code: 'E_INTEGRITY' }, why);
  }
});

test('a removed device writes no more: others refuse it, and it does not try', async () => {
  const { server, founder, device } = await setUp(1);
  const other = await joinVault(server, founder);
  await other.vault.append(() => [{ op: 'device-revoke', deviceId: device.deviceId }], []);
  await assert.rejects(
    device.vault.append(() => [put('x')], []),
    { code: 'E_FORBIDDEN' },
  );
  const before = server.head;
  const writer = { deviceId: device.deviceId, pair: { signingKey: device.signingKey, publicKey: random.bytes(32) } };
  await write(server, founder, writer, [put('x')]);
  await assert.rejects(other.vault.pull(), { code: 'E_INTEGRITY' });
  assert.equal(other.vault.state.seq, before.seq);
});

test('an entry of a suite below the floor is a downgrade', async () => {
  const { server, founder, device } = await setUp(1);
  await device.vault.append(() => [{ op: 'suite-raise', minSuite: 1 }], []);
  const writer = await newWriter();
  const { body } = await seal(founder, server.head, writer, [await certOf(founder, writer)]);
  const lower = body.slice();
  lower[4] = 0;
  await push(server, founder, lower);
  await assert.rejects(device.vault.pull(), { code: 'E_DOWNGRADE' });
});

test('a signed entry that does not fit stops the vault for good', async () => {
  const { server, founder, device } = await setUp(1);
  const writer = await newWriter();
  const ring = put('folder', { kind: 1 });
  await write(server, founder, writer, [
    await certOf(founder, writer),
    ring,
    { ...ring, op: 'move', parent: ring.fileId },
  ]);
  for (const _ of [1, 2]) await assert.rejects(device.vault.pull(), { code: 'E_INTEGRITY' });
  await assert.rejects(
    device.vault.append(() => [put('x')], []),
    { code: 'E_INTEGRITY' },
  );
  await assert.rejects(joinVault(server, founder), { code: 'E_INTEGRITY' });
});
