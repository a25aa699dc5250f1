/** What tests do with a page that is not one action of a person: a stand-in for the native picker, pictures. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import type { ChromiumRig } from './chromium.ts';

interface WithPicked {
  holdfastPicked?: PromiseWithResolvers<FileSystemDirectoryHandle>;
}

/**
 * The native picker cannot be driven. After this, on every page opened later, "choose a folder" answers the one that
 * `pickByDrop` gave that page.
 */
export async function standInForPicker(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const picked = Promise.withResolvers<FileSystemDirectoryHandle>();
    (globalThis as WithPicked).holdfastPicked = picked;
    Object.defineProperty(window, 'showDirectoryPicker', { value: () => picked.promise });
  });
}

/** Picks a real folder, which the page's origin was granted: it is dropped, and the page does not hear of it. */
export async function pickByDrop(rig: Pick<ChromiumRig, 'drop'>, page: Page, folder: string): Promise<void> {
  await page.evaluate(() => {
    const take = (event: DragEvent): void => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (event.type !== 'drop') return;
      for (const type of ['dragenter', 'dragover', 'drop'] as const) removeEventListener(type, take, true);
      const item = event.dataTransfer?.items[0] as unknown as {
        getAsFileSystemHandle(): Promise<FileSystemDirectoryHandle>;
      };
      (globalThis as WithPicked).holdfastPicked?.resolve(item.getAsFileSystemHandle());
    };
    for (const type of ['dragenter', 'dragover', 'drop'] as const) addEventListener(type, take, true);
  });
  await rig.drop(page, 'body', [folder]);
  await page.evaluate(() => (globalThis as WithPicked).holdfastPicked?.promise);
}

const SIZES = { wide: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ['light', 'dark'] as const;

/** `<name>-wide-light.png` and three more, in `folder`; the page is left as it was found. */
export async function pictures(page: Page, folder: string, name: string): Promise<string[]> {
  const before = page.viewportSize();
  const paths: string[] = [];
  await mkdir(folder, { recursive: true });
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const path = join(folder, `${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path });
      paths.push(path);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (before) await page.setViewportSize(before);
  return paths;
}
