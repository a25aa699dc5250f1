/** The engine's loop: one run at a time, again when woken, asleep only while nothing is due soon. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sources } from '../../extension/capture/worker/index.ts';
import type { EngineReport } from '../../extension/messaging/index.ts';
import { createOutbox, openQueue, readSummary } from '../../extension/queue/index.ts';
import { EngineLoop, type LoopPorts } from '../../extension/runner/loop.ts';
import type { Archiver } from '../../shared/archiver/index.ts';
import { cancelled } from '../../shared/async/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { bytesItem } from '../contract/queue-suite.ts';
import { until } from '../support/waiting.ts';

let count = 0;

function rig(archive: Archiver['archive'], whenIdle: LoopPorts['whenIdle'] = async () => undefined) {
  const db = openQueue(`loop-${count++}`);
  const clock = { now: 1_000_000 };
  const outbox = createOutbox(db, () => clock.now);
  const idle: EngineReport[] = [];
  const faults: EngineReport[] = [];
  let heard = Promise.withResolvers<void>();
  const sleeps: number[] = [];
  /** Sleeps that last until these are resolved; others are over at once. */
  const lingers: Promise<void>[] = [];
  const loop = new EngineLoop({
    outbox,
    owner: 'one',
    sources: new Sources(),
    isMetered: () => false,
    random: () => 0,
    web: { fetch: async () => new Response(''), isOnline: () => true, now: () => 0 },
    openEngine: async () => ({ archive, scan: () => async () => false }),
    whenIdle,
    exclusively: (work) => work(),
    clock: {
      now: () => clock.now,
      // The long beats are never over before the work is; waiting for what is due moves the clock.
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal?.addEventListener('abort', () => reject(cancelled(signal)), { once: true });
          if (ms === 500 || ms === 10_000) return;
          sleeps.push(ms);
          clock.now += ms;
          const lasts = lingers.shift();
          if (lasts === undefined) resolve();
          else void lasts.then(resolve);
        }),
    },
    report: (report) => {
      if (report.type === 'fault') faults.push(report);
      if (report.type !== 'idle') return;
      idle.push(report);
      heard.resolve();
      heard = Promise.withResolvers();
    },
  });
  const untilIdle = async (): Promise<void> => {
    const next = heard.promise;
    loop.wake();
    await next;
  };
  return { db, outbox, clock, loop, idle, faults, sleeps, lingers, untilIdle };
}

const good: Archiver['archive'] = async (items, { onEvent }) => {
  let committed = 0;
  for await (const { key } of items) {
    committed++;
    onEvent({ type: 'committed', key, unchanged: false, size: 1 });
    onEvent({ type: 'proven', key });
  }
  return { committed, failed: 0, sentBytes: 0, sentPacks: 0 };
};

test('woken, it drains the queue and says that nothing is left', async () => {
  const r = rig(good);
  await r.outbox.intake.capture([bytesItem('a'), bytesItem('b')]);
  await r.untilIdle();
  assert.equal((await readSummary(r.db)).counts.proven, 2);
  assert.equal(r.idle.length, 1);
});

test('it stays for a while after the last work, and what comes meanwhile is done before it says that it is idle', async () => {
  const r = rig(good);
  const second = Promise.withResolvers<void>();
  r.lingers.push(new Promise(() => undefined), second.promise);
  await r.outbox.intake.capture([bytesItem('a')]);
  const idle = r.untilIdle();
  await until('the first to be safe', async () => (await readSummary(r.db)).counts.proven === 1);
  await r.outbox.intake.capture([bytesItem('b')]);
  r.loop.wake();
  await until('the second to be safe', async () => (await readSummary(r.db)).counts.proven === 2);
  assert.deepEqual(r.idle, []);
  second.resolve();
  await idle;
  assert.equal(r.idle.length, 1);
});

