/** Composition root of the served web app: the one policy for URLs, the vault's worker, the saver, the router. */
import { render } from 'preact';
import { createUrlPolicy } from '../shared/browser/index.ts';
import { applyTheme, createSaver, loadTheme } from './platform/index.ts';
import { App, historyRouter } from './routes/index.ts';
import { startVault } from './session/index.ts';
import './routes/styles/app.css';
import workerUrl from './worker/vault.ts?worker&url';

const SERVICE_WORKER = '/sw.js';

applyTheme(loadTheme());
const trust = createUrlPolicy([workerUrl, SERVICE_WORKER]);
const { api, onEvent } = startVault(trust(workerUrl));

render(
  <App
    api={api}
    onEvent={onEvent}
    saver={createSaver(trust(SERVICE_WORKER))}
    router={historyRouter(window)}
    canChooseServer={false}
  />,
  document.getElementById('app') as HTMLElement,
);
