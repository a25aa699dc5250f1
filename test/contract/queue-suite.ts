/** What a queue must do, whatever IndexedDB stands under it. Run it with a function that opens a fresh database. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { QueueDb, WalkNews } from '../../extension/queue/index.ts';
import {
  type CapturedItem,
  type ClaimedJob,
  createOutbox,
  newId,
  readSummary,
  type WebRequest,
} from '../../extension/queue/index.ts';
import type { ErrorCode } from '../../shared/errors/index.ts';

const LIMITS = { jobs: 10, files: 600, bytes: 10_000, leaseMs: 60_000 };

export interface QueueWorld {
  readonly db: QueueDb;
  /** The same database as another context sees it, after a death of the first. */
  reopen(): QueueDb;
}

export const bytesItem = (name: string, size = 10, path: readonly string[] = []): CapturedItem => ({
  kind: 'bytes',
  blob: new Blob([new Uint8Array(size).fill(7)]),
  path,
  name,
  mtime: 1_000,
});

export const webItem = (url: string, allowed: boolean): CapturedItem => {
  const request: WebRequest = { url, kind: 'link', title: 'A page', fileName: null, length: null };
  return { kind: 'web', request, path: ['Web', 'site.test'], name: 'doc', allowed };
};

const fault = (jobId: string, fileId = jobId, code: ErrorCode = 'E_SOURCE_UNREADABLE') => ({ jobId, fileId, code });

/** A folder handle as far as the queue looks at it: it is only kept. */
const folderItem = (name: string): CapturedItem =>
  ({ kind: 'folder', handle: { kind: 'directory', name } }) as unknown as CapturedItem;

const walked = (within: readonly string[], size = 1) => ({ id: newId(), within, size });
const news = (some: Partial<WalkNews>): WalkNews => ({
  ...{ files: [], unchanged: 0, left: [], read: [], blocked: [], failed: [] },
  ...some,
});
const NONE = { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0, unchanged: 0 };

const pathsOf = (claimed: readonly ClaimedJob[]): string[] =>
  claimed.flatMap(({ files }) => files.map(({ path, name }) => [...path, name].join('/'))).sort();

