/**
 * Every event the background wakes for, registered synchronously at start: one that is registered later would be missed
 * by the very event that started it.
 */
import { captureOf, isSameOrigin, originPattern } from '../capture/index.ts';
import { createReceiver } from '../messaging/index.ts';
import {
  createMenus,
  notify,
  onAlarm,
  onInstalled,
  onMenuClick,
  onMessage,
  onNotificationClick,
  onPermissionAdded,
  onShortcut,
  onStartup,
  openPage,
  type Pointed,
  requestSite,
  self,
} from '../platform/index.ts';
import { notice } from '../ui/messages/en.ts';
import { answersOf } from './answers.ts';
import { captureWeb, releaseAllowed } from './captures.ts';
import type { Background } from './compose.ts';

export function listen({ captures, scheduler }: Background): void {
  const wake = (): void => void scheduler.wake();
  const release = (): Promise<void> => releaseAllowed(captures).then(() => scheduler.wake());
  const save = (pointed: Pointed): void => void savePointed(pointed, captures, release);

  onInstalled(() => void createMenus().then(wake));
  onStartup(wake);
  onAlarm(wake);
  onMessage(createReceiver('background', self(), answersOf(captures, scheduler)));
  onPermissionAdded(() => void release());
  onNotificationClick((cause) => void openPage(cause === 'done' ? 'files' : 'backup'));
  onMenuClick(save);
  onShortcut({ open: () => void openPage('backup'), savePage: save });
}

/**
 * What is on the page's own site comes through its tab and needs no permission. For another site it is asked for before
 * anything else: the gesture does not outlive a wait.
 */
async function savePointed(
  { kind, url, title, pageUrl, tabId }: Pointed,
  captures: Background['captures'],
  release: () => Promise<void>,
): Promise<void> {
  const pattern = originPattern(url);
  const own = pageUrl !== null && isSameOrigin(url, pageUrl);
  const asked = pattern === null || own ? Promise.resolve(false) : requestSite(pattern).catch(() => false);
  const capture = captureOf(kind, url, title);
  if (capture === null) {
    await notify('uncatchable', notice.title, notice.uncatchable);
    return;
  }
  await captureWeb(captures, capture, own ? tabId : null);
  await asked;
  await release();
}
