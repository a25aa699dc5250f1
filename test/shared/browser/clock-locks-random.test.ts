/** The small adapters, over what Node has of the browser: timers, Web Locks and Web Cryptography. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { randomFraction, systemClock, systemRandom, withLock } from '../../../shared/browser/index.ts';

describe('clock', () => {
  test('sleeps and wakes', async () => {
    const before = systemClock.now();
    await systemClock.sleep(5);
    assert.ok(systemClock.now() >= before);
  });

  test('an abort ends a sleep, before it or within it', async () => {
    await assert.rejects(systemClock.sleep(60_000, AbortSignal.abort()), { code: 'E_CANCELLED' });
    const abort = new AbortController();
    const sleeping = systemClock.sleep(60_000, abort.signal);
    abort.abort();
    await assert.rejects(sleeping, { code: 'E_CANCELLED' });
  });
});

describe('random', () => {
  test('gives as many bytes as asked for, also more than the platform gives at once', () => {
    for (const length of [0, 1, 65_536, 65_537, 200_000]) {
      const bytes = systemRandom.bytes(length);
      assert.equal(bytes.length, length);
      if (length >= 65_536) assert.ok(bytes.subarray(-64).some((byte) => byte !== 0));
    }
  });

  test('a fraction is below one', () => {
    for (let i = 0; i < 1_000; i++) {
      const fraction = randomFraction();
      assert.ok(fraction >= 0 && fraction < 1);
    }
  });
});

describe('locks', () => {
  test('one holder at a time, in the order of asking; another name does not wait', async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = withLock('a', async () => {
      await gate.promise;
      order.push('first');
      return 1;
    });
    const second = withLock('a', async () => {
      order.push('second');
      return 2;
    });
    await withLock('b', async () => order.push('other'));
    gate.resolve();
    assert.deepEqual(await Promise.all([first, second]), [1, 2]);
    assert.deepEqual(order, ['other', 'first', 'second']);
  });

  test('is free again after a failure, which the caller gets', async () => {
    const fault = new Error('of the caller');
    await assert.rejects(
      withLock('c', () => Promise.reject(fault)),
      fault,
    );
    assert.equal(await withLock('c', async () => 'free'), 'free');
  });
});
