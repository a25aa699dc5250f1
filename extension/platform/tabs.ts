/** Tabs: the one in front, and our own full page. */
import browser from 'webextension-polyfill';

export interface FrontTab {
  readonly id: number | null;
  readonly url: string;
  readonly title: string | null;
}

/** The tab a person is looking at; null when the browser does not let us see its address. */
export async function frontTab(): Promise<FrontTab | null> {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab?.url === undefined ? null : { id: tab.id ?? null, url: tab.url, title: tab.title ?? null };
}

/** Shows the full page at a screen, in the tab that has it open already if there is one. */
export async function openPage(screen: 'backup' | 'files'): Promise<void> {
  const page = browser.runtime.getURL('page.html');
  const url = `${page}#/${screen}`;
  // Our own pages are visible to us without a permission for tabs.
  const [open] = (await browser.tabs.query({})).filter((tab) => tab.url?.startsWith(page));
  if (open?.id === undefined) {
    await browser.tabs.create({ url });
    return;
  }
  await browser.tabs.update(open.id, { active: true, url });
  if (open.windowId !== undefined) await browser.windows.update(open.windowId, { focused: true });
}
