/** Which rows stand in the page: few, the right ones, and reachable to the last of a million. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ListShape, MAX_SPACE, scrollTo, spaceOf, windowAt } from '../../web/ui/windowing.ts';

const shapes = fc.record({
  count: fc.integer({ min: 1, max: 1_000_000 }),
  rowHeight: fc.integer({ min: 24, max: 80 }),
  viewHeight: fc.integer({ min: 200, max: 2_000 }),
});

test('the rows in view are in the page, and never many more', () => {
  fc.assert(
    fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (shape: ListShape, part) => {
      const most = Math.max(0, spaceOf(shape) - shape.viewHeight);
      const top = most * part;
      const { first, end, offset } = windowAt(shape, top);
      assert.ok(first >= 0 && end <= shape.count && first <= end);
      assert.ok(end - first <= Math.ceil(shape.viewHeight / shape.rowHeight) + 18);
      // the rows cover the view from edge to edge, or the list ends before
      assert.ok(offset <= top + 0.01);
      assert.ok(end === shape.count || offset + (end - first) * shape.rowHeight >= top + shape.viewHeight - 0.01);
    }),
  );
});

test('any row can be scrolled to and is then seen whole', () => {
  fc.assert(
    fc.property(shapes, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (shape: ListShape, any, part) => {
      const row = any % shape.count;
      const from = Math.max(0, spaceOf(shape) - shape.viewHeight) * part;
      const to = scrollTo(shape, from, row);
      const { first, end, offset } = windowAt(shape, to);
      assert.ok(row >= first && row < end);
      const y = offset + (row - first) * shape.rowHeight - to;
      assert.ok(y >= -0.01 && y + shape.rowHeight <= shape.viewHeight + 0.01);
    }),
  );
});

test('the list is never higher than a browser can bear, and its end shows the last row', () => {
  const shape = { count: 1_000_000, rowHeight: 44, viewHeight: 700 };
  assert.equal(spaceOf(shape), MAX_SPACE);
  assert.equal(windowAt(shape, MAX_SPACE - 700).end, 1_000_000);
  assert.equal(windowAt(shape, 0).first, 0);
});

test('an empty list is a window of nothing', () => {
  assert.deepEqual(windowAt({ count: 0, rowHeight: 44, viewHeight: 700 }, 0), { first: 0, end: 0, offset: 0 });
});
