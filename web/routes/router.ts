/**
 * Which screen is shown, as a path. Two kinds: the address bar (web app), or memory with the path behind a # (extension
 * page, whose own path cannot change). Paths hold ids only, never names: the browser's history is not encrypted.
 */

export interface Router {
  path(): string;
  go(path: string): void;
  /** For links, so that they can be opened in a tab of their own. */
  href(path: string): string;
  /** Returns the function that unsubscribes. */
  subscribe(listener: () => void): () => void;
}

export function historyRouter(view: Window): Router {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  view.addEventListener('popstate', tell);
  return {
    path: () => view.location.pathname,
    go: (path) => {
      if (path !== view.location.pathname) view.history.pushState(null, '', path);
      tell();
    },
    href: (path) => path,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The path lives in the page's fragment, so that reload and the back button work where the path cannot change. */
export function fragmentRouter(view: Window): Router {
  const listeners = new Set<() => void>();
  view.addEventListener('hashchange', () => {
    for (const listener of listeners) listener();
  });
  return {
    path: () => view.location.hash.slice(1) || '/',
    go: (path) => {
      view.location.hash = path;
    },
    href: (path) => `#${path}`,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export interface Route {
  /** First part of the path: `files`, `links`, `account`, or one that the composition adds. */
  readonly screen: string;
  /** The rest, for `files` the folder's id. */
  readonly rest: string | null;
}

/** The empty path is the home screen. */
export function routeOf(path: string, home: string): Route {
  const [screen, rest] = path.split('/').filter((part) => part !== '');
  return { screen: screen ?? home, rest: rest ?? null };
}