test('woken while at work, it looks again before it rests', async () => {
  let late = true;
  const r = rig(async (items, options) => {
    if (late) {
      late = false;
      await r.outbox.intake.capture([bytesItem('late')]);
      r.loop.wake();
    }
    return good(items, options);
  });
  await r.outbox.intake.capture([bytesItem('a')]);
  await r.untilIdle();
  assert.equal((await readSummary(r.db)).counts.proven, 2);
  assert.equal(r.idle.length, 1);
});

test('proof is for when nothing is left to do, and gives way to what comes', async () => {
  const seen: string[] = [];
  const r = rig(good, async (signal) => {
    seen.push(`idle after ${(await readSummary(r.db)).counts.proven}`);
    if (seen.length > 1) return;
    await r.outbox.intake.capture([bytesItem('late')]);
    r.loop.wake();
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(`given way: ${signal.aborted}`);
  });
  await r.outbox.intake.capture([bytesItem('a')]);
  await r.untilIdle();
  assert.deepEqual(seen, ['idle after 1', 'given way: true', 'idle after 2']);
  await r.outbox.leases.setHold({ reason: 'quota', code: 'E_QUOTA', notBefore: r.clock.now + 1e9, tries: 1 });
  await r.outbox.intake.capture([bytesItem('held')]);
  await r.untilIdle();
  assert.equal(seen.length, 3);
});

test('what is due soon is waited for here; what is due later is left to the alarms', async () => {
  let failures = 0;
  const r = rig(async (items, options) => {
    failures++;
    if (failures === 1) throw new HoldfastError('E_OFFLINE', '');
    if (failures === 2) throw new HoldfastError('E_UNAVAILABLE', '', { retryAfterMs: 120_000 });
    return good(items, options);
  });
  await r.outbox.intake.capture([bytesItem('a')]);
  await r.untilIdle();
  assert.deepEqual(r.sleeps, [1_000]);
  assert.equal(r.idle.length, 1);
  assert.equal(await r.outbox.leases.nextDue(), r.clock.now + 120_000);
});

const full = (): Promise<never> => Promise.reject(new HoldfastError('E_DISK_FULL', 'the test says so'));

test('a fault of the queue is held against it, and let go of when a run goes well', async () => {
  const r = rig(good);
  await r.outbox.intake.capture([bytesItem('a')]);
  const { claim } = r.outbox.leases;
  r.outbox.leases.claim = full;
  await r.untilIdle();
  const { hold } = await readSummary(r.db);
  assert.deepEqual([hold?.reason, hold?.code, r.faults, r.sleeps], ['fault', 'E_DISK_FULL', [], []]);
  assert.equal(await r.outbox.leases.nextDue(), hold?.notBefore);
  r.outbox.leases.claim = claim;
  r.clock.now = hold?.notBefore ?? 0;
  await r.untilIdle();
  const after = await readSummary(r.db);
  assert.deepEqual([after.counts.proven, after.hold], [1, null]);
});

test('a queue that cannot even keep that is asked once a minute, whoever wakes us, and it is said once', async () => {
  const r = rig(good);
  await r.outbox.intake.capture([bytesItem('a')]);
  const { claim, setHold } = r.outbox.leases;
  let claims = 0;
  const minutes = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
  r.lingers.push(...minutes.map(({ promise }) => promise));
  r.outbox.leases.setHold = full;
  r.outbox.leases.claim = () => {
    claims++;
    return full();
  };
  const idle = r.untilIdle();
  for (const [i, minute] of minutes.entries()) {
    await until('the fault', async () => r.sleeps.length === i + 1);
    for (let woken = 0; woken < 10; woken++) r.loop.wake();
    assert.deepEqual([claims, r.sleeps.at(-1), r.faults], [i + 1, 60_000, [{ type: 'fault', code: 'E_DISK_FULL' }]]);
    if (i === 1) Object.assign(r.outbox.leases, { claim, setHold });
    minute.resolve();
  }
  await idle;
  assert.equal((await readSummary(r.db)).counts.proven, 1);
});
