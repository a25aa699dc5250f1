/**
 * Composition root of the share page. What stands after the # is the key: it is taken out of the address bar before
 * anything else is done, and handed to the worker alone. No import of this file may do anything by being imported.
 */
import { render } from 'preact';
import { createUrlPolicy } from '../shared/browser/index.ts';
import { applyTheme, createSaver, loadTheme } from './platform/index.ts';
import { ShareApp } from './routes/share/index.ts';
import { startShare } from './session/index.ts';
import './routes/styles/share.css';
import workerUrl from './worker/share.ts?worker&url';

const fragment = takeFragment();

const SERVICE_WORKER = '/sw.js';

applyTheme(loadTheme());
const trust = createUrlPolicy([workerUrl, SERVICE_WORKER]);
const { api, onEvent } = startShare(trust(workerUrl));
const saver = createSaver(trust(SERVICE_WORKER));

show(fragment);
// another link opened in the same tab changes only the fragment
window.addEventListener('hashchange', () => {
  const next = takeFragment();
  if (next !== '') show(next);
});

function takeFragment(): string {
  const taken = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
  return taken;
}

function show(key: string): void {
  render(
    <ShareApp key={key} api={api} onEvent={onEvent} saver={saver} fragment={key} />,
    document.getElementById('app') as HTMLElement,
  );
}
