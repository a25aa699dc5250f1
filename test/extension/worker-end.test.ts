/** The end of a worker is seen, whether it fails, never begins, or goes without a word. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onWorkerEnd } from '../../extension/platform/worker-end.ts';

const LONG = 60_000;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let count = 0;

/** A worker as its owner sees it, and the lock that it holds while it lives. */
function scene(beginMs: number) {
  const worker = new EventTarget() as EventTarget & Pick<Worker, 'addEventListener'>;
  const name = `worker ${count++}`;
  const owner = new AbortController();
  let ends = 0;
  onWorkerEnd(worker, name, owner.signal, () => ends++, beginMs);
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

test('one that never begins is given up', async () => {
  const { ends } = scene(20);
  await pause(60);
  assert.equal(ends(), 1);
});

test('one that begins in time is not, and its end is seen when its lock is free', async () => {
  const { begin, ends } = scene(50);
  const end = await begin();
  await pause(120);
  assert.equal(ends(), 0);
  end();
  await pause(20);
  assert.equal(ends(), 1);
});

test('a fault is an end; what it says otherwise is none', async () => {
  const { worker, owner, ends } = scene(LONG);
  worker.dispatchEvent(new MessageEvent('message', { data: 'moved' }));
  assert.equal(ends(), 0);
  worker.dispatchEvent(new Event('error'));
  assert.equal(ends(), 1);
  owner.abort();
});

test('what its owner ends is not told', async () => {
  const { owner, begin, ends } = scene(LONG);
  const end = await begin();
  owner.abort();
  end();
  await pause(20);
  assert.equal(ends(), 0);
});