export function queueSuite(label: string, open: () => QueueWorld): void {
  const suite = (name: string, run: (world: QueueWorld, clock: { now: number }) => Promise<void>): void => {
    test(`${label}: ${name}`, async () => {
      const world = open();
      await run(world, { now: 1_000_000 });
      world.db.close();
    });
  };

  suite('a captured file is queued with a version id chosen once, and claimed with its bytes', async ({
    db,
  }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([bytesItem('a.txt', 25, ['Papers'])]);
    assert.match(id!, /^[0-9a-f]{32}$/);
    const [claimed] = await leases.claim('one', LIMITS);
    assert.equal(claimed?.job.id, id);
    assert.deepEqual([claimed?.job.path, claimed?.job.name, claimed?.job.size], [['Papers'], 'a.txt', 25]);
    assert.equal(claimed?.source?.kind === 'bytes' && claimed.source.mtime, 1_000);
    assert.deepEqual(await leases.claim('two', LIMITS), []);
  });

  suite('a claim is bounded by jobs and bytes, and a large file goes alone', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    await intake.capture([bytesItem('large', 50_000)]);
    clock.now++;
    await intake.capture(Array.from({ length: 12 }, (_, i) => bytesItem(`small${i}`)));
    assert.deepEqual(
      (await leases.claim('one', LIMITS)).map(({ job }) => job.name),
      ['large'],
    );
    assert.equal((await leases.claim('one', LIMITS)).length, 10);
    assert.equal((await leases.claim('one', LIMITS)).length, 2);
  });

  suite('a runner that died leaves its lease to the next, under the same version id', async ({ db, reopen }, clock) => {
    const [id] = await createOutbox(db, () => clock.now).intake.capture([bytesItem('a')]);
    await createOutbox(db, () => clock.now).leases.claim('one', LIMITS);
    db.close();
    const again = createOutbox(reopen(), () => clock.now);
    assert.deepEqual(await again.leases.claim('two', LIMITS), []);
    clock.now += LIMITS.leaseMs;
    const [claimed] = await again.leases.claim('two', LIMITS);
    assert.equal(claimed?.job.id, id);
    assert.ok(claimed?.source);
  });

  suite('bytes are let go when the job is proven, not before', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([bytesItem('a')]);
    await leases.claim('one', LIMITS);
    await leases.commit('one', [id!], 60_000);
    assert.equal(await db.sources.count(), 1);
    await leases.prove([id!]);
    assert.equal(await db.sources.count(), 0);
    const summary = await readSummary(db);
    assert.deepEqual([summary.counts.proven, summary.lastProvenAt], [1, clock.now]);
    assert.deepEqual(summary.tally, { ...NONE, files: 1, bytes: 10, doneFiles: 1, doneBytes: 10 });
  });

  suite('a job that was committed but not proven is claimed again for its proof alone', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([bytesItem('a')]);
    await leases.claim('one', LIMITS);
    await leases.commit('one', [id!], 60_000);
    assert.deepEqual(await leases.claim('two', LIMITS), []);
    clock.now += 60_000;
    const [claimed] = await leases.claim('two', LIMITS);
    assert.equal(claimed?.job.status.state, 'committed');
    await leases.prove([id!]);
    assert.equal((await readSummary(db)).counts.proven, 1);
  });

  suite('progress is noted, a lease is renewed before it runs out, and a cancelled job is reported as lost', async ({
    db,
  }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const [first, second] = await intake.capture([bytesItem('a'), bytesItem('b')]);
    await leases.claim('one', LIMITS);
    await leases.advance('one', 60_000, new Map([[first!, 4]]));
    const noted = await db.jobs.get(first!);
    clock.now += 10_000;
    await leases.advance('one', 60_000, new Map([[first!, 4]]));
    assert.deepEqual(await db.jobs.get(first!), noted, 'a lease that is fresh is not written again');
    clock.now += 40_000;
    const progress = new Map([
      [first!, 4],
      [second!, 0],
    ]);
    assert.deepEqual(await leases.advance('one', 60_000, progress), { halted: false, lost: [] });
    clock.now += 50_000;
    assert.deepEqual(await leases.claim('two', LIMITS), []);
    await controls.cancel([second!]);
    assert.deepEqual((await leases.advance('one', 60_000, progress)).lost, [second]);
    assert.equal((await readSummary(db)).inFlight, 4);
  });

  suite('paused or held, nothing is claimed; the next due time says when to look again', async ({ db }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    await intake.capture([bytesItem('a')]);
    await controls.pause();
    assert.deepEqual(await leases.claim('one', LIMITS), []);
    assert.equal(await leases.nextDue(), null);
    await controls.resume();
    const notBefore = clock.now + 5_000;
    await leases.setHold({ reason: 'offline', code: 'E_OFFLINE', notBefore, tries: 1 });
    assert.deepEqual(await leases.claim('one', LIMITS), []);
    assert.equal(await leases.nextDue(), notBefore);
    await controls.release('offline');
    assert.equal((await leases.claim('one', LIMITS)).length, 1);
  });

  suite('a job that waits comes back at its time, or when its reason is over', async ({ db }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const [timed, asked] = await intake.capture([bytesItem('a'), bytesItem('b')]);
    await leases.claim('one', LIMITS);
    await leases.wait('one', [timed!], 'offline', clock.now + 5_000);
    await leases.wait('one', [asked!], 'permission', null);
    assert.deepEqual(await leases.claim('one', LIMITS), []);
    clock.now += 5_000;
    assert.deepEqual(
      (await leases.claim('one', LIMITS)).map(({ job }) => job.id),
      [timed],
    );
    await controls.release('permission');
    assert.deepEqual(
      (await leases.claim('one', LIMITS)).map(({ job }) => job.id),
      [asked],
    );
  });

  suite('a failed job keeps its bytes for another try; a cancelled one lets them go', async ({ db }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([bytesItem('a')]);
    await leases.claim('one', LIMITS);
    await leases.fail('one', [fault(id!)]);
    assert.equal(await db.sources.count(), 1);
    assert.equal((await readSummary(db)).tally.files, 0);
    await controls.retry([id!]);
    assert.equal((await leases.claim('one', LIMITS)).length, 1);
    await controls.cancel([id!]);
    assert.equal(await db.sources.count(), 0);
  });

  suite('what could not be looked at is a failed item that a person can give or dismiss, but nobody can try again', async ({
    db,
  }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const unreadable = (name: string) =>
      ({ kind: 'unreadable', path: ['Home'], name, code: 'E_SOURCE_UNREADABLE' }) as const;
    const [given, dismissed] = await intake.capture([unreadable('x'), unreadable('y')]);
    await controls.retryAll();
    await controls.retry([given!]);
    const { counts, tally } = await readSummary(db);
    assert.deepEqual([counts.failed, tally.files], [2, 0]);
    await intake.supply(given!, { blob: new Blob(['here']), name: 'x', mtime: 5 });
    assert.deepEqual(pathsOf(await leases.claim('one', LIMITS)), ['Home/x']);
    await controls.cancel([dismissed!]);
    assert.equal((await readSummary(db)).counts.failed, 0);
  });

  suite('small files of a walk share a job, wherever they lie; a large one has its own', async ({ db }, clock) => {
    const { intake, walks, leases } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const files = Array.from({ length: 300 }, (_, i) => walked([`dir ${i % 3}`, 'in', `f${i}`], 2));
    await walks.tell(
      (await walks.next())!,
      'Home',
      news({ files: [...files, walked(['large'], 2_000_000)], read: [[]] }),
    );
    const claimed = await leases.claim('one', { ...LIMITS, bytes: 5_000_000 });
    assert.deepEqual(
      claimed.map(({ job, files: { length } }) => [[...job.path, job.name].join('/'), job.files, job.size, length]),
      [
        ['Home', 256, 512, 256],
        ['Home', 44, 88, 44],
        ['Home/large', 1, 2_000_000, 1],
      ],
    );
    const paths = files.map(({ within }) => ['Home', ...within].join('/'));
    assert.deepEqual(pathsOf(claimed), [...paths, 'Home/large'].sort());
    const ids = new Set(claimed.flatMap((each) => each.files.map(({ id }) => id)));
    assert.ok(files.every(({ id }) => ids.has(id)));
    const { counts, tally } = await readSummary(db);
    assert.deepEqual([counts.leased, tally], [301, { ...NONE, files: 301, bytes: 2_000_600 }]);
  });

  suite('a file of a bundle that fails becomes an item of its own, and can be tried again', async ({ db }, clock) => {
    const { intake, walks, leases, controls } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const files = ['a', 'b', 'c'].map((name, i) => walked(['sub', name], i + 1));
    await walks.tell((await walks.next())!, 'Home', news({ files, read: [[]] }));
    const [bundle] = await leases.claim('one', LIMITS);
    await leases.fail('two', [fault(bundle!.job.id, files[1]!.id)]);
    assert.equal((await readSummary(db)).counts.failed, 0, 'only the owner is believed');
    await leases.fail('one', [fault(bundle!.job.id, files[1]!.id)]);
    const failed = await db.jobs.get(files[1]!.id);
    assert.deepEqual([failed?.path, failed?.name, failed?.size, failed?.files], [['Home', 'sub'], 'b', 2, 1]);
    assert.deepEqual(failed?.status, { state: 'failed', code: 'E_SOURCE_UNREADABLE' });
    assert.deepEqual((await readSummary(db)).tally, { ...NONE, files: 2, bytes: 4 });
    await leases.commit('one', [bundle!.job.id], 60_000);
    await leases.prove([bundle!.job.id]);
    assert.equal(await db.sources.count(), 1, 'still to be read from');
    await controls.retry([files[1]!.id]);
    const [again] = await leases.claim('one', LIMITS);
    assert.deepEqual([pathsOf([again!]), again!.files[0]?.id], [['Home/sub/b'], files[1]!.id]);
    assert.equal(again!.source?.kind, 'folder');
    await leases.commit('one', [again!.job.id], 60_000);
    await leases.prove([again!.job.id]);
    assert.deepEqual([await db.sources.count(), await db.bundles.count()], [0, 0]);
    assert.deepEqual((await readSummary(db)).tally, { ...NONE, files: 3, bytes: 6, doneFiles: 3, doneBytes: 6 });
  });

  suite('two files of one place that come together can both fail', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const copy = (name: string) => ({ ...bytesItem(name), path: ['photos'] });
    await intake.capture([copy('a'), copy('a'), copy('b')]);
    for (const { job, files } of await leases.claim('one', LIMITS))
      for (const { id } of files) await leases.fail('one', [fault(job.id, id)]);
    assert.equal((await readSummary(db)).counts.failed, 3);
  });

  suite('when every file of a bundle failed, the bundle is gone', async ({ db }, clock) => {
    const { intake, walks, leases } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const files = ['a', 'b'].map((name) => walked([name]));
    await walks.tell((await walks.next())!, 'Home', news({ files, read: [[]] }));
    const [{ job } = assert.fail()] = await leases.claim('one', LIMITS);
    await leases.fail(
      'one',
      files.map(({ id }) => fault(job.id, id, 'E_SOURCE_GONE')),
    );
    const { counts, tally } = await readSummary(db);
    assert.deepEqual([counts.failed, counts.leased, tally.files, await db.jobs.count()], [2, 0, 0, 2]);
    assert.equal(await leases.nextDue(), null);
  });

  suite('a bundle comes apart in halves, without what was taken out of it', async ({ db }, clock) => {
    const { intake, walks, leases } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const files = Array.from({ length: 6 }, (_, i) => walked([`f${i}`], 10 + i));
    await walks.tell((await walks.next())!, 'Home', news({ files, read: [[]] }));
    const [{ job } = assert.fail()] = await leases.claim('one', LIMITS);
    await leases.fail('one', [fault(job.id, files[0]!.id)]);
    await leases.halve('one', job.id);
    const claimed = await leases.claim('one', LIMITS);
    assert.deepEqual(claimed.map((each) => [each.job.files, each.job.size, each.files.length]).sort(), [
      [2, 29, 2],
      [3, 36, 3],
    ]);
    assert.equal(new Set(claimed.flatMap((each) => each.files.map(({ id }) => id))).size, 5);
    assert.deepEqual((await readSummary(db)).tally, { ...NONE, files: 5, bytes: 65 });
    assert.deepEqual(await walks.known(job.sourceId, []), new Set(files.map(({ within }) => within[0])));
  });

  suite('what is known of a folder are the files in it that have a job, alone or in a bundle', async ({
    db,
  }, clock) => {
    const { intake, walks } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const walk = (await walks.next())!;
    const files = [['a'], ['b'], ['Sub', 'c'], ['Sub', 'Deep', 'd'], ['Subway', 'e']].map((within) => walked(within));
    const large = [['big'], ['Sub', 'big too']].map((within) => walked(within, 2_000_000));
    const left = [{ within: [], begun: true }];
    assert.equal(await walks.tell(walk, 'Home', news({ files: [...files, ...large], left })), true);
    const names = async (...within: string[]) => [...(await walks.known(walk.sourceId, within))].sort();
    assert.deepEqual(await names(), ['a', 'b', 'big']);
    assert.deepEqual(await names('Sub'), ['big too', 'c']);
    assert.deepEqual(await names('Sub', 'Deep'), ['d']);
    assert.deepEqual(await names('Other'), []);
    assert.equal((await walks.next())?.begun, 1);
  });

  suite('files that have not changed are counted and have no job', async ({ db }, clock) => {
    const { intake, walks, leases } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    await walks.tell((await walks.next())!, 'Home', news({ unchanged: 7 }));
    await walks.tell((await walks.next())!, 'Home', news({ unchanged: 5, read: [[]] }));
    assert.deepEqual((await readSummary(db)).tally, { ...NONE, unchanged: 12 });
    assert.deepEqual([await db.jobs.count(), await db.sources.count(), await leases.nextDue()], [0, 0, null]);
  });

  suite('a folder that could not be read is walked when it is tried again', async ({ db }, clock) => {
    const { intake, walks, controls } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const failed = [{ within: ['Sub'], code: 'E_SOURCE_UNREADABLE' }] as const;
    await walks.tell((await walks.next())!, 'Home', news({ failed }));
    await walks.tell((await walks.next())!, 'Home', news({ failed, read: [[]] }));
    assert.equal((await readSummary(db)).counts.failed, 1, 'once, however often it is met');
    for (const again of [
      () => controls.retryAll(),
      async () => controls.retry(await db.jobs.toCollection().primaryKeys()),
    ]) {
      await again();
      const sub = (await walks.next())!;
      assert.deepEqual([sub.within, sub.begun, (await readSummary(db)).counts.failed], [['Sub'], 1, 0]);
      await walks.tell(sub, 'Home', news({ failed }));
    }
    assert.equal(await db.sources.count(), 1);
  });

  suite('a walk that was cancelled meanwhile notes nothing', async ({ db }, clock) => {
    const { intake, walks, controls } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const walk = (await walks.next())!;
    assert.equal(await walks.tell(walk, 'Home', news({ left: [{ within: ['Sub'], begun: false }] })), true);
    await controls.cancelAll();
    assert.equal(await walks.tell(walk, 'Home', news({ files: [walked(['a'])] })), false);
    assert.deepEqual([await db.sources.count(), await db.jobs.count(), await db.walks.count()], [0, 0, 0]);
  });

  suite('a folder that may not be read waits for its permission; one that is gone becomes one failed item', async ({
    db,
  }, clock) => {
    const { intake, walks, controls } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const walk = (await walks.next())!;
    await walks.tell(walk, 'Home', news({ blocked: [[]] }));
    assert.equal(await walks.next(), undefined);
    const blocked = async () => (await readSummary(db)).blocked;
    assert.equal(await blocked(), 1);
    await controls.release('permission');
    assert.equal(await blocked(), 0);
    const gone = [
      { within: [], code: 'E_SOURCE_GONE' },
      { within: ['Sub', 'Deep'], code: 'E_SOURCE_UNREADABLE' },
    ] as const;
    await walks.tell((await walks.next())!, 'Home', news({ failed: gone }));
    assert.equal(await walks.next(), undefined);
    const jobs = (await db.jobs.toArray()).map(({ path, name, status }) => ({ path, name, status }));
    assert.deepEqual(
      jobs.sort((a, b) => a.path.length - b.path.length),
      [
        { path: [], name: 'Home', status: { state: 'failed', code: 'E_SOURCE_GONE' } },
        { path: ['Home', 'Sub'], name: 'Deep', status: { state: 'failed', code: 'E_SOURCE_UNREADABLE' } },
      ],
    );
    assert.equal((await readSummary(db)).tally.files, 0);
  });

  suite('a source folder is kept until its last file is done', async ({ db }, clock) => {
    const { intake, walks, leases } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Home')]);
    const files = [walked(['a'], 2_000_000), walked(['b']), walked(['c'])];
    await walks.tell((await walks.next())!, 'Home', news({ files, read: [[]] }));
    const claimed = await leases.claim('one', { ...LIMITS, bytes: 5_000_000 });
    for (const [i, { job }] of claimed.entries()) {
      await leases.commit('one', [job.id], 60_000);
      await leases.prove([job.id]);
      assert.equal(await db.sources.count(), claimed.length - 1 - i > 0 ? 1 : 0);
    }
    assert.equal(await db.bundles.count(), 0);
  });

  suite('an empty folder leaves nothing behind', async ({ db }, clock) => {
    const { intake, walks } = createOutbox(db, () => clock.now);
    await intake.capture([folderItem('Empty')]);
    await walks.tell((await walks.next())!, 'Empty', news({ read: [[]] }));
    assert.deepEqual([await db.sources.count(), await db.jobs.count(), await db.walks.count()], [0, 0, 0]);
  });

  suite('a document is fetched once its site is allowed, and only then can it be claimed', async ({ db }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([webItem('https://site.test/doc', false)]);
    assert.equal(await intake.nextFetch(), undefined);
    assert.deepEqual(await intake.awaitingSite(), [{ id, url: 'https://site.test/doc' }]);
    await controls.retry([id!]);
    assert.equal((await intake.nextFetch())?.request.url, 'https://site.test/doc');
    assert.deepEqual(await leases.claim('one', LIMITS), []);
    const blob = new Blob(['hello']);
    await intake.supply(id!, { blob, name: 'doc.txt', mtime: 5, from: { url: 'https://site.test/doc', title: 'T' } });
    const [claimed] = await leases.claim('one', LIMITS);
    assert.deepEqual([claimed?.job.name, claimed?.job.size, claimed?.job.sourceTitle], ['doc.txt', 5, 'T']);
    assert.equal(claimed?.source?.kind, 'bytes');
  });

  suite('a fetch that failed takes the file from a person instead', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([webItem('https://site.test/doc', true)]);
    await leases.fail(null, [fault(id!, id!, 'E_CAPTURE_SIGN_IN')]);
    assert.equal(await intake.nextFetch(), undefined);
    await intake.supply(id!, { blob: new Blob(['given']), name: 'doc.pdf', mtime: 5 });
    const [claimed] = await leases.claim('one', LIMITS);
    assert.deepEqual([claimed?.job.name, claimed?.job.sourceUrl], ['doc.pdf', 'https://site.test/doc']);
  });

  suite('a fetch that was cancelled meanwhile changes nothing', async ({ db }, clock) => {
    const { intake, controls } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([webItem('https://site.test/doc', true)]);
    assert.equal(await intake.isFetchWanted(id!), true);
    await controls.cancel([id!]);
    assert.equal(await intake.isFetchWanted(id!), false);
    await intake.supply(id!, { blob: new Blob(['late']), name: 'doc', mtime: 5 });
    assert.deepEqual([(await readSummary(db)).counts.cancelled, await db.sources.count()], [1, 0]);
  });

  suite('cancelling everything spares what is in the vault', async ({ db }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const [safe] = await intake.capture([bytesItem('safe')]);
    await leases.claim('one', LIMITS);
    await leases.commit('one', [safe!], 60_000);
    await intake.capture([bytesItem('a'), webItem('https://site.test/x', false), folderItem('Home')]);
    await controls.cancelAll();
    const { counts, walks } = await readSummary(db);
    assert.deepEqual([counts.committed, counts.cancelled, walks, await db.sources.count()], [1, 2, 0, 1]);
  });

  suite('what waits for another network goes on when nobody wants it to wait any more', async ({ db }, clock) => {
    const { intake, leases, controls } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([bytesItem('a')]);
    await controls.setLimits(500_000, true);
    await leases.claim('one', LIMITS);
    await leases.wait('one', [id!], 'metered', null);
    await controls.setLimits(500_000, true);
    assert.deepEqual(await leases.claim('one', LIMITS), []);
    await controls.setLimits(null, false);
    assert.equal((await leases.claim('one', LIMITS)).length, 1);
    assert.equal(await controls.get('uploadLimit'), null);
  });

  suite('history is kept up to its cap, the newest last', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const ids = await intake.capture(Array.from({ length: 1_005 }, (_, i) => bytesItem(`f${i}`, 1)));
    const many = { jobs: 2_000, files: 2_000, bytes: 1e9, leaseMs: 60_000 };
    await leases.claim('one', many);
    for (let at = 0; at < ids.length; at += 201) {
      clock.now++;
      await leases.commit('one', ids.slice(at, at + 201), 60_000);
      await leases.prove(ids.slice(at, at + 201));
    }
    await leases.prune();
    assert.equal((await readSummary(db)).counts.proven, 1_000);
    assert.equal(await db.jobs.get(ids.at(-1)!).then((job) => job?.status.state), 'proven');
  });

  suite('the tally begins anew when the queue was empty', async ({ db }, clock) => {
    const { intake, leases } = createOutbox(db, () => clock.now);
    const [id] = await intake.capture([bytesItem('a')]);
    await leases.claim('one', LIMITS);
    await leases.commit('one', [id!], 60_000);
    await leases.prove([id!]);
    await intake.capture([bytesItem('b', 3)]);
    assert.deepEqual((await readSummary(db)).tally, { ...NONE, files: 1, bytes: 3 });
  });
}
