/**
 * The browser's extension API, and the only way to it. Nouns: alarm, menu, notice, permission, tab, engine host. Browser
 * differences end here: the overlay is chosen once, by the build. May not: decide anything.
 */
import { createOffscreenHost } from './chrome/engine-host.ts';
import type { EngineHostFactory } from './engine-host.ts';
import { createPageHost } from './firefox/engine-host.ts';

export const createEngineHost: EngineHostFactory = __BROWSER__ === 'chrome' ? createOffscreenHost : createPageHost;

/** Address of the service worker that streams downloads, the served app's own; Firefox lets no extension have one. */
export const downloadWorker = __BROWSER__ === 'chrome' ? '/sw.js' : null;

export { type AlarmName, fireAt, onAlarm, repeat, repeatUnlessSet } from './alarms.ts';
export { finishedDownloads } from './downloads.ts';
export type { EngineHost } from './engine-host.ts';
export { startEngineWorker } from './engine-worker.ts';
export { fetchInTab } from './in-tab.ts';
export { createMenus, onMenuClick, onShortcut, type Pointed } from './menus.ts';
export { type BadgeLook, notify, onNotificationClick, showBadge, unnotify } from './notices.ts';
export { hasSite, onPermissionAdded, requestDownloads, requestSite } from './permissions.ts';
export { onInstalled, onMessage, onStartup, post, self } from './runtime.ts';
export { notifiedCauses, putNotifiedCauses } from './session-store.ts';
export { type FrontTab, frontTab, openPage } from './tabs.ts';
export { knowsMetered } from './worker/network.ts';
