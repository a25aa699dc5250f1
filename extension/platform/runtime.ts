/** Our own extension: who we are, its messages, its pages, its life. */
import browser from 'webextension-polyfill';
import type { Post, Self, Sender } from '../messaging/index.ts';

export function self(): Self {
  return { id: browser.runtime.id, origin: browser.runtime.getURL('/') };
}

export const post: Post = (envelope) => browser.runtime.sendMessage(envelope);

/** The listener answers a promise for what is its own, undefined otherwise. */
export function onMessage(listener: (message: unknown, sender: Sender) => Promise<unknown> | undefined): void {
  // The library's types leave out that a listener may decline by answering undefined.
  browser.runtime.onMessage.addListener(listener as (message: unknown, sender: Sender) => Promise<unknown>);
}

export function onInstalled(listener: () => void): void {
  browser.runtime.onInstalled.addListener(listener);
}

export function onStartup(listener: () => void): void {
  browser.runtime.onStartup.addListener(listener);
}

/** Any call of the browser keeps a background page from being put to sleep. */
export async function stayAwake(): Promise<void> {
  await browser.runtime.getPlatformInfo();
}

export function translated(name: string): string {
  return browser.i18n.getMessage(name);
}
