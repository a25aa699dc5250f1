/** What tests do with a page that is not one action of a person: stand-ins for native pickers, pictures, reading OPFS. */
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';

/**
 * Native pickers cannot be driven. After this, on every page opened later, "save as" answers a file of the suggested name
 * in the origin's private storage (read it with `hashSaved`), and "choose a folder" answers a folder there.
 */
export async function standInForPickers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const root = () => navigator.storage.getDirectory();
    const show = {
      showSaveFilePicker: async (options?: { suggestedName?: string }) =>
        (await root()).getFileHandle(options?.suggestedName ?? 'untitled', { create: true }),
      showDirectoryPicker: async () => (await root()).getDirectoryHandle('picked', { create: true }),
    };
    for (const [name, value] of Object.entries(show))
      Object.defineProperty(window, name, { value, configurable: true });
  });
}

/** After this, on every page opened later, there are no pickers, as in Firefox. */
export async function withoutPickers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    for (const name of ['showSaveFilePicker', 'showOpenFilePicker', 'showDirectoryPicker']) {
      Object.defineProperty(window, name, { value: undefined, configurable: true });
    }
  });
}

const SLICE = 4 * 1024 * 1024;

/** SHA-256 in hex of a file in the origin's private storage, its path joined by slashes, read slice by slice. */
export async function hashSaved(page: Page, name: string): Promise<string> {
  const hash = createHash('sha256');
  for (let start = 0; ; start += SLICE) {
    const slice = await page.evaluate(
      async ([file, from, to]) => {
        const names = file.split('/');
        let folder = await navigator.storage.getDirectory();
        for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name);
        const handle = await folder.getFileHandle(names.at(-1) ?? '');
        const part = (await handle.getFile()).slice(from, to);
        const reader = new FileReader();
        await new Promise((resolve) => {
          reader.onload = resolve;
          reader.readAsDataURL(part);
        });
        return String(reader.result).replace(/^[^,]*,/, '');
      },
      [name, start, start + SLICE] as const,
    );
    const bytes = Buffer.from(slice, 'base64');
    hash.update(bytes);
    if (bytes.length < SLICE) return hash.digest('hex');
  }
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
