/** The rate of a count of bytes, as restores and the backup show it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rateOf, type Sample, withSample } from '../../web/ui/rate.ts';

test('the rate is an average over the last seconds and begins anew with a new count', () => {
  let samples: readonly Sample[] = [];
  const add = (sample: Sample) => {
    samples = withSample(samples, sample, 15_000);
  };
  assert.equal(rateOf(samples, 1_500), null);
  for (let second = 0; second <= 30; second++) add({ at: second * 1_000, bytes: second * 500 });
  assert.equal(rateOf(samples, 1_500), 500);
  assert.ok(samples.length <= 17);
  for (let second = 31; second <= 50; second++) add({ at: second * 1_000, bytes: 15_000 });
  assert.equal(rateOf(samples, 1_500), 0, 'a standstill is one');
  add({ at: 51_000, bytes: 10 });
  assert.deepEqual([samples.length, rateOf(samples, 1_500)], [1, null]);
});
