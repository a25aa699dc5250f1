/**
 * Door of the screens. `App` is the whole signed-in and signed-out app; the page behind a share link has a door of its own,
 * `share/`. Both are given their worker and saver and hold no key. Screens know `session` contracts, `platform` ports and `ui`;
 * never formats, never cryptography.
 */
export { App } from './app.tsx';
export { fragmentRouter, historyRouter, routeOf } from './router.ts';
