/** The end of a worker is seen, whether it fails, never begins, or goes without a word. */
import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { BEGIN_MS, onWorkerEnd } from '../../extension/platform/worker-end.ts';

/** More turns of the event loop than a lock takes to change hands. */
const TURNS = 100;

mock.timers.enable({ apis: ['setTimeout'] });

let count = 0;

/** A worker as its owner sees it, and the lock that it holds while it lives. */
function scene() {
  const worker = new EventTarget() as EventTarget & Pick<Worker, 'addEventListener'>;
  const name = `worker ${count++}`;
  const owner = new AbortController();
  let ends = 0;
  onWorkerEnd(worker, name, owner.signal, () => ends++);
  const begin = async (): Promise<() => void> => {
    const [held, life] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    void navigator.locks.request(name, () => {
      held.resolve();
      return life.promise;
    });
    await held.promise;
    worker.dispatchEvent(new MessageEvent('message', { data: 'begun' }));
    return life.resolve;
  };
  return { worker, owner, begin, ends: () => ends };
}

async function settled(): Promise<void> {
  for (let i = 0; i < TURNS; i++) await turn();
}

test('one that never begins is given up', () => {
  const { ends } = scene();
  mock.timers.tick(BEGIN_MS - 1);
  assert.equal(ends(), 0);
  mock.timers.tick(1);
  assert.equal(ends(), 1);
});

test('one that begins in time is not, and its end is seen when its lock is free', async () => {
  const { begin, ends } = scene();
  const end = await begin();
  mock.timers.tick(BEGIN_MS);
  await settled();
  assert.equal(ends(), 0);
  end();
  await settled();
  assert.equal(ends(), 1);
});

test('a fault is an end; what it says otherwise is none', async () => {
  const { worker, owner, ends } = scene();
  worker.dispatchEvent(new MessageEvent('message', { data: 'moved' }));
  assert.equal(ends(), 0);
  worker.dispatchEvent(new Event('error'));
  assert.equal(ends(), 1);
  owner.abort();
});

test('what its owner ends is not told', async () => {
  const { owner, begin, ends } = scene();
  const end = await begin();
  owner.abort();
  end();
  await settled();
  assert.equal(ends(), 0);
});
