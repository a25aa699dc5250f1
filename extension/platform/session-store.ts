/** A few words kept in memory by the browser until it is closed, beyond the life of the background script. No secrets. */
import browser from 'webextension-polyfill';

const CAUSES = 'notified-causes';

/** Causes a notification was shown for since the browser started; null right after the start. */
export async function notifiedCauses(): Promise<readonly string[] | null> {
  const kept = (await browser.storage.session.get(CAUSES))[CAUSES];
  return Array.isArray(kept) ? (kept as string[]) : null;
}

export async function putNotifiedCauses(causes: readonly string[]): Promise<void> {
  await browser.storage.session.set({ [CAUSES]: causes });
}
