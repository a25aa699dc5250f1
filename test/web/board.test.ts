/** The list of restores: what it says at every turn, and that nothing is left behind when one does not end well. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { Saver } from '../../web/platform/index.ts';
import {
  createBoard,
  hasFailed,
  isFinishing,
  type RestoreItem,
  type RestoreJob,
} from '../../web/routes/restore/board.ts';
import type { RestorePlan, RestoreReport } from '../../web/session/contract.ts';

const PLAN: RestorePlan = { length: 4_000, size: 4_000 };

function setup(saverFails: unknown = null) {
  const calls: string[] = [];
  const clock = { now: 0 };
  let ids = 0;
  const saver: Saver = {
    begin: async () => {
      if (saverFails !== null) throw saverFails;
      return {
        open: async () => ({ kind: 'opfs', name: 'x' }),
        finish: async () => void calls.push('finish'),
        discard: async () => void calls.push('discard'),
      };
    },
    beginFolder: null,
  };
  const board = createBoard({ saver, now: () => clock.now, newId: () => String(++ids) });
  const run = Promise.withResolvers<RestoreReport | null>();
  const job: RestoreJob = {
    name: 'a.bin',
    intoFolder: false,
    plan: async () => PLAN,
    run: () => run.promise,
    resolveConflict: async (_, rule) => void calls.push(rule),
    cancel: async () => run.reject(new HoldfastError('E_CANCELLED', 'cancelled')),
  };
  return { board, job, run, calls, clock, item: () => board.items()[0] };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('a restore runs, tells its rate, and is done only when the worker says so', async () => {
  const { board, job, run, calls, clock, item } = setup();
  board.start(job);
  await settle();
  assert.equal(item()?.state, 'running');
  for (const [now, bytes] of [
    [0, 0],
    [1_000, 1_000],
    [2_000, 2_000],
  ] as const) {
    clock.now = now;
    board.onNotice({ type: 'restore-progress', progress: { restoreId: '1', bytes, length: 4_000, waiting: null } });
  }
  assert.equal(item()?.bytes, 2_000);
  assert.equal(item()?.rate, 1_000);
  run.resolve(null);
  await settle();
  assert.equal(item()?.state, 'done');
  assert.deepEqual(calls, ['finish']);
  assert.deepEqual(board.news(), { type: 'done', name: 'a.bin' });
});

test('a failure keeps its code, discards what was written, and can be tried again', async () => {
  const { board, job, run, calls, item } = setup();
  board.start(job);
  await settle();
  run.reject(new HoldfastError('E_INTEGRITY', 'no'));
  await settle();
  assert.equal(item()?.state, 'failed');
  assert.equal(item()?.code, 'E_INTEGRITY');
  assert.deepEqual(calls, ['discard']);
  board.retry('1');
  await settle();
  assert.deepEqual(
    board.items().map(({ id }) => id),
    ['2'],
  );
});

test('cancelling reaches the worker and is not called a failure', async () => {
  const { board, job, calls, item } = setup();
  board.start(job);
  await settle();
  board.cancel('1');
  await settle();
  assert.equal(item()?.state, 'cancelled');
  assert.deepEqual(calls, ['discard']);
  assert.notEqual(board.news()?.type, 'failed');
});

test('cancelling before the first byte never starts the worker, which forgets the plan', async () => {
  const { board, job, item } = setup();
  const plan = Promise.withResolvers<RestorePlan>();
  let ran = false;
  let forgotten = '';
  const late: RestoreJob = {
    ...job,
    plan: () => plan.promise,
    run: async () => {
      ran = true;
      return null;
    },
    cancel: async (id) => {
      forgotten = id;
    },
  };
  board.start(late);
  await settle();
  board.cancel('1');
  plan.resolve(PLAN);
  await settle();
  assert.equal(item()?.state, 'cancelled');
  assert.deepEqual([ran, forgotten], [false, '1']);
});

test('a closed save dialog leaves no trace; a full disk says so', async () => {
  const closed = setup(new HoldfastError('E_CANCELLED', 'closed'));
  closed.board.start(closed.job);
  await settle();
  assert.deepEqual(closed.board.items(), []);
  const full = setup(new HoldfastError('E_DISK_FULL', 'full'));
  full.board.start(full.job);
  await settle();
  assert.equal(full.item()?.code, 'E_DISK_FULL');
});

test('only restores that have ended can be taken off the list', async () => {
  const { board, job, run } = setup();
  board.start(job);
  await settle();
  board.dismiss('1');
  board.clearEnded();
  assert.equal(board.items().length, 1);
  run.resolve(null);
  await settle();
  board.clearEnded();
  assert.deepEqual(board.items(), []);
});

test('a restore into a folder in which files failed is not told as done', async () => {
  const { board, job, run, item } = setup();
  board.start({ ...job, intoFolder: true });
  await settle();
  run.resolve({ restored: 2, kept: 0, skipped: 0, failed: [{ path: ['a'], code: 'E_INTEGRITY' }] });
  await settle();
  assert.deepEqual(board.news(), { type: 'failed', name: 'a.bin' });
  assert.equal(hasFailed(item() as RestoreItem), true);
});

test('cleared, what runs is cancelled and no name stays', async () => {
  const { board, job, calls } = setup();
  board.start(job);
  await settle();
  board.clear();
  await settle();
  assert.deepEqual([board.items(), calls], [[], ['discard']]);
});

test('a folder whose bytes are all written is being finished, which a download never is', async () => {
  const item = { state: 'running', intoFolder: true, bytes: 4_000, length: 4_000 } as RestoreItem;
  assert.equal(isFinishing(item), true);
  for (const other of [{ bytes: 3_999 }, { intoFolder: false }, { state: 'done' }, { bytes: 0, length: 0 }] as const)
    assert.equal(isFinishing({ ...item, ...other }), false, JSON.stringify(other));
});
