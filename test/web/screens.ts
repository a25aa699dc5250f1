/** What the tests of the screens share: the preview, a browser, a page that notes every violation and every fault. */
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { chromiumPath } from '../../.ci/setup.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { buildPreview, type Site } from './preview/build.ts';
import { servePreview } from './preview/server.ts';

export interface Screens {
  /** Address of the site, without a slash at the end. */
  readonly url: string;
  /** A fresh page of a fresh profile; no save picker, which no automation can answer. */
  page(options?: { width?: number; height?: number; dark?: boolean }): Promise<Watched>;
  close(): Promise<void>;
}

export interface Watched {
  readonly page: Page;
  /** Policy violations, uncaught faults, and errors on the console. */
  readonly faults: string[];
  /** Every request, in order, with the page's address at that time. */
  readonly requests: string[];
}

/** The one line every Chromium writes about a part of our header it does not know. */
const KNOWN = "The Integrity-Policy destination 'style' is not supported.";

export async function openScreens(site: Site): Promise<Screens> {
  const folder = await temporaryFolder(`preview-${site}`);
  await buildPreview(folder, [site]);
  const preview = await servePreview(join(folder, site));
  const browser = await chromium.launch({
    executablePath: chromiumPath() ?? 'chromium',
    chromiumSandbox: process.getuid?.() !== 0,
    args: ['--disable-gpu'],
  });
  return {
    url: preview.url,
    page: async (options = {}) => watch(await newContext(browser, options)),
    close: async () => {
      await browser.close();
      preview.close();
      await removeFolder(folder);
    },
  };
}

function newContext(browser: Browser, options: { width?: number; height?: number; dark?: boolean }) {
  return browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.dark ? 'dark' : 'light',
    locale: 'en-GB',
  });
}

async function watch(context: BrowserContext): Promise<Watched> {
  const faults: string[] = [];
  const requests: string[] = [];
  await context.exposeFunction('noteViolation', (text: string) => faults.push(text));
  await context.addInitScript(() => {
    const { noteViolation } = window as unknown as { noteViolation: (text: string) => void };
    document.addEventListener('securitypolicyviolation', (event) =>
      noteViolation(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && message.text() !== KNOWN) faults.push(message.text());
  });
  page.on('request', (request) => requests.push(request.url()));
  return { page, faults, requests };
}

export async function signIn(page: Page, app: string, name = 'ana'): Promise<void> {
  await page.goto(app);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill('a password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
}

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
}

const NAMED = new Set([
  'button',
  'link',
  'textbox',
  'searchbox',
  'checkbox',
  'radio',
  'combobox',
  'menuitem',
  'grid',
  'dialog',
  'meter',
  'progressbar',
  'navigation',
  'switch',
  'tab',
  'image',
]);

/** Controls of the accessibility tree that a screen reader could not name. */
export async function unnamedControls(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = (await session.send('Accessibility.getFullAXTree')) as { nodes: readonly AxNode[] };
  await session.detach();
  return nodes
    .filter(({ ignored, role, name }) => !ignored && NAMED.has(role?.value ?? '') && !name?.value.trim())
    .map(({ role }) => role?.value ?? '');
}

/** Pixels by which the page is wider than the window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

/** Boxes whose content is wider than they are, so that a button may lie outside. */
export const cutOff = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll('dialog, .dialog-body, .pane, .tray, .tray-list')]
      .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
      .map(({ className }) => className),
  );
