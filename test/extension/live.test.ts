/** Live queries: what a screen sees in the end is what the queue holds, however fast it changed. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createOutbox, createView, openQueue, type QueueSummary } from '../../extension/queue/index.ts';
import { live } from '../../extension/queue/live.ts';
import { bytesItem } from '../contract/queue-suite.ts';
import { until } from '../support/waiting.ts';

test('many changes are read few times, and the last one is not missed', async () => {
  const db = openQueue('live-many');
  const { intake } = createOutbox(db, Date.now);
  const seen: QueueSummary[] = [];
  const subscription = createView(db)
    .summary()
    .subscribe((summary) => seen.push(summary));
  for (let i = 0; i < 60; i++) await intake.capture([bytesItem(`f${i}`)]);
  await until('the last change', async () => seen.at(-1)?.counts.queued === 60);
  assert.ok(seen.length < 30, `${seen.length} reads`);
  subscription.unsubscribe();
  const before = seen.length;
  await intake.capture([bytesItem('late')]);
  assert.equal(seen.length, before);
  db.close();
});

test('a read that failed is tried again', async () => {
  let reads = 0;
  const values: number[] = [];
  const query = live(async () => {
    reads += 1;
    if (reads === 1) throw new Error('busy');
    return reads;
  });
  const { unsubscribe } = query.subscribe((value) => values.push(value));
  await until('a value', async () => values.length > 0);
  assert.deepEqual(values, [2]);
  unsubscribe();
});
