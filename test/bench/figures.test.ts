/** What a bench says about its samples: medians, ratio, table, JSON line, plot. No bench runs here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bench, Sample } from './rig/bench.ts';
import { agreedDigest, jsonLine, median, ratioOf, reached, reachText, shown, table } from './rig/figures.ts';
import { growth } from './rig/memory.ts';
import { plot } from './rig/plot.ts';

const bench: Bench = {
  name: 'example',
  work: 'Carries stones.',
  peer: 'a mule',
  differs: [],
  unit: 'stones/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: () => Promise.reject(new Error('only its figures are looked at')),
};
const samples = (...figures: number[]): Sample[] => figures.map((figure) => ({ figure }));

test('median', () => {
  assert.equal(median([5]), 5);
  assert.equal(median([10, 1, 9]), 9);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.throws(() => median([]));
});

test('a ratio above 1 is ours ahead, whether more or less is better', () => {
  const result = { bench, ours: samples(6, 4, 5), peer: samples(2, 2.5, 9) };
  assert.equal(ratioOf(result), 2);
  assert.equal(ratioOf({ ...result, bench: { ...bench, better: 'less' } }), 0.5);
});

test('what is to be reached is a bound of a figure, alone or as a multiple of the peer', () => {
  const of = (figure: number, stored: number): Sample => ({ figure, extras: { stored } });
  const result = { bench, ours: [of(6, 105)], peer: [of(3, 100)] };
  assert.equal(reached(result, { timesPeer: true, atLeast: 2 }), true);
  assert.equal(reached(result, { timesPeer: true, atLeast: 2.1 }), false);
  assert.equal(reached(result, { of: 'stored', timesPeer: true, atMost: 1.05 }), true);
  assert.equal(reached({ ...result, peer: [] }, { of: 'stored', atMost: 104 }), false);
  assert.equal(ratioOf({ ...result, peer: [] }), null);
  assert.equal(reachText(bench, { of: 'bytes_sent', atMost: 1200 }), 'bytes sent at most 1 200');
  assert.equal(reachText(bench, { timesPeer: true, atLeast: 1 }), "stones/s at least 1 × the peer's");
});

test('numbers are shown with three digits', () => {
  assert.deepEqual([0.012345, 1.2345, 99.96, 123.4, 1_234_567].map(shown), [
    '0.0123',
    '1.23',
    '100',
    '123',
    '1 234 567',
  ]);
});

test('the table gives median, least and most of the figure and of everything else', () => {
  const ours = [1, 3, 2].map((figure) => ({ figure, extras: { bytes_sent: figure * 1000 } }));
  assert.equal(
    table({ bench, ours, peer: samples(4) }),
    [
      '|            | ours                 | peer |',
      '|------------|----------------------|------|',
      '| stones/s   | 2 (1..3)             | 4    |',
      '| bytes sent | 2 000 (1 000..3 000) |      |',
    ].join('\n'),
  );
});

test('the JSON line', () => {
  const ours = [{ figure: 30, extras: { bytes_sent: 7, seconds: 1 } }];
  const peer = [{ figure: 20, extras: { seconds: 2 } }];
  assert.deepEqual(JSON.parse(jsonLine({ bench, ours, peer })), {
    name: 'example',
    ours: 30,
    peer: 20,
    ratio: 1.5,
    unit: 'stones/s',
    reached: true,
    repetitions: 1,
    bytes_sent: 7,
    seconds: 1,
    peer_seconds: 2,
  });
});

test('other bytes than the peer gave back are an error', () => {
  const same = { bench, ours: [{ figure: 1, digest: 'a' }, { figure: 1 }], peer: [{ figure: 1, digest: 'a' }] };
  assert.equal(agreedDigest(same), 'a');
  assert.equal(agreedDigest({ bench, ours: samples(1), peer: samples(1) }), null);
  assert.throws(() => agreedDigest({ ...same, peer: [{ figure: 1, digest: 'b' }] }), /not the same bytes/);
});

test('growth is the most over idle, drift what the second half has more than the first, late the last quarter more than the third', () => {
  assert.deepEqual(growth(100e6, [110e6, 130e6, 120e6, 140e6]), { most: 40, drift: 10, late: 20 });
});

test('the plot has a bar for each ratio, ahead or behind, and escapes names', () => {
  const svg = plot('1 < 2', [
    { name: 'a&b', ratio: 4 },
    { name: 'c', ratio: 0.5 },
  ]);
  assert.match(svg, /1 &#60; 2/);
  assert.match(svg, /a&#38;b/);
  const widths = [...svg.matchAll(/class="(\w+)" x="150" y="\d+" width="(\d+)"/g)].map(([, side, width]) => [
    side,
    Number(width),
  ]);
  assert.deepEqual(widths, [
    ['ahead', 510],
    ['behind', 64],
  ]);
  assert.match(svg, /prefers-color-scheme: dark/);
});
