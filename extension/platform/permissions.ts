/** Optional permissions. A request must be made first thing in a gesture, before any wait. */
import browser from 'webextension-polyfill';

/** Asks for one site, given as a match pattern; answers at once when it is allowed already. */
export function requestSite(pattern: string): Promise<boolean> {
  return browser.permissions.request({ origins: [pattern] });
}

export function hasSite(pattern: string): Promise<boolean> {
  return browser.permissions.contains({ origins: [pattern] });
}

export function requestDownloads(): Promise<boolean> {
  return browser.permissions.request({ permissions: ['downloads'] });
}

export function onPermissionAdded(listener: () => void): void {
  browser.permissions.onAdded.addListener(listener);
}
