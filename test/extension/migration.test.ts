/** A queue of an older shape, opened by this one: nothing that was captured is lost. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Dexie } from 'dexie';
import { createOutbox, openQueue, readSummary } from '../../extension/queue/index.ts';
import { MIGRATIONS } from '../../extension/queue/migrations/index.ts';

/** Rows as version 1 wrote them, frozen. */
const JOB = {
  ...{ within: [], place: '', path: ['Home'], size: 10, done: 0, capturedAt: 5, sourceUrl: null, sourceTitle: null },
  ...{ order: 5, tries: 0, touchedAt: 5, open: 1 },
};
const JOBS = [
  { ...JOB, id: 'a1', sourceId: 's1', name: 'queued', status: { state: 'queued' }, ready: 0 },
  {
    ...{ ...JOB, id: 'a2', sourceId: 's2', name: 'waiting', ready: 9 },
    status: { state: 'waiting', reason: 'offline', notBefore: 9 },
  },
  {
    ...JOB,
    id: 'a3',
    sourceId: 's3',
    name: 'walked',
    within: ['x'],
    place: 'x',
    status: { state: 'queued' },
    ready: 0,
  },
  {
    ...{ ...JOB, id: 'a4', sourceId: 'none', name: 'unreadable' },
    status: { state: 'failed', code: 'E_SOURCE_UNREADABLE' },
  },
  {
    ...{ ...JOB, id: 'a5', sourceId: 's5', name: 'web', toFetch: 1, size: 0 },
    status: { state: 'waiting', reason: 'permission', notBefore: null },
  },
  { ...JOB, id: 'a6', sourceId: 'done', name: 'proven', status: { state: 'proven' }, open: undefined },
];
const SOURCES = [
  ...['s1', 's2'].map((id) => ({ id, kind: 'bytes', blob: new Blob(['0123456789']), mtime: 1 })),
  { id: 's3', kind: 'folder', handle: { kind: 'directory', name: 'Home' } },
  {
    ...{ id: 's5', kind: 'web' },
    request: { url: 'https://site.test/', kind: 'link', title: null, fileName: null, length: null },
  },
];

test('1 → 2: every job is one file, counted in its state, and a folder half read is asked what is known of it', async () => {
  const old = new Dexie('old-1');
  old.version(1).stores(MIGRATIONS[0]!.stores);
  await old.table('jobs').bulkAdd(JOBS);
  await old.table('sources').bulkAdd(SOURCES);
  await old.table('walks').add({ sourceId: 's3', place: '', within: [], capturedAt: 5 });
  const tally = { files: 4, bytes: 40, doneFiles: 1, doneBytes: 10 };
  await old.table('settings').bulkPut([
    { name: 'tally', value: tally },
    { name: 'account', value: 'ada' },
  ]);
  old.close();

  const db = openQueue('old-1');
  const { leases, walks, controls, intake } = createOutbox(db, () => 10);
  const summary = await readSummary(db);
  assert.deepEqual(
    [summary.counts.queued, summary.waiting, summary.counts.failed, summary.counts.proven, summary.account],
    [2, { offline: 1, permission: 1 }, 1, 1, 'ada'],
  );
  assert.deepEqual(summary.tally, { ...tally, unchanged: 0 });
  const walk = await walks.next();
  assert.equal(walk?.begun, 1);
  assert.deepEqual(await walks.known('s3', []), new Set(['walked']));
  const claimed = await leases.claim('one', { jobs: 9, files: 9, bytes: 1_000, leaseMs: 9 });
  assert.deepEqual(
    claimed.map(({ files }) => files.map(({ id, name }) => [id, name])),
    [[['a1', 'queued']], [['a3', 'walked']], [['a2', 'waiting']]],
  );
  await controls.retryAll();
  assert.deepEqual((await intake.nextFetch())?.job.name, 'web');
  assert.deepEqual((await db.jobs.get('a4'))?.status.state, 'failed');
  db.close();
});

test('2 → 3: what was captured is there as it was, and no drop is said to be cut short', async () => {
  const old = new Dexie('old-2');
  for (const { version, stores } of MIGRATIONS.slice(0, 2)) old.version(version).stores(stores);
  const job = { ...JOBS[0]!, files: 1 };
  await old.table('jobs').add(job);
  await old.table('sources').add(SOURCES[0]);
  await old.table('walks').add({ sourceId: 's3', place: '', within: [], capturedAt: 5 });
  old.close();

  const db = openQueue('old-2');
  const { walks, drops, cutShort } = await readSummary(db);
  assert.deepEqual([walks, drops, cutShort], [1, 0, []]);
  assert.deepEqual(await db.jobs.toArray(), [job]);
  const [claimed] = await createOutbox(db, () => 10).leases.claim('one', { jobs: 9, files: 9, bytes: 9, leaseMs: 9 });
  assert.equal(claimed?.source?.kind, 'bytes');
  db.close();
});
