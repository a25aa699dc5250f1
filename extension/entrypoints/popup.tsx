/** The toolbar popup. Wiring only. */
import { render } from 'preact';
import { applyTheme, loadTheme } from '../../web/platform/index.ts';
import { createSend } from '../messaging/index.ts';
import { finishedDownloads, frontTab, openPage, post, requestDownloads, requestSite } from '../platform/index.ts';
import { createView, openQueue } from '../queue/index.ts';
import { Popup } from '../ui/popup/index.ts';

applyTheme(loadTheme());
const ports = {
  view: createView(openQueue()),
  send: createSend(post),
  close: () => window.close(),
  ...{ openPage, frontTab, requestSite, requestDownloads, finishedDownloads },
};

render(<Popup {...ports} />, document.getElementById('app') as HTMLElement);
