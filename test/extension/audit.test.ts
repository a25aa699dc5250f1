/** Audits in idle hours, over a real queue and a real vault: the day's quota, what stops them, and what they tell. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox, openQueue, readSummary } from '../../extension/queue/index.ts';
import { type AuditPorts, auditWhenDue } from '../../extension/runner/audit.ts';
import { createAuditLog, createTokenStore } from '../../shared/browser/index.ts';
import { type Bytes, utf8 } from '../../shared/bytes/index.ts';
import { createChecker } from '../../shared/checker/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { packsOf } from '../../shared/vault/index.ts';
import { bytesItem } from '../contract/queue-suite.ts';
import { foundVault, joinVault, noTokens, random } from '../support/fixtures.ts';
import { MemoryServer } from '../support/memory-server.ts';
import { archive, itemOf } from '../support/share-scene.ts';

const HALF_HOUR = 30 * 60_000;
const DAY = 48 * HALF_HOUR;
const NEVER = new AbortController().signal;
let count = 0;

/**
 * A vault of `packs` small packs, signed in, with the first audit due now; the clock stands at the start of a day. The packs
 * have tokens if they are `kept`, and else not before they are read.
 */
async function rig(packs: number, kept = false) {
  const name = `audit-${count++}`;
  const server = new MemoryServer();
  const tokens = createTokenStore(`${name}-tokens`);
  const device = { ...(await joinVault(server, await foundVault(server))), tokens: kept ? tokens : noTokens };
  for (let i = 0; i < packs; i++) await archive(device, [itemOf(`file ${i}`, utf8(`text ${i} `.repeat(100)))]);
  const clock = { now: 20_000 * DAY };
  const read: string[] = [];
  const asked: string[][] = [];
  const api = {
    challengePacks: (vault: string, challenges: readonly { packId: string; key: Bytes }[]) => {
      if (challenges.length > 0) asked.push(challenges.map(({ packId }) => packId));
      return server.challengePacks(vault, challenges);
    },
    pack: (vault: string, id: string, range?: { start: number; end: number }) => {
      read.push(id);
      return server.pack(vault, id, range);
    },
  };
  const log = createAuditLog(`${name}-log`);
  const state = { metered: false, opened: 0, fault: null as HoldfastError | null };
  /** A new context over the same databases, as after a death. */
  const start = (): AuditPorts => ({
    outbox: createOutbox(openQueue(name), () => clock.now),
    clock: { now: () => clock.now, sleep: async () => undefined },
    isMetered: () => state.metered,
    onMoved: () => undefined,
    random: () => 0,
    async openAuditor() {
      state.opened++;
      if (state.fault !== null) throw state.fault;
      return { vault: device.vault, checker: createChecker({ ...device, random, api, tokens }), log };
    },
  });
  const ports = start();
  await ports.outbox.controls.put('account', 'ada');
  await ports.outbox.audits.dueAt();
  clock.now += HALF_HOUR;
  const ids = [...packsOf(device.vault.state)].map(({ id }) => id);
  return {
    server,
    clock,
    read,
    asked,
    log,
    state,
    start,
    ports,
    ids,
    vaultId: device.vault.vaultId,
    db: openQueue(name),
  };
}

test('ten packs a day, two at a time, half an hour apart, and no more after any number of deaths', async () => {
  const r = await rig(12);
  for (let stretch = 0; stretch < 40; stretch++) {
    await auditWhenDue(r.start(), NEVER);
    await auditWhenDue(r.start(), NEVER);
    assert.equal(r.read.length, Math.min(10, 2 * (stretch + 1)));
    r.clock.now += HALF_HOUR;
  }
  r.clock.now = 20_001 * DAY;
  await auditWhenDue(r.start(), NEVER);
  assert.equal(r.read.length, 12);
  const audited = await r.log.all(r.vaultId);
  assert.deepEqual([...audited.keys()].sort(), [...new Set(r.read)].sort());
  assert.equal((await readSummary(r.db)).audit.provenAt, r.clock.now);
});

test('a small vault is read once a day', async () => {
  const r = await rig(3);
  for (let stretch = 0; stretch < 10; stretch++, r.clock.now += HALF_HOUR) await auditWhenDue(r.ports, NEVER);
  assert.equal(r.read.length, 3);
});

test('a death in the middle of a stretch does not begin it again', async () => {
  const r = await rig(3);
  const stop = new AbortController();
  r.server.before = (call) => {
    if (call === 'pack') stop.abort();
  };
  await auditWhenDue(r.start(), stop.signal);
  assert.equal(r.read.length, 1);
  await auditWhenDue(r.start(), NEVER);
  assert.equal(r.read.length, 1);
});

test('nothing is read while there is work, while paused, or while signed out', async () => {
  const r = await rig(2);
  const { controls, intake } = r.ports.outbox;
  await controls.pause();
  await auditWhenDue(r.ports, NEVER);
  await controls.resume();
  await controls.put('account', null);
  await auditWhenDue(r.ports, NEVER);
  await controls.put('account', 'ada');
  const ids = await intake.capture([bytesItem('a')]);
  await auditWhenDue(r.ports, NEVER);
  assert.equal(r.state.opened, 0);
  await controls.cancel(ids);
  await auditWhenDue(r.ports, NEVER);
  assert.equal(r.read.length, 2);
});

