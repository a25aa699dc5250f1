/**
 * Every event the background wakes for, registered synchronously at start: one that is registered later would be missed
 * by the very event that started it.
 */
import { createReceiver } from '../messaging/index.ts';
import {
  createMenus,
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
  repeatUnlessSet,
  self,
} from '../platform/index.ts';
import { answersOf } from './answers.ts';
import { releaseAllowed, savePointed } from './captures.ts';
import type { Background } from './compose.ts';
import { BUSY_MINUTES } from './scheduler.ts';

export function listen({ captures, scheduler }: Background): void {
  const wake = (): void => void scheduler.wake();
  const release = (): Promise<void> => releaseAllowed(captures).then(() => scheduler.wake());
  const save = (pointed: Pointed): void => void savePointed(captures, pointed, release);

  onInstalled(() => void createMenus().then(wake));
  onStartup(wake);
  onAlarm(wake);
  onMessage(createReceiver('background', self(), answersOf(captures, scheduler)));
  onPermissionAdded(() => void release());
  onNotificationClick((cause) => void openPage(cause === 'done' ? 'files' : 'backup'));
  onMenuClick(save);
  onShortcut({ open: () => void openPage('backup'), savePage: save });
  // Firefox switches an add-on off and on without a word, and its alarms are gone. They are all that is made good here: to
  // wake at every start would break off the proof that an alarm has just begun.
  void repeatUnlessSet('engine-wake', BUSY_MINUTES);
}
