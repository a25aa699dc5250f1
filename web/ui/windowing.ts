/**
 * Which rows of a long list stand in the page. Pure. Browsers cap the height of an element (Firefox at about 17.8
 * million pixels), so above `MAX_SPACE` the scroll position is stretched over the rows.
 */

export const MAX_SPACE = 15_000_000;

export interface RowWindow {
  /** First row in the page. */
  readonly first: number;
  /** One past the last. */
  readonly end: number;
  /** Pixels from the top of the list to `first`. */
  readonly offset: number;
}

export interface ListShape {
  readonly count: number;
  readonly rowHeight: number;
  /** Height of what can be seen of the rows, in pixels. */
  readonly viewHeight: number;
}

const OVERSCAN = 8;

/** Height of the scrolled element. */
export function spaceOf({ count, rowHeight }: ListShape): number {
  return Math.min(count * rowHeight, MAX_SPACE);
}

/** Pixels of rows that one pixel of scrolling moves: 1 unless the list is too high for the browser. */
function stretchOf(shape: ListShape): number {
  const full = shape.count * shape.rowHeight;
  const space = spaceOf(shape);
  return full <= space || space <= shape.viewHeight ? 1 : (full - shape.viewHeight) / (space - shape.viewHeight);
}

export function windowAt(shape: ListShape, scrollTop: number): RowWindow {
  const top = Math.max(0, scrollTop) * stretchOf(shape);
  const first = Math.max(0, Math.floor(top / shape.rowHeight) - OVERSCAN);
  const end = Math.min(shape.count, Math.ceil((top + shape.viewHeight) / shape.rowHeight) + OVERSCAN);
  return { first: Math.min(first, end), end, offset: Math.max(0, scrollTop) - (top - first * shape.rowHeight) };
}

/** Where to scroll so that `row` can be seen whole; the present position when it can be already. */
export function scrollTo(shape: ListShape, scrollTop: number, row: number): number {
  const stretch = stretchOf(shape);
  const top = scrollTop * stretch;
  const start = row * shape.rowHeight;
  if (start < top) return start / stretch;
  const end = start + shape.rowHeight;
  return end > top + shape.viewHeight ? (end - shape.viewHeight) / stretch : scrollTop;
}
