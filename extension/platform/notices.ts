/** What a person sees without opening anything: the badge on the toolbar button, and notifications. */
import browser from 'webextension-polyfill';

export interface BadgeLook {
  /** At most four characters. */
  readonly text: string;
  readonly color: string;
  /** The line of truth, as the button's tooltip. */
  readonly title: string;
}

export async function showBadge({ text, color, title }: BadgeLook): Promise<void> {
  await browser.action.setBadgeText({ text });
  await browser.action.setBadgeBackgroundColor({ color });
  await browser.action.setTitle({ title });
}

/** One notification per cause: a newer one of the same cause takes the place of the older. */
export async function notify(cause: string, title: string, message: string): Promise<void> {
  await browser.notifications.create(cause, { type: 'basic', iconUrl: 'icons/128.png', title, message });
}

export async function unnotify(cause: string): Promise<void> {
  await browser.notifications.clear(cause);
}

export function onNotificationClick(listener: (cause: string) => void): void {
  browser.notifications.onClicked.addListener(listener);
}
