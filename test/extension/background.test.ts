/** The background: when the engine runs, what the badge says, and one notification for each cause. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answersOf } from '../../extension/background/answers.ts';
import { badgeOf } from '../../extension/background/badge.ts';
import { type CapturePorts, captureWeb, releaseAllowed, savePointed } from '../../extension/background/captures.ts';
import { causesOf, planNotices } from '../../extension/background/causes.ts';
import { Scheduler } from '../../extension/background/scheduler.ts';
import { captureOf } from '../../extension/capture/link.ts';
import { AT_WORK, type WebCapture } from '../../extension/messaging/index.ts';
import { createOutbox, type Hold, openQueue, type QueueSummary, readSummary } from '../../extension/queue/index.ts';
import { truthOf } from '../../extension/ui/truth.ts';
import { type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import { bytesItem } from '../contract/queue-suite.ts';

let count = 0;
const HOUR = 3_600_000;
const ada = { id: 'a1', name: 'ada' };
const bob = { id: 'b2', name: 'bob' };

function rig() {
  const db = openQueue(`background-${count++}`);
  const clock = { now: 1_000_000 };
  const outbox = createOutbox(db, () => clock.now);
  const log: string[] = [];
  const shown = { badge: '', causes: null as readonly string[] | null };
  const engine = { runs: true };
  const locks = new Set<string>();
  const note = (text: string) => async (): Promise<void> => void log.push(text);
  const scheduler = new Scheduler({
    outbox,
    summary: () => readSummary(db),
    host: { wake: note('wake'), close: note('close'), isRunning: async () => engine.runs },
    now: () => clock.now,
    locksHeld: async () => locks,
    repeat: async (name, minutes) => void log.push(`${name} every ${minutes}`),
    fireAt: async (name, when) => void log.push(`${name} at ${when}`),
    showBadge: async ({ text }) => {
      shown.badge = text;
    },
    notify: async (cause) => void log.push(`notify ${cause}`),
    unnotify: async (cause) => void log.push(`clear ${cause}`),
    notifiedCauses: async () => shown.causes,
    putNotifiedCauses: async (causes) => {
      shown.causes = causes;
    },
  });
  const captures: CapturePorts = {
    outbox,
    hasSite: async () => false,
    requestSite: async () => false,
    notify: async (cause, _, message) => void log.push(`notify ${cause}: ${message}`),
    fetchInTab: async () => new Response('<title>T</title>', { headers: { 'content-type': 'text/html' } }),
    now: () => clock.now,
  };
  return { db, clock, outbox, log, shown, engine, locks, scheduler, captures, answers: answersOf(captures, scheduler) };
}

test('work that is due wakes the engine; none lets it be', async () => {
  const r = rig();
  await r.scheduler.wake();
  assert.deepEqual(r.log, ['engine-wake every 30', 'retry at null', 'audit at null']);
  await r.outbox.intake.capture([bytesItem('a')]);
  r.log.length = 0;
  await r.scheduler.wake();
  assert.deepEqual(r.log, ['engine-wake every 0.5', 'retry at null', 'audit at null', 'wake']);
  assert.equal(r.shown.badge, '!');
});

test('work that comes due later sets an alarm for it', async () => {
  const r = rig();
  await r.outbox.intake.capture([bytesItem('a')]);
  const notBefore = r.clock.now + 90_000;
  await r.outbox.leases.setHold({ reason: 'offline', code: 'E_OFFLINE', notBefore, tries: 1 });
  await r.scheduler.report({ type: 'idle' });
  assert.ok(r.log.includes(`retry at ${notBefore}`));
  assert.ok(!r.log.includes('wake') && !r.log.includes('close'));
});

test('what is leased to an engine that died is not waited for', async () => {
  const r = rig();
  await r.outbox.intake.capture([bytesItem('a')]);
  await r.outbox.leases.claim('one', { jobs: 1, files: 1, bytes: 1, leaseMs: 60_000 });
  await r.scheduler.wake();
  assert.ok(!r.log.includes('wake'));
  r.engine.runs = false;
  await r.scheduler.wake();
  assert.ok(r.log.includes('wake'));
});

test('the engine is closed when nothing is open any more, and told of what came in between', async () => {
  const r = rig();
  await r.scheduler.report({ type: 'idle' });
  assert.ok(r.log.includes('close'));
  r.log.length = 0;
  await r.outbox.intake.capture([bytesItem('late')]);
  await r.scheduler.report({ type: 'idle' });
  assert.ok(r.log.includes('wake') && !r.log.includes('close'));
});

test('an engine that was woken since it said that it is idle is not closed', async () => {
  const r = rig();
  r.locks.add(AT_WORK);
  await r.scheduler.report({ type: 'idle' });
  assert.ok(!r.log.includes('close'));
  r.locks.delete(AT_WORK);
  await r.scheduler.report({ type: 'idle' });
  assert.ok(r.log.includes('close'));
});

test('pausing stops the alarms, resuming wakes the engine', async () => {
  const r = rig();
  await r.outbox.intake.capture([bytesItem('a')]);
  await r.answers.pause?.({ type: 'pause' });
  assert.deepEqual(r.log, ['engine-wake every 30', 'retry at null', 'audit at null']);
  await r.answers.resume?.({ type: 'resume' });
  assert.ok(r.log.includes('wake'));
});

for (const reason of ['auth', 'locked', 'offline'] as const)
  test(`signing in lets go on what waited: ${reason}`, async () => {
    const r = rig();
    const [id] = await r.outbox.intake.capture([bytesItem('a')]);
    await r.outbox.leases.claim('one', { jobs: 1, files: 1, bytes: 1, leaseMs: 1 });
    await r.outbox.leases.wait('one', [id!], reason, r.clock.now + HOUR);
    await r.outbox.leases.setHold({ reason, code: 'E_SESSION', notBefore: r.clock.now + HOUR, tries: 1 });
    await r.answers.account?.({ type: 'account', account: ada });
    const summary = await readSummary(r.db);
    assert.deepEqual([summary.account, summary.counts.queued, summary.hold], ['ada', 1, null]);
    assert.ok(r.log.includes('wake'));
  });

const page = captureOf('page', 'https://site.test/p', 'P') as WebCapture;

test('a page is recorded first and fetched through its tab when the site is not allowed', async () => {
  const r = rig();
  assert.deepEqual(await captureWeb(r.captures, page, 7), { needsPermission: false });
  const [job] = await r.db.jobs.toArray();
  assert.deepEqual([job?.status.state, job?.name], ['queued', 'P.html']);
});

test('a tab that cannot give it leaves the item waiting; a permission that comes lets it go on', async () => {
  const r = rig();
  const refuse = () => Promise.reject(new HoldfastError('E_SOURCE_PERMISSION', 'a viewer'));
  const ports = { ...r.captures, fetchInTab: refuse };
  assert.deepEqual(await captureWeb(ports, page, 7), { needsPermission: true });
  await releaseAllowed(ports);
  assert.equal((await readSummary(r.db)).waiting.permission, 1);
  await releaseAllowed({ ...ports, hasSite: async () => true });
  assert.equal((await readSummary(r.db)).counts.captured, 1);
});

test('a sign-in page in the tab is refused, not stored', async () => {
  const r = rig();
  const login = Object.assign(new Response('<input type=password>', { headers: { 'content-type': 'text/html' } }), {});
  Object.defineProperty(login, 'url', { value: 'https://site.test/login' });
  await captureWeb({ ...r.captures, fetchInTab: async () => login }, page, 7);
  const [job] = await r.db.jobs.toArray();
  assert.deepEqual(job?.status, { state: 'failed', code: 'E_CAPTURE_SIGN_IN' });
});

test('what was pointed at and could not be kept is said not to be saved', async () => {
  const r = rig();
  const link = { kind: 'link', url: 'https://site.test/a', title: null, pageUrl: null, tabId: null } as const;
  const release = async () => void r.log.push('release');
  await savePointed(r.captures, link, release);
  assert.deepEqual([(await readSummary(r.db)).waiting.permission, r.log], [1, ['release']]);
  r.outbox.intake.capture = () => Promise.reject(new HoldfastError('E_DISK_FULL', 'the test says so'));
  await savePointed(r.captures, link, release);
  assert.equal(r.log.at(-1), 'notify unsaved: This was not saved: this device has no space left.');
});

test('a fault that the engine cannot write down is told', async () => {
  const r = rig();
  await r.scheduler.report({ type: 'fault', code: 'E_DISK_FULL' });
  assert.deepEqual(r.log, ['notify fault']);
});

const noTally = { files: 0, bytes: 0, doneFiles: 0, doneBytes: 0, unchanged: 0 };
const none = { captured: 0, queued: 0, leased: 0, waiting: 0, committed: 0, proven: 0, failed: 0, cancelled: 0 };
const summaryOf = (fields: Partial<Omit<QueueSummary, 'counts'>> & { counts?: Partial<QueueSummary['counts']> }) => ({
  waiting: {},
  walks: 0,
  blocked: 0,
  drops: 0,
  cutShort: [],
  handles: 0,
  tally: noTally,
  inFlight: 0,
  hold: null,
  paused: false,
  lastProvenAt: null,
  audit: { provenAt: null, damaged: null },
  account: 'ada',
  stranger: null,
  ...fields,
  counts: { ...none, ...fields.counts },
});
const hold = (reason: Hold['reason'], code: ErrorCode): Hold => ({
  reason,
  code,
  notBefore: 0,
  tries: 1,
});

test('the line of truth and the badge say the same', () => {
  const now = 100 * HOUR;
  const cases: [Parameters<typeof summaryOf>[0], string, string, string][] = [
    [{}, 'plain', 'Nothing is backed up yet', ''],
    [{ account: null }, 'plain', 'Not signed in', ''],
    [{ account: null, counts: { queued: 2 } }, 'stopped', 'Not signed in', '!'],
    [{ lastProvenAt: now - 5 * HOUR }, 'good', 'Everything is safe', '5h'],
    [{ lastProvenAt: now - 50 * HOUR }, 'good', 'Everything is safe', '2d'],
    [{ lastProvenAt: now - 60_000 }, 'good', 'Everything is safe', '✓'],
    [{ counts: { queued: 1_200 } }, 'working', 'Backing up', '1k'],
    [{ counts: { queued: 3 }, paused: true }, 'waiting', 'Paused', '3'],
    [{ counts: { waiting: 3 }, hold: hold('offline', 'E_OFFLINE') }, 'waiting', '3 of 3 files waiting', '3'],
    [{ counts: { waiting: 3 }, hold: hold('auth', 'E_SESSION') }, 'stopped', 'Stopped', '!'],
    [{ counts: { waiting: 3 }, hold: hold('auth', 'E_ROLLBACK') }, 'stopped', 'Stopped', '!'],
    [{ counts: { queued: 3 }, stranger: { name: 'bob', owner: 'ada' } }, 'stopped', 'Waiting for you', '!'],
    [{ counts: { waiting: 3 }, hold: hold('auth', 'E_OTHER_ACCOUNT') }, 'stopped', 'Stopped', '!'],
    [{ counts: { queued: 3 }, hold: hold('fault', 'E_DISK_FULL') }, 'stopped', 'Stopped', '!'],
    [{ counts: { queued: 3 }, hold: hold('fault', 'E_INTERNAL') }, 'waiting', '3 of 3 files waiting', '3'],
    [{ counts: { waiting: 2 }, waiting: { permission: 2 } }, 'stopped', 'Waiting for you', '!'],
    [{ walks: 2, blocked: 2, lastProvenAt: now }, 'stopped', 'Waiting for you', '!'],
    [{ walks: 3, blocked: 2, lastProvenAt: now }, 'working', 'Looking through your folder', '✓'],
    [{ walks: 1, blocked: 1, counts: { queued: 2 } }, 'working', 'Backing up', '2'],
    [{ counts: { committed: 2 } }, 'working', 'Almost done', '2'],
    [{ walks: 1 }, 'working', 'Looking through your folder', ''],
    [{ walks: 1, tally: { ...noTally, unchanged: 9 } }, 'working', 'Looking through your folder', ''],
    [{ drops: 1, lastProvenAt: now }, 'working', 'Looking through your folder', '✓'],
    [
      { cutShort: [{ id: '1', name: 'Photos', others: 0 }], lastProvenAt: now },
      'stopped',
      'Some files may be missing',
      '!',
    ],
    [{ counts: { failed: 1 }, lastProvenAt: now }, 'stopped', '1 file could not be backed up', '!'],
  ];
  for (const [fields, tone, text, badge] of cases) {
    const summary = summaryOf(fields);
    assert.deepEqual([truthOf(summary, now).tone, truthOf(summary, now).text], [tone, text]);
    assert.equal(badgeOf(summary, now).text, badge, text);
    assert.ok(badgeOf(summary, now).text.length <= 4);
  }
});

test('what does not come back is never called safe, and is told once', () => {
  const summary = summaryOf({
    lastProvenAt: 1,
    audit: { provenAt: 1, damaged: { packs: ['a'], files: 3, others: false } },
  });
  assert.deepEqual([truthOf(summary, 2).tone, badgeOf(summary, 2).text], ['stopped', '!']);
  assert.match(truthOf(summary, 2).detail, /^3 files may not/);
  assert.deepEqual(planNotices([], causesOf(summary)).show, ['damaged']);
  assert.deepEqual(planNotices(['damaged'], causesOf(summary)).show, []);
  const counting = summaryOf({ audit: { provenAt: null, damaged: { packs: [], files: null, others: true } } });
  assert.match(causesOf(counting).get('damaged') ?? '', /Some files may not/);
  const older = summaryOf({ audit: { provenAt: null, damaged: { packs: ['a'], files: 0, others: true } } });
  assert.match(truthOf(older, 2).detail, /^Older versions, or files that were deleted/);
});

test('a drop that is looked through is looked after; when its page is gone, that is said and told until it is dismissed', async () => {
  const r = rig();
  await r.answers.account?.({ type: 'account', account: ada });
  r.locks.add('drop');
  await r.outbox.drops.begin('drop', [{ name: 'Photos', handle: null }], [], []);
  r.log.length = 0;
  await r.scheduler.wake();
  assert.ok(r.log.includes('engine-wake every 0.5') && !r.log.includes('notify cut-short'));
  assert.equal(causesOf(await readSummary(r.db)).size, 0);
  r.locks.clear();
  r.log.length = 0;
  await r.scheduler.wake();
  await r.scheduler.wake();
  assert.deepEqual(
    r.log.filter((text) => text !== 'retry at null' && !text.startsWith('audit')),
    [...['engine-wake every 30', 'notify cut-short', 'engine-wake every 30']],
  );
  const { cutShort } = await readSummary(r.db);
  assert.match(causesOf(await readSummary(r.db)).get('cut-short') ?? '', /“Photos”/);
  await r.answers['forget-drops']?.({ type: 'forget-drops', ids: cutShort.map(({ id }) => id) });
  assert.ok(r.log.includes('clear cut-short'));
});

test('while a drop is looked through, nothing is told as done; what failed does not speak for what may be missing', () => {
  const tally = { ...noTally, files: 1, doneFiles: 1 };
  assert.ok(!causesOf(summaryOf({ tally, drops: 1 })).has('done'));
  const cutShort = ['a', 'b', 'c'].map((name) => ({ id: name, name, others: 0 }));
  const { text, detail } = truthOf(summaryOf({ cutShort, counts: { failed: 1 }, lastProvenAt: 1 }), 2);
  assert.deepEqual([text, detail], ['Some files may be missing', 'Drop “a” and 2 others once more.']);
});

test('an alarm is set for the next audit; when it is due and nothing else is, the engine is woken', async () => {
  const r = rig();
  await r.answers.account?.({ type: 'account', account: ada });
  const dueAt = (await r.outbox.audits.dueAt()) ?? 0;
  assert.ok(dueAt > r.clock.now && r.log.includes(`audit at ${dueAt}`) && !r.log.includes('wake'));
  r.clock.now = dueAt;
  r.log.length = 0;
  await r.scheduler.wake();
  assert.ok(r.log.includes('wake'));
  assert.ok(r.log.includes('audit at null'), 'an alarm for what is past rings at once, and would break the audit off');
  r.log.length = 0;
  await r.scheduler.report({ type: 'idle' });
  assert.ok(!r.log.includes('wake'), 'the engine has just looked');
});

test('who signs in finds nothing of who was here before; who was here already loses nothing', async () => {
  const r = rig();
  await r.answers.account?.({ type: 'account', account: ada });
  await r.outbox.audits.found({ packs: ['a'], files: 1, others: false });
  await r.answers.account?.({ type: 'account', account: ada });
  assert.notEqual((await readSummary(r.db)).audit.damaged, null);
  await r.answers.account?.({ type: 'account', account: bob });
  assert.equal((await readSummary(r.db)).audit.damaged, null);
});

test('an engine that rests is closed when somebody signs out, for it has keys', async () => {
  const r = rig();
  await r.answers.account?.({ type: 'account', account: ada });
  r.log.length = 0;
  await r.answers.account?.({ type: 'account', account: ada });
  assert.ok(!r.log.includes('close'));
  await r.answers.account?.({ type: 'account', account: null });
  assert.ok(r.log.includes('close'));
});

test('so is one at work: what it holds comes back by itself', async () => {
  const r = rig();
  await r.answers.account?.({ type: 'account', account: ada });
  await r.outbox.intake.capture([bytesItem('a')]);
  r.locks.add(AT_WORK);
  r.log.length = 0;
  await r.answers.account?.({ type: 'account', account: null });
  assert.ok(r.log.includes('close'));
});

test('what waits of another wakes nobody until it is taken over', async () => {
  const r = rig();
  await r.answers.account?.({ type: 'account', account: ada });
  await r.outbox.intake.capture([bytesItem('a')]);
  await r.answers.account?.({ type: 'account', account: null });
  r.log.length = 0;
  await r.answers.account?.({ type: 'account', account: bob });
  assert.deepEqual([r.log.includes('wake'), r.shown.badge], [false, '!']);
  await r.answers['take-over']?.({ type: 'take-over' });
  assert.deepEqual([r.log.includes('wake'), r.shown.badge], [true, '1']);
});

test('a folder in which nothing had changed is told of, on the line and once it is done', () => {
  const tally = { ...noTally, unchanged: 100_000 };
  assert.match(truthOf(summaryOf({ walks: 1, tally }), 0).detail, /^100,000 files/);
  assert.match(causesOf(summaryOf({ tally })).get('done') ?? '', /^100,000 files/);
});

test('a fault of ours is not called a lost network', () => {
  const ours = hold('offline', 'E_INTERNAL');
  assert.match(truthOf(summaryOf({ counts: { waiting: 1 }, hold: ours }), 0).detail, /Holdfast itself/);
});

test('a folder that the browser must be asked for again is told of, and nothing is called done meanwhile', () => {
  const summary = summaryOf({ walks: 1, blocked: 1, tally: { ...noTally, files: 1, doneFiles: 1 } });
  assert.equal(truthOf(summary, 0).detail, '1 folder needs your permission to be read');
  assert.deepEqual([...causesOf(summary).keys()], ['permission']);
  const both = summaryOf({ walks: 1, blocked: 1, counts: { waiting: 2 }, waiting: { permission: 2 } });
  assert.equal(truthOf(both, 0).detail, '2 files and 1 folder need your permission to be read');
});

test('each cause is told once, and taken back when it is over', () => {
  const failing = causesOf(summaryOf({ counts: { failed: 2 } }));
  assert.deepEqual(planNotices([], failing), { show: ['failed'], clear: [], shown: ['failed'] });
  assert.deepEqual(planNotices(['failed'], failing).show, []);
  assert.deepEqual(planNotices(['failed', 'auth'], causesOf(summaryOf({}))).clear, ['failed', 'auth']);
});

test('what was done before the browser started is no news, what is wrong is', () => {
  const tally = { files: 2, bytes: 9, doneFiles: 2, doneBytes: 9, unchanged: 0 };
  const causes = causesOf(summaryOf({ tally, counts: { proven: 2 }, hold: hold('quota', 'E_QUOTA') }));
  assert.deepEqual([...causes.keys()], ['quota', 'done']);
  assert.deepEqual(planNotices(null, causes).show, ['quota']);
});
