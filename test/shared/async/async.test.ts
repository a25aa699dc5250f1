import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { abortable, Budget, backoff, createMutex, mapConcurrent, onAbort } from '../../../shared/async/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';

const code = (expected: string) => (error: unknown) => error instanceof HoldfastError && error.code === expected;
/** Lets every promise that can settle now settle. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const item of items) out.push(item);
  return out;
}

test('a budget is never exceeded, serves in order and ends empty', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 20 }),
      fc.scheduler(),
      async (total, amounts, scheduler) => {
        const budget = new Budget(total);
        const order: number[] = [];
        let holders = 0;
        const tasks = amounts.map(async (amount, i) => {
          const release = await budget.acquire(amount);
          order.push(i);
          holders++;
          assert.ok(budget.held <= total || holders === 1, 'more than the budget only alone');
          await scheduler.schedule(Promise.resolve());
          holders--;
          release();
          release();
        });
        await scheduler.waitFor(Promise.all(tasks));
        assert.deepEqual(order, [...amounts.keys()]);
        assert.equal(budget.held, 0);
      },
    ),
  );
});

test('a small request waits behind a large one', async () => {
  const budget = new Budget(10);
  const first = await budget.acquire(6);
  const granted: string[] = [];
  const large = budget.acquire(8).then((release) => {
    granted.push('large');
    return release;
  });
  const small = budget.acquire(1).then((release) => {
    granted.push('small');
    return release;
  });
  await settle();
  assert.deepEqual(granted, []);
  first();
  await Promise.all([large, small]);
  assert.deepEqual(granted, ['large', 'small']);
});

test('a cancelled request leaves the queue and lets the next one in', async () => {
  const budget = new Budget(10);
  const release = await budget.acquire(6);
  const controller = new AbortController();
  const large = assert.rejects(budget.acquire(9, controller.signal), code('E_CANCELLED'));
  const small = budget.acquire(4);
  controller.abort();
  await large;
  (await small)();
  release();
  assert.equal(budget.held, 0);
  await assert.rejects(budget.acquire(1, controller.signal), code('E_CANCELLED'));
});

test('a budget refuses nonsense', async () => {
  for (const bad of [0, -1, 1.5, Number.NaN]) assert.throws(() => new Budget(bad), code('E_INPUT'));
  for (const bad of [-1, 1.5, Number.NaN]) await assert.rejects(new Budget(4).acquire(bad), code('E_INPUT'));
});

test('a mutex runs one task at a time, in order, and survives failures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 15 }), fc.scheduler(), async (fails, scheduler) => {
      const mutex = createMutex();
      const order: number[] = [];
      let inside = 0;
      const tasks = fails.map((fail, i) =>
        mutex(async () => {
          assert.equal(++inside, 1);
          await scheduler.schedule(Promise.resolve());
          inside--;
          order.push(i);
          if (fail) throw new Error('task');
        }),
      );
      const ends = await scheduler.waitFor(Promise.allSettled(tasks));
      assert.deepEqual(order, [...fails.keys()]);
      assert.deepEqual(
        ends.map((end) => end.status === 'rejected'),
        fails,
      );
    }),
  );
});

test('mapConcurrent keeps the order, runs at most the limit, and equals a plain map', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.integer(), { maxLength: 25 }),
      fc.scheduler(),
      async (limit, values, scheduler) => {
        let running = 0;
        const mapped = mapConcurrent(values, limit, async (value) => {
          assert.ok(++running <= limit);
          await scheduler.schedule(Promise.resolve());
          running--;
          return value * 2;
        });
        assert.deepEqual(
          await scheduler.waitFor(collect(mapped)),
          values.map((value) => value * 2),
        );
      },
    ),
  );
});

test('mapConcurrent tells the cause, cancels the others and leaves nothing running', async () => {
  let running = 0;
  const fn = async (value: number, signal: AbortSignal): Promise<number> => {
    running++;
    try {
      await settle();
      if (value === 2) throw new Error('cause');
      return await abortable(new Promise<number>(() => undefined), signal);
    } finally {
      running--;
    }
  };
  await assert.rejects(collect(mapConcurrent([0, 1, 2, 3], 4, fn)), /cause/);
  assert.equal(running, 0);
});

test('mapConcurrent stops when the consumer leaves or the signal fires', async () => {
  const seen: boolean[] = [];
  const fn = async (value: number, signal: AbortSignal): Promise<number> => {
    if (value === 0) return 0;
    await abortable(new Promise(() => undefined), signal).catch(() => seen.push(signal.aborted));
    return value;
  };
  for await (const value of mapConcurrent([0, 1], 2, fn)) {
    assert.equal(value, 0);
    break;
  }
  assert.deepEqual(seen, [true]);
  const controller = new AbortController();
  const all = assert.rejects(collect(mapConcurrent([1, 2, 3], 2, fn, controller.signal)), code('E_CANCELLED'));
  await settle();
  controller.abort();
  await all;
});

test('backoff is a whole number below its doubling, capped bound', () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
      const wait = backoff(attempt, random, { baseMs: 100, capMs: 5_000 });
      assert.ok(Number.isInteger(wait) && wait >= 0);
      assert.ok(wait < Math.min(5_000, 100 * 2 ** attempt));
    }),
  );
  assert.equal(backoff(3, 0.5), 2_000);
  assert.equal(backoff(40, 0.5), 30_000);
});

test('abortable and onAbort take their listeners away', async () => {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listeners++;
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listeners--;
    remove(...args);
  };
  assert.equal(await abortable(Promise.resolve(7), signal), 7);
  await assert.rejects(abortable(Promise.reject(new Error('own')), signal), /own/);
  onAbort(signal, () => undefined)();
  assert.equal(listeners, 0);
  const waiting = assert.rejects(abortable(new Promise(() => undefined), signal), code('E_CANCELLED'));
  controller.abort();
  await waiting;
  await assert.rejects(abortable(Promise.resolve(7), signal), code('E_CANCELLED'));
});
