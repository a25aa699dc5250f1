/** Folders through the runner: walked, bundled, archived in one stream; and what happens when files or leave go meanwhile. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Sources } from '../../extension/capture/worker/index.ts';
import { createOutbox, newId, type Outbox, openQueue, readSummary } from '../../extension/queue/index.ts';
import { Bell } from '../../extension/runner/bell.ts';
import { type RunPorts, run } from '../../extension/runner/run.ts';
import type { ArchiveItem, ArchiveOptions, Archiver } from '../../shared/archiver/index.ts';
import { cancelled } from '../../shared/async/index.ts';
import { toHex } from '../../shared/bytes/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { type Disk, folderHandle, type Tree } from '../support/file-tree.ts';
import { until } from '../support/waiting.ts';

let count = 0;
const never = new AbortController().signal;
const disk = (size = 1): Disk => ({ bytes: Array.from({ length: size }, () => 7), mtime: 0 });
const files = (names: Iterable<string>): Tree => Object.fromEntries([...names].map((name) => [name, disk()]));
const numbered = (count: number): Tree => files(Array.from({ length: count }, (_, i) => `f${i}`));

type Each = (item: ArchiveItem, options: ArchiveOptions) => Promise<void> | void;

/** A queue with the captured folder `given`, and an archiver that keeps a version once by its id. */
async function rig(given: Tree, each: Each = () => undefined) {
  const db = openQueue(`folders-${count++}`);
  const handle = { kind: 'directory', name: 'Home' } as unknown as FileSystemDirectoryHandle;
  const outbox = createOutbox(db, () => 1_000);
  await outbox.intake.capture([{ kind: 'folder', handle }]);
  const id = String((await db.sources.toCollection().primaryKeys())[0]);
  /** Version ids by path. */
  const vault = new Map<string, Set<string>>();
  const streams: string[][] = [];
  const archiver: Archiver = {
    scan: () => async (_, name) => name.startsWith('same'),
    async archive(items, options) {
      const names: string[] = [];
      streams.push(names);
      const keys: string[] = [];
      for await (const item of items) {
        if (options.signal.aborted) throw cancelled(options.signal);
        names.push(item.name);
        await each(item, options);
        const size = await sizeOf(item, options);
        if (size === null) continue;
        const path = [...item.path, item.name].join('/');
        vault.set(path, (vault.get(path) ?? new Set()).add(toHex(item.versionId)));
        options.onEvent({ type: 'committed', key: item.key, unchanged: false, size });
        keys.push(item.key);
      }
      for (const key of keys) options.onEvent({ type: 'proven', key });
      return { committed: keys.length, failed: 0, sentBytes: 0, sentPacks: 0 };
    },
  };
  /** A runner in a life of its own. */
  const portsOf = (some: Partial<RunPorts> = {}): RunPorts => {
    const sources = new Sources();
    // The database in memory keeps no handles; those met first are used.
    sources.hold({ id, kind: 'folder', handle: folderHandle('Home', given) });
    return {
      ...{ outbox, sources, owner: newId(), random: () => 0.5, woken: new Bell() },
      clock: { now: () => 1_000, sleep: (_, signal) => nextTurn(signal) },
      web: { fetch: async () => new Response(), isOnline: () => true, now: () => 0 },
      isMetered: () => false,
      onMoved: () => undefined,
      openEngine: async () => archiver,
      ...some,
    };
  };
  return {
    db,
    outbox,
    vault,
    streams,
    portsOf,
    sourceId: id,
    run: (some?: Partial<RunPorts>) => run(portsOf(some), never),
  };
}

async function sizeOf(item: ArchiveItem, { onEvent }: ArchiveOptions): Promise<number | null> {
  try {
    return (await item.open()).size;
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error;
    onEvent({ type: 'failed', key: item.key, error });
    return null;
  }
}

function nextTurn(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => (signal?.aborted ? reject(cancelled(signal)) : resolve()), 1);
  });
}

