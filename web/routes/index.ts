/**
 * Door of the screens. `App` is the whole signed-in and signed-out app, `ShareApp` the page behind a share link; both are
 * given their worker, saver and router and hold no key. Screens know `session` contracts, `platform` ports and `ui`;
 * never formats, never cryptography.
 */
export { App, type AppProps } from './app.tsx';
export { type Desk, useDesk } from './desk.ts';
export type { ExtraRoute } from './extra-route.ts';
export { fragmentRouter, historyRouter, type Router, routeOf } from './router.ts';
export { ShareApp, type ShareAppProps } from './share/index.ts';
