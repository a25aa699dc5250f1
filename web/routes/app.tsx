/**
 * The whole app. It is given everything it cannot know: the worker's answers, where files are saved, how paths are kept,
 * and further screens (the extension puts Backup first). It decides only what is shown.
 */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Saver } from '../platform/index.ts';
import { createStatusStore, type SessionStatus, type VaultApi, type VaultEvent } from '../session/index.ts';
import { Button, ErrorNote, Mark, type Toast, Toasts, text } from '../ui/index.ts';
import { CheckNote, useChecking } from './checking.tsx';
import { type Desk, DeskContext, useStore } from './desk.ts';
import type { ExtraRoute } from './extra-route.ts';
import { createBoard, type RestoreBoard } from './restore/board.ts';
import type { Router } from './router.ts';
import { Shell } from './shell.tsx';
import { Away } from './sign-in/away.tsx';
import { SignInScreen } from './sign-in/sign-in-screen.tsx';

export interface AppProps {
  readonly api: VaultApi;
  readonly onEvent: (listener: (event: VaultEvent) => void) => () => void;
  readonly saver: Saver;
  readonly router: Router;
  /** Whether the server's address may be typed: in the extension only. */
  readonly canChooseServer: boolean;
  readonly extraRoutes?: readonly ExtraRoute[];
}

const NO_ROUTES: readonly ExtraRoute[] = [];
const TOAST_MS = 5_000;

export function App(props: AppProps) {
  const { api, onEvent, extraRoutes = NO_ROUTES } = props;
  const [recovered, setRecovered] = useState(false);
  const { toasts, say } = useToasts();
  const store = useMemo(() => createStatusStore(api, onEvent), [api, onEvent]);
  const view = useStore(store.subscribe, store.view);
  const account = view.phase === 'known' && view.status.state === 'ready' ? view.status.accountId : null;
  const checking = useChecking(api, account);
  const board = useBoard(props, account);
  const { router } = props;
  const { check, lastAt: checkedAt } = checking;
  const desk = useMemo<Desk>(
    () => ({ api, onEvent, router, board, say, check, checkedAt }),
    [api, onEvent, router, board, say, check, checkedAt],
  );
  useEffect(() => void store.ask(), [store]);

  const onReady = (status: SessionStatus, byWords: boolean): void => {
    setRecovered(byWords);
    if (byWords) props.router.go('/account');
    store.set(status);
  };
  return (
    <DeskContext.Provider value={desk}>
      {view.phase === 'asking' && <Opening />}
      {view.phase === 'failed' && <Failed error={view.error} onRetry={() => void store.ask()} />}
      {view.phase === 'known' && view.status.state === 'signed-out' && (
        <SignInScreen
          key={view.status.server?.url ?? ''}
          api={api}
          status={view.status}
          canChooseServer={props.canChooseServer}
          onRetry={() => void store.ask()}
          onReady={onReady}
        />
      )}
      {view.phase === 'known' && view.status.state === 'away' && (
        <Away name={view.status.name} onStatus={store.set} screen={extraRoutes[0]?.screen} />
      )}
      {view.phase === 'known' && view.status.state === 'ready' && (
        <Shell
          key={view.status.accountId}
          extraRoutes={extraRoutes}
          recovered={recovered}
          notice={<CheckNote {...checking} />}
          onPasswordSet={() => setRecovered(false)}
        />
      )}
      <Toasts toasts={toasts} />
    </DeskContext.Provider>
  );
}

/** The restores are those of one sign-in: with another board, what a dialog still holds back cannot show up either. */
function useBoard({ onEvent, saver }: AppProps, account: string | null): RestoreBoard {
  const board = useMemo(
    () => createBoard({ saver, now: () => Date.now(), newId: () => crypto.randomUUID() }),
    [saver, account],
  );
  useEffect(() => board.clear, [board]);
  useEffect(
    () =>
      onEvent((event) => {
        if (event.type === 'restore-progress' || event.type === 'restore-conflict') board.onNotice(event);
      }),
    [onEvent, board],
  );
  return board;
}

function useToasts(): { toasts: readonly Toast[]; say: Desk['say'] } {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const say = useMemo(() => {
    let lastId = 0;
    return (line: string, bad = false): void => {
      const toast: Toast = { id: ++lastId, text: line, bad };
      setToasts((before) => [...before.slice(-2), toast]);
      setTimeout(() => setToasts((before) => before.filter(({ id }) => id !== toast.id)), TOAST_MS);
    };
  }, []);
  return { toasts, say };
}

function Opening() {
  return (
    <main class="opening" aria-busy="true" aria-label={text.app.loading}>
      <Mark />
    </main>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main class="opening">
      <ErrorNote
        error={error}
        action={
          <Button small onClick={onRetry}>
            {text.app.tryAgain}
          </Button>
        }
      />
    </main>
  );
}