test('a folder is archived in one stream while it is walked, without what has not changed', async () => {
  const r = await rig({ ...numbered(2_500), sub: files(['a', 'same b']), same: files(['same c', 'd']) });
  await r.run();
  assert.equal(r.streams.length, 1);
  assert.equal(r.vault.size, 2_502);
  const { counts, tally } = await readSummary(r.db);
  assert.deepEqual([counts.proven, tally.files, tally.doneFiles, tally.unchanged], [2_502, 2_502, 2_502, 2]);
  assert.ok((await r.db.jobs.count()) < 20);
  assert.deepEqual([await r.db.sources.count(), await r.db.bundles.count()], [0, 0]);
});

test('when the vault cannot be asked, every file becomes a job, and waits', async () => {
  const r = await rig(files(['a', 'same b']));
  const ports = r.portsOf({ openEngine: () => Promise.reject(new HoldfastError('E_OFFLINE', '')) });
  await run(ports, never);
  const [bundle] = await r.db.bundles.toArray();
  assert.equal(ports.sources.take(bundle!.files[0]!.id), undefined, 'files are not held while their jobs wait');
  const { counts, tally, hold } = await readSummary(r.db);
  assert.deepEqual([counts.waiting, tally.unchanged, hold?.reason], [2, 0, 'offline']);
  await r.outbox.controls.release('offline');
  await r.run();
  assert.equal((await readSummary(r.db)).counts.proven, 2);
});

test('what is safe is seen to be while the rest is under way', async () => {
  const r = await rig(numbered(600), async (item, { onEvent }) => {
    if (item.name !== 'f599') return;
    const bundles = (await r.db.bundles.toArray()).filter((bundle) => bundle.files.length === 256);
    for (const { id } of bundles.flatMap((bundle) => bundle.files)) onEvent({ type: 'proven', key: id });
    await until('the first bundles', async () => (await readSummary(r.db)).counts.proven === 512);
    assert.equal((await readSummary(r.db)).tally.doneFiles, 512);
  });
  await r.run();
  assert.equal((await readSummary(r.db)).counts.proven, 600);
});

test('a file that is deleted meanwhile fails by its name; back again, it can be tried again', async () => {
  const gone = disk();
  const r = await rig({ sub: { a: disk(), gone, z: disk() } }, (item) => {
    if (item.name === 'a') gone.fault = 'NotFoundError';
  });
  const ports = r.portsOf();
  // As after a restart: what the walk met is not at hand any more.
  ports.sources.take = () => undefined;
  await run(ports, never);
  const [failed] = await r.db.jobs.filter(({ status }) => status.state === 'failed').toArray();
  assert.deepEqual([failed?.path, failed?.name], [['Home', 'sub'], 'gone']);
  assert.deepEqual(failed?.status, { state: 'failed', code: 'E_SOURCE_GONE' });
  assert.equal((await readSummary(r.db)).counts.proven, 2);
  delete gone.fault;
  await r.outbox.controls.retryAll();
  await r.run();
  assert.deepEqual([...r.vault.keys()].sort(), ['Home/sub/a', 'Home/sub/gone', 'Home/sub/z']);
  assert.equal((await readSummary(r.db)).counts.proven, 3);
});

test('when leave to read goes, the bundle waits for it as one, and goes on under the same version ids', async () => {
  const tree = files(['a', 'b', 'c', 'd']);
  let taken = false;
  const r = await rig(tree, (item) => {
    if (item.name !== 'b' || taken) return;
    taken = true;
    for (const name of ['b', 'c', 'd']) (tree[name] as Disk).fault = 'NotAllowedError';
  });
  const ports = r.portsOf();
  ports.sources.take = () => undefined;
  await run(ports, never);
  const { counts, waiting } = await readSummary(r.db);
  assert.deepEqual([counts.failed, waiting.permission, r.streams], [0, 4, [['a', 'b']]]);
  for (const name of ['b', 'c', 'd']) delete (tree[name] as Disk).fault;
  await r.outbox.controls.release('permission', r.sourceId);
  await r.run();
  assert.equal((await readSummary(r.db)).counts.proven, 4);
  for (const [path, ids] of r.vault) assert.equal(ids.size, 1, path);
});

