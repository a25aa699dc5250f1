/** The signed-in frame: where one can go, how full the storage is, the screen itself, and the restores. */
import type { ComponentChildren } from 'preact';
import { useCallback, useEffect, useRef } from 'preact/hooks';
import { Anchor, Button, EmptyState, Icon, type IconName, Meter, text, Wordmark } from '../ui/index.ts';
import { AccountScreen } from './account/account-screen.tsx';
import { useDesk, useLoaded, useStore } from './desk.ts';
import type { ExtraRoute } from './extra-route.ts';
import { FilesScreen } from './files/files-screen.tsx';
import { LinksScreen } from './links/links-screen.tsx';
import { RestoreTray } from './restore/tray.tsx';
import { type Route, routeOf } from './router.ts';

export interface ShellProps {
  extraRoutes: readonly ExtraRoute[];
  recovered: boolean;
  /** Said above every screen. */
  notice: ComponentChildren;
  onPasswordSet: () => void;
}

interface Place {
  readonly id: string;
  readonly label: string;
  readonly icon: IconName;
}

const PLACES: readonly Place[] = [
  { id: 'files', label: text.app.files, icon: 'files' },
  { id: 'links', label: text.app.links, icon: 'link' },
  { id: 'account', label: text.app.account, icon: 'person' },
];

export function Shell(props: ShellProps) {
  const { router, board } = useDesk();
  const places = [...props.extraRoutes, ...PLACES];
  const view = useCallback(() => router.path(), [router]);
  const path = useStore(router.subscribe, view);
  const route = routeOf(path, (places[0] as Place).id);
  const main = useRef<HTMLElement>(null);
  useScreenChange(route, places, main);
  return (
    <div class="shell">
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        {text.app.skip}
      </button>
      <header class="rail">
        <Wordmark />
        <nav aria-label={text.app.mainNavigation}>
          <ul>
            {places.map((place) => (
              <li key={place.id}>
                <Anchor
                  class="rail-link"
                  href={router.href(`/${place.id}`)}
                  current={place.id === route.screen}
                  onGo={() => router.go(`/${place.id}`)}
                >
                  <Icon name={place.icon} />
                  {place.label}
                </Anchor>
              </li>
            ))}
          </ul>
        </nav>
        <StorageLine />
      </header>
      <main id="main" class="main" ref={main} tabIndex={-1}>
        {props.notice}
        <Screen route={route} {...props} />
      </main>
      <RestoreTray board={board} doneText={text.restore.verified} />
    </div>
  );
}

function Screen({ route, extraRoutes, recovered, onPasswordSet }: ShellProps & { route: Route }): ComponentChildren {
  const { router } = useDesk();
  const Extra = extraRoutes.find(({ id }) => id === route.screen)?.screen;
  if (Extra !== undefined) return <Extra />;
  if (route.screen === 'files') return <FilesScreen folderId={route.rest} />;
  if (route.screen === 'links') return <LinksScreen />;
  if (route.screen === 'account') return <AccountScreen recovered={recovered} onPasswordSet={onPasswordSet} />;
  return (
    <EmptyState
      icon="search"
      title={text.app.notFound}
      action={<Button onClick={() => router.go('/files')}>{text.app.toFiles}</Button>}
    >
      {text.app.notFoundHint}
    </EmptyState>
  );
}

/** Another screen: its name in the window's title, and the focus at its beginning. */
function useScreenChange(route: Route, places: readonly Place[], main: { current: HTMLElement | null }): void {
  const first = useRef(true);
  const label = places.find(({ id }) => id === route.screen)?.label ?? text.app.notFound;
  useEffect(() => {
    document.title = text.app.title(label);
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [label, main]);
}

function StorageLine() {
  const { api, onEvent, checkedAt } = useDesk();
  const account = useLoaded(() => api.account(), [api, checkedAt]);
  useEffect(() => onEvent((event) => event.type === 'changed' && account.reload()), [onEvent, account.reload]);
  if (account.value === null) return null;
  const { usedBytes, quotaBytes, name } = account.value;
  return (
    <div class="rail-foot">
      <p class="rail-name">
        <bdi>{name}</bdi>
      </p>
      <Meter label={text.account.storage} used={usedBytes} of={quotaBytes} />
      <p>{text.app.usage(usedBytes, quotaBytes)}</p>
    </div>
  );
}
