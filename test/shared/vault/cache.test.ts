/** What a device keeps between runs: it saves reading, and costs nothing when it is broken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_ENTRIES_PER_READ } from '../../../shared/protocol/index.ts';
import { countsOf } from '../../../shared/vault/index.ts';
import { foundVault, joinVault } from '../../support/fixtures.ts';
import { createMemoryKeyStore } from '../../support/memory-key-store.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { put } from '../../support/ops.ts';
import { certOf, newWriter, write } from '../../support/pen.ts';
import { flipped } from '../../support/tamper.ts';

async function setUp(entries = 4) {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const keyStore = createMemoryKeyStore();
  const device = await joinVault(server, founder, keyStore);
  for (let i = 0; i < entries; i++) await device.vault.append(() => [put(`f${i}`)], []);
  const reads: number[] = [];
  const { readLog } = server;
  server.readLog = (vault, after, limit) => {
    reads.push(after);
    return readLog.call(server, vault, after, limit);
  };
  return { server, founder, keyStore, device, reads };
}

test('a restart reads only the tail of the log', async () => {
  const { server, founder, keyStore, reads } = await setUp();
  const again = await joinVault(server, founder, keyStore);
  assert.deepEqual(reads, [5]);
  assert.equal(countsOf(again.vault.state).nodes, 4);
  assert.equal(await again.vault.pull(), false);
});

test('what is broken of a cache is read again from the server, whichever byte it is', async () => {
  const { server, founder, keyStore, device, reads } = await setUp();
  const [, , third] = server.bodies;
  for (const at of [0, 3, 4, 5, 40, 1_000]) {
    await keyStore.cacheEntries(founder.vaultId, 3, [flipped(third as (typeof server.bodies)[0], at)]);
    reads.length = 0;
    const again = await joinVault(server, founder, keyStore);
    assert.deepEqual(reads, [2], `byte ${at}`);
    assert.deepEqual(again.vault.state.hash, device.vault.state.hash);
    reads.length = 0;
    await joinVault(server, founder, keyStore);
    assert.deepEqual(reads, [5], 'the cache is whole again');
  }
});

test('a cache with a signed entry that does not fit is read again too', async () => {
  const { server, founder, keyStore, device } = await setUp(1);
  const forked = new MemoryServer();
  forked.bodies.push(server.bodies[0] as (typeof server.bodies)[0]);
  Object.assign(forked, { head: await headAfterFirst(founder, server) });
  const writer = await newWriter();
  const ring = put('folder', { kind: 1 });
  await write(forked, founder, writer, [
    await certOf(founder, writer),
    ring,
    { ...ring, op: 'move', parent: ring.fileId },
  ]);
  await keyStore.cacheEntries(founder.vaultId, 2, [forked.bodies[1] as (typeof server.bodies)[0]]);
  const again = await joinVault(server, founder, keyStore);
  assert.deepEqual(again.vault.state.hash, device.vault.state.hash);
  await again.vault.append(() => [put('more')], []);
});

async function headAfterFirst(founder: Awaited<ReturnType<typeof foundVault>>, server: MemoryServer) {
  const copy = new MemoryServer();
  const answer = await copy.append(founder.vaultId, copy.head, server.bodies.slice(0, 1), []);
  assert.ok(answer.ok);
  return answer.head;
}

test('a cache with a hole is used up to the hole', async () => {
  const { server, founder, keyStore, reads } = await setUp();
  const holed = {
    ...keyStore,
    cachedEntries: async (vaultId: string) => (await keyStore.cachedEntries(vaultId, 0)).slice(0, 2),
  };
  const again = await joinVault(server, founder, holed);
  assert.deepEqual(reads, [2]);
  assert.equal(countsOf(again.vault.state).nodes, 4);
});

test('a long log is read page by page, and only once', async () => {
  const { server, founder, device, reads } = await setUp(0);
  const count = MAX_ENTRIES_PER_READ + 10;
  const writer = await newWriter();
  await write(server, founder, writer, [await certOf(founder, writer)]);
  for (let i = 2; i < count; i++) await write(server, founder, writer, [put(`${i}`)]);
  assert.equal(await device.vault.pull(), true);
  assert.deepEqual(reads, [1, 1 + MAX_ENTRIES_PER_READ]);
  assert.equal(device.vault.state.seq, count);
  assert.equal(await device.vault.pull(), false);
});

test('two tabs with one key store: the older one never sets the pin back', async () => {
  const { server, founder, keyStore, device } = await setUp(1);
  const tab = await joinVault(server, founder, keyStore);
  await tab.vault.append(() => [put('newer')], []);
  const pinned = await keyStore.pinnedHead(founder.vaultId);
  assert.equal(pinned?.seq, server.head.seq);
  await device.vault.pull();
  assert.deepEqual(await keyStore.pinnedHead(founder.vaultId), pinned);
  assert.equal(countsOf(device.vault.state).nodes, 2);
});
