/** The context menu and the keyboard shortcuts: what a person points at. */
import browser from 'webextension-polyfill';
import { translated } from './runtime.ts';

/** What was pointed at, and where: the page's address and title. */
export interface Pointed {
  readonly kind: 'link' | 'image' | 'page';
  readonly url: string;
  readonly title: string | null;
  readonly pageUrl: string | null;
  readonly tabId: number | null;
}

const TITLES = { link: 'menuLink', image: 'menuImage', page: 'menuPage' } as const;
const KINDS = ['link', 'image', 'page'] as const;

/** Entries stay until they are made anew: once per installation or update. */
export async function createMenus(): Promise<void> {
  await browser.contextMenus.removeAll();
  for (const kind of KINDS) {
    browser.contextMenus.create({ id: kind, contexts: [kind], title: translated(TITLES[kind]) });
  }
}

/** The listener runs inside the gesture. */
export function onMenuClick(listener: (pointed: Pointed) => void): void {
  browser.contextMenus.onClicked.addListener((info, tab) => {
    const page = { title: tab?.title ?? null, pageUrl: info.pageUrl ?? null, tabId: tab?.id ?? null };
    const urls = { link: info.linkUrl, image: info.srcUrl, page: info.pageUrl ?? tab?.url };
    const kind = KINDS.find((known) => known === info.menuItemId);
    const url = kind && urls[kind];
    if (kind && url) listener({ kind, url, ...page });
  });
}

export interface Shortcuts {
  readonly open: () => void;
  /** Runs inside the gesture. */
  readonly savePage: (page: Pointed) => void;
}

export function onShortcut(shortcuts: Shortcuts): void {
  browser.commands.onCommand.addListener((command, tab) => {
    if (command === 'open-holdfast') shortcuts.open();
    else if (command === 'save-page' && tab?.url) {
      const { url, title = null, id: tabId = null } = tab;
      shortcuts.savePage({ kind: 'page', url, title, pageUrl: url, tabId });
    }
  });
}
