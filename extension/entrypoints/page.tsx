/** The full page: the whole app of web/, with Backup as its first screen. Wiring only. */
import { render } from 'preact';
import { createUrlPolicy, systemClock, withLock } from '../../shared/browser/index.ts';
import { applyTheme, createSaver, loadTheme } from '../../web/platform/index.ts';
import { App, fragmentRouter, routeOf } from '../../web/routes/index.ts';
import '../../web/routes/styles/app.css';
import { startVault } from '../../web/session/index.ts';
import workerUrl from '../../web/worker/vault.ts?worker&url';
import { createIntakePorts } from '../capture/index.ts';
import { createSend } from '../messaging/index.ts';
import { downloadWorker, knowsMetered, post, requestSite } from '../platform/index.ts';
import { createOutbox, createView, openQueue } from '../queue/index.ts';
import { backupScreen, backupText, follow } from '../ui/backup/index.ts';

const BACKUP = 'backup';

applyTheme(loadTheme());
const trust = createUrlPolicy([workerUrl, ...(downloadWorker === null ? [] : [downloadWorker])]);
const { api, onEvent } = startVault(trust(workerUrl));
const db = openQueue();
const send = createSend(post);
const queue = createOutbox(db, Date.now);
const wake = () => send({ type: 'wake' });
const view = createView(db);
const screen = backupScreen({
  ...{ view, send, knowsMetered },
  ...createIntakePorts(window, { queue, wake, locked: withLock, pause: systemClock.sleep, requestSite }),
});

const router = fragmentRouter(window);
const showVault = (): boolean => routeOf(router.path(), BACKUP).screen !== BACKUP;
follow({ api, onEvent }, { view, send }, { showVault, subscribe: router.subscribe });
render(
  <App
    api={api}
    onEvent={onEvent}
    saver={createSaver(downloadWorker === null ? null : trust(downloadWorker))}
    router={router}
    canChooseServer
    extraRoutes={[{ id: BACKUP, label: backupText.title, icon: 'backup', screen }]}
  />,
  document.getElementById('app') as HTMLElement,
);