test('a fault of ours is pinned on the one file of a bundle that causes it; all others are archived', async () => {
  for (const at of [0, 99, 299]) {
    const r = await rig(numbered(300), (item) => {
      if (item.name === `f${at}`) throw new TypeError('a bug');
    });
    await r.run();
    const { counts, hold } = await readSummary(r.db);
    assert.deepEqual([counts.proven, counts.failed, hold], [299, 1, null]);
    const [failed] = await r.db.jobs.filter(({ status }) => status.state === 'failed').toArray();
    assert.deepEqual([failed?.name, failed?.status], [`f${at}`, { state: 'failed', code: 'E_INTERNAL' }]);
    assert.ok(r.streams.length < 25, `${r.streams.length} tries`);
    for (const [path, ids] of r.vault) assert.equal(ids.size, 1, path);
  }
});

test('a pause is heard while the stream waits for more', async () => {
  let paused = false;
  const r = await rig(numbered(3), async () => {
    if (!paused) await r.outbox.controls.pause();
    paused = true;
  });
  // A document that never comes keeps the feed from being over.
  await r.outbox.intake.capture([
    {
      kind: 'web',
      request: { url: 'https://site.test/', kind: 'link', title: null, fileName: null, length: null },
      ...{ path: [], name: 'x', allowed: true },
    },
  ]);
  const fetch = (_: string, { signal }: RequestInit) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(cancelled(signal))));
  await r.run({ web: { fetch, isOnline: () => true, now: () => 0 } });
  assert.equal((await readSummary(r.db)).counts.leased, 0);
});

test('on a network that costs nothing is sent if a person said so, and it goes on with another', async () => {
  let metered = true;
  const r = await rig(numbered(3));
  await r.outbox.controls.put('waitOnMetered', true);
  await r.run({ isMetered: () => metered });
  const { waiting, hold } = await readSummary(r.db);
  assert.deepEqual([waiting.metered, hold?.reason, hold?.code, r.streams], [3, 'metered', 'E_METERED', []]);
  metered = false;
  await r.outbox.controls.release('metered');
  await r.run({ isMetered: () => metered });
  assert.equal((await readSummary(r.db)).counts.proven, 3);
});

test('a network that begins to cost stops what is under way within a beat', async () => {
  let metered = false;
  const r = await rig(numbered(3), async (_, { signal }) => {
    metered = true;
    await new Promise<never>((__, reject) => signal.addEventListener('abort', () => reject(cancelled(signal))));
  });
  await r.outbox.controls.put('waitOnMetered', true);
  await r.run({ isMetered: () => metered });
  assert.equal((await readSummary(r.db)).waiting.metered, 3);
});

test('killed at any of its transactions, the next runners archive every file, each under one version id', async () => {
  const given: Tree = { ...numbered(5), sub: { ...files(['x', 'y']), deep: files(['z']) } };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(14), { maxLength: 4 }), async (deaths) => {
      const r = await rig(given);
      for (const death of deaths) {
        const ports = r.portsOf();
        await run({ ...ports, outbox: mortal(ports.outbox, death) }, never).catch((error: unknown) =>
          assert.match(String(error), /dead/),
        );
        // The road is not to blame, but a death may look like it.
        await r.outbox.leases.setHold(null);
        await r.outbox.controls.retryAll();
      }
      await r.run();
      const { counts, walks } = await readSummary(r.db);
      assert.deepEqual([counts.proven, counts.failed, walks, r.vault.size], [8, 0, 0, 8]);
      for (const [path, ids] of r.vault) assert.equal(ids.size, 1, path);
      r.db.close();
    }),
    { numRuns: 40 },
  );
});

/** An outbox that carries out so many changes and then none. */
function mortal(outbox: Outbox, changes: number): Outbox {
  let left = changes;
  const dying = <T extends object>(part: T): T =>
    new Proxy(part, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => (left-- > 0 ? value.apply(target, args) : Promise.reject(new Error('dead')));
      },
    });
  return { ...outbox, walks: dying(outbox.walks), leases: dying(outbox.leases) };
}
