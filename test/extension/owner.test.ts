/** Whose the queue is: what one person chose goes into nobody else's vault unless a person says so. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CapturedItem, readSummary } from '../../extension/queue/index.ts';
import { run } from '../../extension/runner/run.ts';
import { truthOf } from '../../extension/ui/truth.ts';
import { bytesItem, webItem } from '../contract/queue-suite.ts';
import { never, type Rig, rig, road, wellBehaved } from './runner-rig.ts';

const ada = { id: 'a1', name: 'ada' };
const bob = { id: 'b2', name: 'bob' };
const LIMITS = { jobs: 10, files: 10, bytes: 1_000, leaseMs: 60_000 };
const FOLDER = { kind: 'folder', handle: { kind: 'directory', name: 'Home' } } as unknown as CapturedItem;

/** One file of ada's is in her vault without proof, one is still to be read. */
async function adaLeft(): Promise<Rig> {
  const r = rig(async ([first], { onEvent }) => {
    onEvent({ type: 'committed', key: first!.key, unchanged: false, size: 10 });
    throw road('E_QUOTA');
  });
  const { owner, intake } = r.ports.outbox;
  await owner.enter(ada);
  await intake.capture([bytesItem('a'), bytesItem('b')]);
  await run(r.ports, never);
  const { counts, hold } = await readSummary(r.db);
  assert.deepEqual([counts.committed, counts.waiting, hold?.reason], [1, 1, 'quota']);
  await owner.enter(null);
  await owner.enter(bob);
  return r;
}

const inVaultOf = async (r: Rig): Promise<string[]> => {
  const next = rig(wellBehaved);
  await run({ ...r.ports, openEngine: next.ports.openEngine, owner: 'two' }, never);
  return [...next.vault.values()].sort();
};

test('who signs in next is told nothing of what another did; the same person loses nothing by signing out', async () => {
  const r = rig(wellBehaved);
  const { owner, intake, audits } = r.ports.outbox;
  assert.equal(await owner.enter(ada), true);
  await intake.capture([bytesItem('a')]);
  await run(r.ports, never);
  await audits.found({ packs: ['a'], files: 1, others: false });
  const before = await readSummary(r.db);
  assert.equal(await owner.enter(null), true);
  assert.equal(await owner.enter(ada), true);
  assert.equal(await owner.enter(ada), false);
  assert.deepEqual(await readSummary(r.db), before);
  await owner.enter(bob);
  const { counts, tally, lastProvenAt, stranger, audit } = await readSummary(r.db);
  assert.deepEqual([counts.proven, tally.doneFiles, lastProvenAt, stranger, audit.damaged], [0, 0, null, null, null]);
  assert.equal(truthOf(await readSummary(r.db), 0).text, 'Nothing is backed up yet');
  assert.equal(await owner.enter({ ...ada, name: bob.name }), true, 'names are alike on two servers');
});

test('what was chosen before anybody signed in is of whoever does', async () => {
  const r = rig(wellBehaved);
  await r.ports.outbox.intake.capture([bytesItem('a')]);
  await r.ports.outbox.owner.enter(bob);
  assert.equal((await readSummary(r.db)).stranger, null);
  assert.deepEqual(await inVaultOf(r), ['a']);
});

test('what waits of another is neither claimed, walked nor fetched, and nothing mixes with it, until a person decides', async () => {
  const r = await adaLeft();
  const { owner, intake, drops, leases, controls } = r.ports.outbox;
  await owner.enter(ada);
  await intake.capture([webItem('https://site.test/a', true), FOLDER]);
  await owner.enter(bob);
  assert.deepEqual((await readSummary(r.db)).stranger, { name: 'bob', owner: 'ada' });
  assert.equal(
    truthOf(await readSummary(r.db), 0).detail,
    '3 files and 1 folder were chosen while ada was signed in here.',
  );
  for (const more of [() => controls.resume(), () => controls.retryAll(), () => controls.release('quota')]) {
    await more();
    assert.deepEqual([await inVaultOf(r), await leases.nextDue(), await intake.nextFetch()], [[], null, undefined]);
  }
  assert.deepEqual([await leases.claim('two', LIMITS), await r.db.walks.count()], [[], 1]);
  assert.deepEqual([await owner.owns(ada.id), await owner.owns(bob.id)], [true, false]);
  const refused = { code: 'E_OTHER_ACCOUNT' };
  await assert.rejects(intake.capture([bytesItem('c')]), refused);
  await assert.rejects(drops.begin('lock', [], [bytesItem('c')], []), refused);
});

test('the same person who comes back goes on', async () => {
  const r = await adaLeft();
  await r.ports.outbox.owner.enter(ada);
  const { stranger, tally } = await readSummary(r.db);
  assert.deepEqual([stranger, tally.files, tally.doneFiles], [null, 2, 1]);
  r.clock.now += 3_600_000;
  assert.deepEqual(await inVaultOf(r), ['a', 'b']);
});

test('taken over, all of it is read and stored anew, what was without proof in the other vault included', async () => {
  const r = await adaLeft();
  const { owner, controls } = r.ports.outbox;
  await owner.takeOver();
  await controls.release('quota');
  assert.deepEqual([(await readSummary(r.db)).counts.queued, await owner.owns(bob.id)], [2, true]);
  assert.deepEqual(await inVaultOf(r), ['a', 'b']);
  const { counts, tally } = await readSummary(r.db);
  assert.deepEqual([counts.proven, tally.files, tally.doneFiles], [2, 2, 2]);
  await owner.takeOver();
  assert.equal(await owner.owns(bob.id), true, 'pressed again it does nothing');
});

test('removed, nothing of it is left, and what is chosen then goes its way', async () => {
  const r = await adaLeft();
  const { owner, intake } = r.ports.outbox;
  await owner.discard();
  for (const table of [r.db.jobs, r.db.sources, r.db.bundles, r.db.walks]) assert.equal(await table.count(), 0);
  assert.equal((await readSummary(r.db)).tally.files, 0);
  await intake.capture([bytesItem('c')]);
  await owner.discard();
  assert.deepEqual(await inVaultOf(r), ['c'], 'pressed again it does nothing');
});
