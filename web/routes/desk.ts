/** What every screen has at hand: the worker's answers, the way to other screens, the restores, and a voice. */
import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { VaultApi, VaultEvent } from '../session/index.ts';
import type { RestoreBoard } from './restore/board.ts';
import type { Router } from './router.ts';

export interface Desk {
  readonly api: VaultApi;
  readonly onEvent: (listener: (event: VaultEvent) => void) => () => void;
  readonly router: Router;
  readonly board: RestoreBoard;
  /** Says something short at the foot of the window. */
  readonly say: (text: string, bad?: boolean) => void;
  /** Fetches what other devices committed. False when that failed, which is said above every screen. */
  readonly check: () => Promise<boolean>;
  /** When that last worked: what only the server knows is then loaded again. */
  readonly checkedAt: number | null;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new HoldfastError('E_INTERNAL', 'a screen outside the app');
  return desk;
}

/** The present value of something that tells when it changes. */
export function useStore<View>(subscribe: (listener: () => void) => () => void, view: () => View): View {
  const [value, setValue] = useState(view);
  useEffect(() => {
    setValue(view);
    return subscribe(() => setValue(view));
  }, [subscribe, view]);
  return value;
}

const TICK_MS = 30_000;

/** The time, for ages that are shown for long. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export interface Loaded<Value> {
  /** What was loaded last; kept while the next is on its way. */
  readonly value: Value | null;
  readonly error: unknown;
  readonly loading: boolean;
  readonly reload: () => void;
}

/** Loads now and whenever an input changes; an answer that was overtaken is dropped. */
export function useLoaded<Value>(load: () => Promise<Value>, inputs: readonly unknown[]): Loaded<Value> {
  const [state, setState] = useState<Omit<Loaded<Value>, 'reload'>>({ value: null, error: null, loading: true });
  const turn = useRef(0);
  const reload = useCallback(() => {
    const mine = ++turn.current;
    setState((before) => ({ ...before, loading: true }));
    load().then(
      (value) => mine === turn.current && setState({ value, error: null, loading: false }),
      (error: unknown) => mine === turn.current && setState({ value: null, error, loading: false }),
    );
  }, inputs);
  useEffect(() => {
    reload();
    return () => {
      turn.current++;
    };
  }, [reload]);
  return { ...state, reload };
}

export interface Action<Args extends readonly unknown[]> {
  readonly busy: boolean;
  readonly error: unknown;
  readonly run: (...args: Args) => void;
  readonly clear: () => void;
}

/** Something a person sets off: one at a time, its failure kept for the screen to show. */
export function useAction<Args extends readonly unknown[]>(act: (...args: Args) => Promise<void>): Action<Args> {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const running = useRef(false);
  const mounted = useRef(true);
  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);
  const settle = (error: unknown): void => {
    running.current = false;
    if (mounted.current) setState({ busy: false, error });
  };
  return {
    ...state,
    run: (...args) => {
      if (running.current) return;
      running.current = true;
      setState({ busy: true, error: null });
      act(...args).then(() => settle(null), settle);
    },
    clear: () => setState({ busy: false, error: null }),
  };
}
