/**
 * A table of up to a million rows, of which only those in view stand in the page. One tab stop: the arrow keys move,
 * Enter opens, Space shows details, letters jump to a name. The caller owns which row is active.
 */
import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icons.tsx';
import { type ListShape, scrollTo, spaceOf, windowAt } from './windowing.ts';

export interface Column<Row> {
  readonly id: string;
  readonly label: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** Present when the list can be sorted by this column. */
  readonly onSort?: () => void;
  readonly sorted?: 'ascending' | 'descending' | undefined;
}

export interface GridProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  /** The text that typed letters are compared with. */
  textOf: (row: Row) => string;
  rowHeight: number;
  /** Which list this is: when it changes, the view goes back to the top. */
  place: string;
  active: number;
  selected: string | null;
  onActive: (index: number) => void;
  onOpen: (row: Row) => void;
  onDetails: (row: Row) => void;
  /** Backspace: one level up. */
  onUp?: () => void;
}

const STEPS: Record<string, (at: number, page: number, last: number) => number> = {
  ArrowDown: (at) => at + 1,
  ArrowUp: (at) => at - 1,
  PageDown: (at, page) => at + page,
  PageUp: (at, page) => at - page,
  Home: () => 0,
  End: (_at, _page, last) => last,
};

const HEAD_HEIGHT = 40;

export function Grid<Row>(props: GridProps<Row>) {
  const { rows, rowHeight, active } = props;
  const id = useId();
  const frame = useRef<HTMLTableElement>(null);
  const { scrollTop, viewHeight } = useScroll(frame, props.place);
  const shape: ListShape = { count: rows.length, rowHeight, viewHeight: Math.max(0, viewHeight - HEAD_HEIGHT) };
  const view = windowAt(shape, scrollTop);
  const show = (index: number): void => {
    const element = frame.current;
    if (element !== null) element.scrollTop = scrollTo(shape, element.scrollTop, index);
  };
  const onKeyDown = useGridKeys(props, shape, show);

  const onClick = (event: MouseEvent): void => {
    // The second press of a double click is not meant for what came under the pointer with the first.
    if (event.detail > 1) return;
    const index = Number((event.target as Element).closest('tr')?.dataset.index ?? Number.NaN);
    const row = rows[index];
    if (row === undefined) return;
    props.onActive(index);
    props.onOpen(row);
  };

  // the data grid of the ARIA practices: a table that the arrow keys move through
  const aria = {
    role: 'grid',
    tabIndex: 0,
    'aria-label': props.label,
    'aria-rowcount': rows.length + 1,
    'aria-colcount': props.columns.length,
    'aria-activedescendant': active >= view.first && active < view.end ? `${id}-${active}` : undefined,
  } as const;
  return (
    <table ref={frame} class="grid" {...aria} onKeyDown={onKeyDown} onClick={onClick}>
      <Head columns={props.columns} />
      <Body height={spaceOf(shape)} offset={view.offset}>
        {rows.slice(view.first, view.end).map((row, at) => (
          <GridRow key={props.keyOf(row)} id={id} index={view.first + at} row={row} grid={props} />
        ))}
      </Body>
    </table>
  );
}

function Head<Row>({ columns }: { columns: readonly Column<Row>[] }) {
  return (
    <thead class="grid-head">
      <tr aria-rowindex={1} class="grid-row">
        {columns.map((column) => (
          <th key={column.id} scope="col" class={`grid-cell grid-${column.id}`} aria-sort={column.sorted}>
            {column.onSort === undefined ? (
              column.label
            ) : (
              <button type="button" class="grid-sort" onClick={column.onSort}>
                {column.label}
                {column.sorted !== undefined && <Icon name={column.sorted === 'ascending' ? 'up' : 'down'} />}
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** As high as the whole list, with the rows in view at their place. */
function Body({ height, offset, children }: { height: number; offset: number; children: ComponentChildren }) {
  const body = useRef<HTMLTableSectionElement>(null);
  useLayoutEffect(() => {
    body.current?.style.setProperty('height', `${height}px`);
    body.current?.style.setProperty('padding-top', `${offset}px`);
  }, [height, offset]);
  return (
    <tbody ref={body} class="grid-space">
      {children}
    </tbody>
  );
}

interface GridRowProps<Row> {
  id: string;
  index: number;
  row: Row;
  grid: GridProps<Row>;
}

function GridRow<Row>({ id, index, row, grid }: GridRowProps<Row>) {
  return (
    <tr
      id={`${id}-${index}`}
      data-index={index}
      aria-rowindex={index + 2}
      aria-selected={grid.keyOf(row) === grid.selected}
      class={`grid-row grid-line${index === grid.active ? ' grid-active' : ''}`}
    >
      {grid.columns.map((column) => (
        <td key={column.id} class={`grid-cell grid-${column.id}`}>
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}

function useScroll(frame: RefObject<HTMLTableElement | null>, place: string) {
  const [at, setAt] = useState({ scrollTop: 0, viewHeight: 0 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const measure = (): void => setAt({ scrollTop: element.scrollTop, viewHeight: element.clientHeight });
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    element.addEventListener('scroll', measure, { passive: true });
    measure();
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', measure);
    };
  }, [frame]);
  useLayoutEffect(() => {
    if (frame.current !== null) frame.current.scrollTop = 0;
  }, [frame, place]);
  return at;
}

/** Letters typed within this many milliseconds of each other form one search. */
const TYPING_MS = 700;

function useGridKeys<Row>(props: GridProps<Row>, shape: ListShape, show: (index: number) => void) {
  const typed = useRef({ text: '', at: 0 });
  const move = (index: number): void => {
    const to = Math.min(Math.max(0, index), props.rows.length - 1);
    props.onActive(to);
    show(to);
  };
  const jump = (key: string, at: number): void => {
    const again = at - typed.current.at < TYPING_MS;
    typed.current = { text: (again ? typed.current.text : '') + key.toLowerCase(), at };
    const found = props.rows.findIndex((row) => props.textOf(row).toLowerCase().startsWith(typed.current.text));
    if (found >= 0) move(found);
  };
  const act = (key: string, at: number): boolean => {
    const row = props.rows[props.active];
    const step = STEPS[key];
    const page = Math.max(1, Math.floor(shape.viewHeight / shape.rowHeight) - 1);
    if (step !== undefined) move(step(props.active, page, props.rows.length - 1));
    else if (key === 'Enter' && row !== undefined) props.onOpen(row);
    else if (key === ' ' && row !== undefined) props.onDetails(row);
    else if (key === 'Backspace') props.onUp?.();
    else if (key.length === 1 && key !== '/') jump(key, at);
    else return false;
    return true;
  };
  return (event: KeyboardEvent): void => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event.key, event.timeStamp)) event.preventDefault();
  };
}
