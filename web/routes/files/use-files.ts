/** The view-model of Files: which folder, in which order, what was searched, what is selected. No DOM. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { FileRow, FileSort, FolderView } from '../../session/index.ts';
import { type Loaded, useDesk, useLoaded } from '../desk.ts';

export const SEARCH_LIMIT = 500;
const FIRST_ROWS = 500;

export interface Order {
  readonly sort: FileSort;
  readonly descending: boolean;
}

export interface Search {
  readonly query: string;
  readonly setQuery: (query: string) => void;
  /** A query will come. */
  readonly prepare: () => void;
  /** The same again, in what the vault has now. */
  readonly reload: () => void;
  /** Null while nothing is searched. */
  readonly results: readonly FileRow[] | null;
  readonly error: unknown;
}

export interface Files {
  readonly folder: Loaded<FolderView>;
  readonly order: Order;
  readonly sortBy: (sort: FileSort) => void;
  readonly search: Search;
  readonly rows: readonly FileRow[];
  readonly active: number;
  readonly setActive: (index: number) => void;
  readonly selected: FileRow | null;
  readonly select: (row: FileRow | null) => void;
  /** A folder is gone into; of a file the details are shown. */
  readonly open: (row: FileRow) => void;
  readonly reload: () => void;
  readonly goTo: (folderId: string | null) => void;
}

const NO_ROWS: readonly FileRow[] = [];

export const folderPath = (folderId: string | null): string => (folderId === null ? '/files' : `/files/${folderId}`);

export function useFiles(folderId: string | null): Files {
  const { onEvent, router } = useDesk();
  const [order, setOrder] = useState<Order>({ sort: 'name', descending: false });
  const [active, setActive] = useState(0);
  const [chosen, select] = useState<FileRow | null>(null);
  const folder = useFolder(folderId, order);
  const search = useSearch();
  const rows = search.results ?? folder.value?.rows ?? NO_ROWS;
  // the row as it is now, when the list was loaded again since it was chosen
  const selected = useMemo(() => rows.find((row) => row.fileId === chosen?.fileId) ?? chosen, [rows, chosen]);

  const reload = useCallback(() => {
    folder.reload();
    search.reload();
  }, [folder.reload, search.reload]);
  useEffect(() => onEvent((event) => event.type === 'changed' && reload()), [onEvent, reload]);
  useEffect(() => {
    setActive(0);
    select(null);
  }, [folderId, search.query]);

  const goTo = (to: string | null): void => {
    search.setQuery('');
    router.go(folderPath(to));
  };
  return {
    folder,
    order,
    sortBy: (sort) => {
      setActive(0);
      setOrder((before) => ({ sort, descending: before.sort === sort ? !before.descending : sort !== 'name' }));
    },
    search,
    rows,
    active: Math.min(active, Math.max(0, rows.length - 1)),
    setActive,
    selected,
    select,
    open: (row) => (row.kind === 'folder' ? goTo(row.fileId) : select(row)),
    reload,
    goTo,
  };
}

interface Whole {
  readonly order: Order;
  readonly view: FolderView;
}

/** A long folder is shown from its first rows; all of them follow, and stay while the list is loaded again. */
function useFolder(folderId: string | null, order: Order): Loaded<FolderView> {
  const { api } = useDesk();
  const load = (limit?: number) => api.folder(folderId, order.sort, order.descending, limit);
  const first = useLoaded(() => load(FIRST_ROWS), [api, folderId, order]);
  const [whole, setWhole] = useState<Whole | null>(null);
  const [error, setError] = useState<unknown>(null);
  const cut = first.value !== null && first.value.rows.length < first.value.total;

  useEffect(() => {
    setError(null);
    if (!cut) return;
    let wanted = true;
    load().then(
      (view) => wanted && setWhole({ order, view }),
      (cause: unknown) => wanted && setError(cause),
    );
    return () => {
      wanted = false;
    };
  }, [first.value]);
  const have = cut && whole?.order === order && whole.view.folderId === folderId;
  return { ...first, value: have ? whole.view : first.value, error: first.error ?? error };
}

/** As you type: one search at a time; what was typed meanwhile is searched next, what was overtaken never is. */
function useSearch(): Search {
  const { api } = useDesk();
  const [query, setShown] = useState('');
  const [found, setFound] = useState<{ results: readonly FileRow[] | null; error: unknown }>({
    results: null,
    error: null,
  });
  const wanted = useRef({ typed: '' });
  const running = useRef(false);

  const run = useCallback(async (): Promise<void> => {
    running.current = true;
    for (let done: unknown; done !== wanted.current; ) {
      done = wanted.current;
      try {
        const results = await api.search(wanted.current.typed, SEARCH_LIMIT);
        if (wanted.current.typed !== '') setFound({ results, error: null });
      } catch (error) {
        if (wanted.current.typed !== '') setFound({ results: [], error });
      }
    }
    running.current = false;
  }, [api]);

  const search = useCallback(
    (typed: string) => {
      wanted.current = { typed };
      if (typed === '') setFound({ results: null, error: null });
      else if (!running.current) void run();
    },
    [run],
  );
  const setQuery = useCallback(
    (shown: string) => {
      setShown(shown);
      search(shown.trim());
    },
    [search],
  );
  const reload = useCallback(() => search(wanted.current.typed), [search]);
  const prepare = useCallback(() => void api.search('', SEARCH_LIMIT).catch(() => undefined), [api]);
  return { query, setQuery, prepare, reload, ...found };
}