test('a network that costs is spared when a person said so, and asked again in time', async () => {
  const r = await rig(2);
  r.state.metered = true;
  await r.ports.outbox.controls.put('waitOnMetered', true);
  await auditWhenDue(r.ports, NEVER);
  r.state.metered = false;
  await auditWhenDue(r.ports, NEVER);
  assert.equal(r.state.opened, 0);
  r.clock.now += HALF_HOUR;
  await auditWhenDue(r.ports, NEVER);
  assert.equal(r.read.length, 2);
});

test('what is lost is told with its files, looked at again, and taken back when it is mended', async () => {
  const r = await rig(3);
  const kept = new Map(r.server.packs);
  r.server.packs.clear();
  await auditWhenDue(r.ports, NEVER);
  const { damaged } = (await readSummary(r.db)).audit;
  assert.deepEqual([damaged?.packs.toSorted(), damaged?.files], [r.read.toSorted(), 2]);
  for (const [id, pack] of kept) r.server.packs.set(id, pack);
  r.clock.now += DAY;
  await auditWhenDue(r.ports, NEVER);
  assert.equal((await readSummary(r.db)).audit.damaged, null);
});

test('damaged packs are read again once a day, and take nothing from the draws', async () => {
  const r = await rig(12);
  r.server.packs.clear();
  for (let stretch = 0; stretch < 5; stretch++, r.clock.now += HALF_HOUR) await auditWhenDue(r.ports, NEVER);
  assert.equal(r.read.length, 10);
  const damaged = (await readSummary(r.db)).audit.damaged?.packs ?? [];
  assert.equal(damaged.length, new Set(r.read).size);
  r.read.length = 0;
  r.clock.now += DAY;
  const drawnOf = async () => (await r.ports.outbox.audits.get()).packs;
  for (let stretch = 0; stretch < 5; stretch++, r.clock.now += HALF_HOUR) await auditWhenDue(r.ports, NEVER);
  assert.ok(damaged.every((id) => r.read.includes(id)));
  assert.ok((await drawnOf()) <= 10 && r.read.length <= damaged.length + 10);
});

test('a road that fails tells nothing, a server that shows an older state does', async () => {
  const r = await rig(2);
  r.state.fault = new HoldfastError('E_OFFLINE', 'the test says so');
  await auditWhenDue(r.ports, NEVER);
  assert.deepEqual([(await readSummary(r.db)).hold, (await readSummary(r.db)).audit.damaged], [null, null]);
  r.clock.now += HALF_HOUR;
  r.state.fault = new HoldfastError('E_ROLLBACK', 'the test says so');
  await auditWhenDue(r.ports, NEVER);
  assert.equal((await readSummary(r.db)).hold?.code, 'E_ROLLBACK');
  r.clock.now += HALF_HOUR;
  r.state.fault = null;
  await auditWhenDue(r.ports, NEVER);
  assert.equal((await readSummary(r.db)).hold, null);
});

test('a hundred packs a day are asked about in a few requests, each once, and none is read for it', async () => {
  const r = await rig(130, true);
  for (let stretch = 0; stretch < 10; stretch++, r.clock.now += HALF_HOUR) await auditWhenDue(r.start(), NEVER);
  assert.deepEqual(
    r.asked.map((ids) => ids.length),
    [20, 20, 20, 20, 20],
  );
  assert.equal(r.read.length, 10);
  const proven = await r.log.all(r.vaultId);
  assert.deepEqual([...proven.keys()].toSorted(), [...new Set(r.read)].toSorted());
});

test('who has nothing to answer with is read in the same stretch, told as damaged, and takes nothing from the draws', async () => {
  const r = await rig(15, true);
  const lost = r.ids.slice(0, 3);
  for (const id of lost) r.server.packs.delete(id);
  await auditWhenDue(r.ports, NEVER);
  assert.ok(lost.every((id) => r.read.includes(id)));
  assert.deepEqual((await readSummary(r.db)).audit.damaged?.packs.toSorted(), lost.toSorted());
  assert.equal((await r.ports.outbox.audits.get()).packs, 2);
});

test('whose answers are wrong is read, eight at once, until all are; what is whole is proven by that', async () => {
  const r = await rig(18, true);
  const honest = r.server.macOf.bind(r.server);
  r.server.macOf = () => random.bytes(16);
  await auditWhenDue(r.ports, NEVER);
  assert.equal(r.read.length, 2 + 8);
  r.server.macOf = honest;
  for (let stretch = 0; stretch < 2; stretch++) {
    r.clock.now += HALF_HOUR;
    await auditWhenDue(r.ports, NEVER);
  }
  assert.equal(new Set(r.read).size, 18);
  assert.equal((await readSummary(r.db)).audit.damaged, null);
  assert.equal((await r.log.all(r.vaultId)).size, 18);
});

test('a server that knows no challenges, or breaks them off, is read from as ever', async () => {
  const older = await rig(12, true);
  older.server.before = (call) => {
    if (call === 'challengePacks') throw new HoldfastError('E_NOT_FOUND', 'no such route');
  };
  const rude = await rig(12, true);
  rude.server.challengePacks = async (_vault, challenges) => {
    if (challenges.length === 0) return [];
    throw new HoldfastError('E_UNAVAILABLE', 'the test says so');
  };
  for (const r of [older, rude]) {
    for (let stretch = 0; stretch < 6; stretch++, r.clock.now += HALF_HOUR) await auditWhenDue(r.ports, NEVER);
    assert.equal((await readSummary(r.db)).audit.damaged, null);
    assert.equal((await r.ports.outbox.audits.get()).packs, 10);
  }
  assert.equal(older.read.length, 10);
  assert.equal(new Set(rude.read).size, 12);
});
