/** The runner over a real queue with an archiver of the test's own: one stream of files, faults, pauses, deaths. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CapturedItem, createOutbox, readSummary } from '../../extension/queue/index.ts';
import { run } from '../../extension/runner/run.ts';
import { cancelled } from '../../shared/async/index.ts';
import { type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import { bytesItem, webItem } from '../contract/queue-suite.ts';
import { never, rig, road, wellBehaved } from './runner-rig.ts';

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(cancelled(signal)), { once: true }));

test('everything captured ends proven, in one stream, with one session', async () => {
  const r = rig(wellBehaved);
  await r.ports.outbox.intake.capture(Array.from({ length: 300 }, (_, i) => bytesItem(`f${i}`, 5)));
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).counts.proven, 300);
  assert.deepEqual(
    r.streams.map((names) => names.length),
    [300],
  );
  assert.equal(r.sessions, 1);
  assert.equal(await r.db.sources.count(), 0);
});

test('the bytes that reach the archiver are those captured', async () => {
  const seen: number[] = [];
  const r = rig(async (items, options, vault) => {
    const file = await items[0]!.open();
    seen.push(...(await file.blob.slice(2, 5).bytes()), file.size, file.mtime);
    await wellBehaved(items, options, vault);
  });
  const blob = new Blob([new Uint8Array([1, 2, 3, 4, 5, 6])]);
  await r.ports.outbox.intake.capture([{ kind: 'bytes', blob, path: [], name: 'a', mtime: 99 }]);
  await run(r.ports, never);
  assert.deepEqual(seen, [3, 4, 5, 6, 99]);
});

test("one item's fault stays its own", async () => {
  const r = rig(async (items, options, vault) => {
    const [bad, locked, ...good] = items;
    options.onEvent({ type: 'failed', key: bad!.key, error: road('E_SOURCE_GONE') });
    options.onEvent({ type: 'failed', key: locked!.key, error: road('E_SOURCE_PERMISSION') });
    await wellBehaved(good, options, vault);
  });
  await r.ports.outbox.intake.capture(['a', 'b', 'c', 'd'].map((name) => bytesItem(name)));
  await run(r.ports, never);
  const { counts, waiting } = await readSummary(r.db);
  assert.deepEqual([counts.proven, counts.failed, waiting.permission], [2, 1, 1]);
});

const copy = (place: string, size = 3): CapturedItem => {
  const [name = '', ...path] = place.split('/').reverse();
  return { kind: 'bytes', blob: new Blob([place.padEnd(size)]), path: path.reverse(), name, mtime: 7 };
};

test('copies out of a folder are few jobs, and each file comes with its own path, bytes and date', async () => {
  const places = ['Home/a', 'Home/sub/a', 'loose', 'Home/sub/deep/b', 'Other/a', 'Other/b', 'Home/large'];
  const seen = new Map<string, string>();
  const r = rig(async (items, options, vault) => {
    for (const item of items) {
      const file = await item.open();
      assert.equal(file.mtime, 7);
      seen.set([...item.path, item.name].join('/'), (await file.blob.text()).trimEnd());
    }
    await wellBehaved(items, options, vault);
  });
  const large = (place: string): number => (place.endsWith('large') ? 1_048_577 : 3);
  await r.ports.outbox.intake.capture(places.map((place) => copy(place, large(place))));
  const jobs = (await r.db.jobs.toArray()).map(({ path, name, files }) => `${[...path, name].join('/')} ${files}`);
  assert.deepEqual(jobs.sort(), ['Home 3', 'Home/large 1', 'Other 2', 'loose 1']);
  await run(r.ports, never);
  assert.deepEqual(seen, new Map(places.map((place) => [place, place])));
  assert.equal((await readSummary(r.db)).counts.proven, places.length);
  assert.equal((await r.db.sources.count()) + (await r.db.bundles.count()), 0);
});

test('a copy that fails leaves the others alone, and is still there to be tried again', async () => {
  let broken = true;
  const r = rig(async (items, options, vault) => {
    const bad = items.filter(({ name }) => broken && name === 'bad');
    for (const { key } of bad) options.onEvent({ type: 'failed', key, error: road('E_SOURCE_UNREADABLE') });
    await wellBehaved(
      items.filter((item) => !bad.includes(item)),
      options,
      vault,
    );
  });
  const { intake, controls } = r.ports.outbox;
  await intake.capture(['Home/a', 'Home/sub/bad', 'Home/b'].map((place) => copy(place)));
  await run(r.ports, never);
  const { counts } = await readSummary(r.db);
  assert.deepEqual([counts.proven, counts.failed, await r.db.sources.count()], [2, 1, 1]);
  broken = false;
  const [failed] = await r.db.jobs.filter((job) => job.status.state === 'failed').toArray();
  await controls.retry([failed?.id ?? '']);
  await run(r.ports, never);
  assert.deepEqual([...r.vault.values()].sort(), ['a', 'b', 'bad']);
  assert.equal(await r.db.sources.count(), 0);
});

const REASONS = {
  E_OFFLINE: 'offline',
  E_UNAVAILABLE: 'offline',
  E_TIMEOUT: 'offline',
  E_RATE: 'rate',
  E_QUOTA: 'quota',
  E_SERVER_FULL: 'quota',
  E_SESSION: 'auth',
  E_OTHER_SERVER: 'auth',
  E_LOCKED: 'locked',
  E_ROLLBACK: 'auth',
} as const satisfies Partial<Record<ErrorCode, string>>;

for (const [code, reason] of Object.entries(REASONS) as [ErrorCode, string][]) {
  test(`${code} makes the queue wait: ${reason}; nothing fails, nothing is lost, and it goes on in time`, async () => {
    let broken = true;
    const r = rig(async (items, options, vault) => {
      if (broken) throw road(code);
      await wellBehaved(items, options, vault);
    });
    await r.ports.outbox.intake.capture(Array.from({ length: 40 }, (_, i) => bytesItem(`f${i}`, 1)));
    await run(r.ports, never);
    const { counts, hold } = await readSummary(r.db);
    assert.deepEqual([counts.waiting, counts.queued, counts.failed], [40, 0, 0]);
    assert.deepEqual([hold?.reason, hold?.code], [reason, code]);
    assert.ok(hold!.notBefore > r.clock.now);
    assert.equal(r.streams.length, 1);
    broken = false;
    r.clock.now = hold!.notBefore;
    await run(r.ports, never);
    assert.equal((await readSummary(r.db)).counts.proven, 40);
    assert.equal((await readSummary(r.db)).hold, null);
  });
}

test('waits grow with each failure in a row, and are never shorter than the server asked for', async () => {
  const r = rig(async () => Promise.reject(new HoldfastError('E_UNAVAILABLE', '', { retryAfterMs: 90_000 })));
  await r.ports.outbox.intake.capture([bytesItem('a')]);
  await run(r.ports, never);
  const first = (await readSummary(r.db)).hold!;
  assert.ok(first.notBefore - r.clock.now >= 90_000);
  r.clock.now = first.notBefore;
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).hold?.tries, 2);
});

test('a person who tries at once gets all of it done at once, what only owes its proof included', async () => {
  let open = false;
  const r = rig(async (items, options, vault) => {
    options.onEvent({ type: 'committed', key: items[0]!.key, unchanged: false, size: 1 });
    if (!open) throw road('E_SERVER_FULL');
    await wellBehaved(items, options, vault);
  });
  await r.ports.outbox.intake.capture([bytesItem('a'), bytesItem('b')]);
  await run(r.ports, never);
  const { counts, hold } = await readSummary(r.db);
  assert.deepEqual([counts.committed, counts.waiting, hold?.reason], [1, 1, 'quota']);
  open = true;
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).counts.proven, 0, 'held');
  await r.ports.outbox.controls.release('quota');
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).counts.proven, 2);
});

test('nobody signed in: the queue waits for it, and goes on when somebody is', async () => {
  let signedIn = false;
  const r = rig(wellBehaved, {
    openEngine: async () => {
      if (!signedIn) throw road('E_SESSION');
    },
  });
  await r.ports.outbox.intake.capture([bytesItem('a')]);
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).waiting.auth, 1);
  signedIn = true;
  await r.ports.outbox.controls.release('auth');
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).counts.proven, 1);
});

test('a fault of ours is pinned on the one item that causes it', async () => {
  const r = rig(async (items, options, vault) => {
    if (items.some((item) => item.name === 'poison')) throw new TypeError('a bug');
    await wellBehaved(items, options, vault);
  });
  await r.ports.outbox.intake.capture(['a', 'poison', 'b', 'c'].map((name) => bytesItem(name)));
  await run(r.ports, never);
  const { counts, hold } = await readSummary(r.db);
  assert.deepEqual([counts.proven, counts.failed, hold], [3, 1, null]);
  const failed = await r.db.jobs.filter((job) => job.status.state === 'failed').first();
  assert.deepEqual([failed?.name, failed?.status], ['poison', { state: 'failed', code: 'E_INTERNAL' }]);
});

test('a pause stops the stream under way and puts it back', async () => {
  const r = rig(async (_, { signal }) => {
    await r.ports.outbox.controls.pause();
    await aborted(signal);
  });
  await r.ports.outbox.intake.capture([bytesItem('a'), bytesItem('b')]);
  await run(r.ports, never);
  const { counts, paused } = await readSummary(r.db);
  assert.deepEqual([counts.queued, paused], [2, true]);
});

test('a cancelled item leaves the stream, the rest goes on', async () => {
  let first = true;
  const r = rig(async (items, options, vault) => {
    if (!first) return wellBehaved(items, options, vault);
    first = false;
    await r.ports.outbox.controls.cancel([items[0]!.key]);
    await aborted(options.signal);
  });
  await r.ports.outbox.intake.capture(['a', 'b', 'c'].map((name) => bytesItem(name)));
  await run(r.ports, never);
  const { counts } = await readSummary(r.db);
  assert.deepEqual([counts.cancelled, counts.proven], [1, 2]);
  assert.equal(r.vault.size, 2);
});

test('killed at any point of a stream, the next runner finishes it and each version is in the vault once', async () => {
  // 0: before anything; then after so many commits; the last: all committed, nothing proven.
  for (const point of [0, 1, 2, 3]) {
    const dead = new Error('killed');
    const r = rig(async (items, { onEvent }, vault) => {
      for (const item of items.slice(0, point)) {
        vault.set(item.key, item.name);
        onEvent({ type: 'committed', key: item.key, unchanged: false, size: 1 });
      }
      // Sent, but death came before the answer was heard.
      const lost = items[point];
      if (lost !== undefined) vault.set(lost.key, lost.name);
      throw dead;
    });
    await r.ports.outbox.intake.capture(['a', 'b', 'c'].map((name) => bytesItem(name)));
    const kill = { ...r.ports, outbox: dying(r.ports.outbox, dead) };
    await assert.rejects(run(kill, never));
    const heir = rig(wellBehaved);
    await run({ ...heir.ports, outbox: createOutbox(r.db, () => r.clock.now), owner: 'two' }, never);
    assert.equal((await readSummary(r.db)).counts.proven, 3, `killed after ${point}`);
    const all = new Set([...r.vault.keys(), ...heir.vault.keys()]);
    assert.equal(all.size, 3);
  }
});

test('after a sleep longer than a lease, a stream is not given what it has already', async () => {
  const r = rig(wellBehaved, {
    openEngine: async () => {
      r.clock.now += 120_000;
    },
  });
  await r.ports.outbox.intake.capture([bytesItem('a'), bytesItem('b')]);
  await run(r.ports, never);
  assert.deepEqual(
    r.streams.map((names) => names.sort()),
    [['a', 'b']],
  );
  assert.equal((await readSummary(r.db)).counts.proven, 2);
});

test('a bundle is not proven while a file of it is not, however often another is told', async () => {
  const r = rig(async ([first], { onEvent }) => {
    const { key } = first!;
    for (let i = 0; i < 2; i++) onEvent({ type: 'committed', key, unchanged: false, size: 1 });
    for (let i = 0; i < 2; i++) onEvent({ type: 'proven', key });
    throw road('E_OFFLINE');
  });
  await r.ports.outbox.intake.capture([copy('Home/a'), copy('Home/b')]);
  await run(r.ports, never);
  const { counts } = await readSummary(r.db);
  assert.deepEqual([counts.proven, counts.committed, counts.waiting, await r.db.sources.count()], [0, 0, 2, 1]);
});

/** An outbox whose owner dies before it can say what became of its jobs. */
function dying(outbox: ReturnType<typeof createOutbox>, error: Error): ReturnType<typeof createOutbox> {
  const leases = new Proxy(outbox.leases, {
    get: (target, name) => {
      if (name === 'fail' || name === 'putBack' || name === 'wait') return () => Promise.reject(error);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { ...outbox, leases };
}

test('a paused queue is left alone', async () => {
  const r = rig(wellBehaved);
  await r.ports.outbox.intake.capture([bytesItem('a'), webItem('https://site.test/x', true)]);
  await r.ports.outbox.controls.pause();
  await run(r.ports, never);
  assert.deepEqual(r.streams, []);
});
