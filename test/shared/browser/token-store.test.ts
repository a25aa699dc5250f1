/** The token store over IndexedDB: a token leaves it once, and who was asked owes an answer until it is given or not needed. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenStore } from '../../../shared/browser/index.ts';
import type { Bytes } from '../../../shared/bytes/index.ts';
import { random } from '../../support/fixtures.ts';

const DAY = 86_400_000;
let count = 0;
const fresh = () => `tokens-${count++}`;
const tokens = (macs = 4) => ({ salt: random.bytes(16), macs: Array.from({ length: macs }, () => random.bytes(16)) });

test('each token is taken once, also by two at a time and after a death, and then there are none', async () => {
  const name = fresh();
  const made = tokens();
  await createTokenStore(name).put('v', 'a', made);
  const taken: { index: number; mac: Bytes }[] = [];
  for (let day = 0; day < 6; day++) {
    const store = createTokenStore(name);
    const both = await Promise.all([store.take('v', ['a'], 1, day * DAY), store.take('v', ['a'], 1, day * DAY)]);
    for (const found of both) taken.push(...found.values());
    await store.answered('v', ['a'], day * DAY);
  }
  assert.deepEqual(
    taken.map(({ index, mac }) => [index, mac]),
    made.macs.map((mac, index) => [index, mac]).toReversed(),
  );
});

test('the first that have a token are taken, by vault', async () => {
  const store = createTokenStore(fresh());
  for (const id of ['b', 'c', 'd']) await store.put('v', id, tokens());
  await store.put('w', 'a', tokens());
  assert.deepEqual([...(await store.take('v', ['a', 'd', 'c', 'b'], 2, 1)).keys()], ['d', 'c']);
  assert.deepEqual((await store.owed('v')).toSorted(), ['c', 'd']);
  assert.deepEqual(await store.owed('w'), []);
});

test('who owes an answer, or gave one within a day, is not asked', async () => {
  const store = createTokenStore(fresh());
  await store.put('v', 'a', tokens());
  const isAsked = async (at: number) => (await store.take('v', ['a'], 1, at)).size === 1;
  assert.equal(await isAsked(0), true);
  assert.equal(await isAsked(9 * DAY), false);
  await store.answered('v', ['a'], 9 * DAY);
  assert.deepEqual(await store.owed('v'), []);
  assert.equal(await isAsked(10 * DAY - 1), false);
  assert.equal(await isAsked(10 * DAY), true);
});

test('a pack that was read has new tokens, one that was damaged has none, and neither owes anything', async () => {
  const store = createTokenStore(fresh());
  for (const id of ['a', 'b']) await store.put('v', id, tokens(1));
  assert.equal((await store.take('v', ['a', 'b'], 2, 0)).size, 2);
  const next = tokens();
  await store.put('v', 'a', next);
  await store.forget('v', 'b');
  assert.deepEqual(await store.owed('v'), []);
  const taken = await store.take('v', ['a', 'b'], 2, 0);
  assert.deepEqual([...taken], [['a', { salt: next.salt, index: 3, mac: next.macs[3] }]]);
});

test('who is to be read owes an answer, with tokens or without, until it was read', async () => {
  const store = createTokenStore(fresh());
  await store.put('v', 'a', tokens());
  await store.owe('v', ['a', 'b'], 0);
  assert.deepEqual((await store.owed('v')).toSorted(), ['a', 'b']);
  assert.equal((await store.take('v', ['a'], 1, 9 * DAY)).size, 0);
  await store.put('v', 'a', tokens());
  await store.forget('v', 'b');
  assert.deepEqual(await store.owed('v'), []);
});

test('what is not to be kept is forgotten, of this vault alone', async () => {
  const store = createTokenStore(fresh());
  for (const id of ['a', 'b']) await store.put('v', id, tokens());
  await store.put('w', 'b', tokens());
  await store.owe('v', ['b', 'c'], 0);
  await store.prune('v', (id) => id === 'a');
  assert.deepEqual(await store.owed('v'), []);
  assert.deepEqual([...(await store.take('v', ['a', 'b'], 9, DAY)).keys()], ['a']);
  assert.deepEqual([...(await store.take('w', ['b'], 9, DAY)).keys()], ['b']);
});
