/** Makes the README's pictures from the running product: a real server, the built extension, real files. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chooseServer, createLink, goTo, openFolder, selectRow, signUp } from '../test/e2e/support/journey.ts';
import { ChromiumRig } from '../test/support/browser/index.ts';
import { removeFolder, temporaryFolder } from '../test/support/folders.ts';
import { TestServer } from '../test/support/server.ts';
import { at } from './project.ts';

const OUT = at('docs/images');
const WIDE = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 780 };

/** Path → size in bytes; content does not matter, it is not shown. */
const FILES: Readonly<Record<string, number>> = {
  'Home/Letters/Lease 2026.pdf': 482_113,
  'Home/Letters/Insurance renewal.pdf': 120_412,
  'Home/Letters/Tax assessment 2025.pdf': 941_220,
  'Home/Photos/2026 Lofoten/DSC_0412.jpg': 4_812_331,
  'Home/Photos/2026 Lofoten/DSC_0413.jpg': 5_120_077,
  'Home/Photos/2026 Lofoten/DSC_0420.jpg': 4_410_935,
  'Home/Photos/Grandmother’s garden.heic': 2_910_402,
  'Home/Music/Nocturne in E flat.flac': 18_420_113,
  'Home/Thesis/chapter 3 draft.docx': 310_998,
  'Home/Thesis/figures.zip': 9_441_204,
  'Home/Thesis/notes.md': 18_402,
  'Home/accounts.xlsx': 88_201,
  'Home/packing list.txt': 1_204,
  'Home/talk recording.mp4': 61_203_554,
};

async function sample(folder: string): Promise<string> {
  for (const [path, size] of Object.entries(FILES)) {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i += 65_536) crypto.getRandomValues(bytes.subarray(i, i + 65_536));
    await mkdir(join(folder, path, '..'), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return join(folder, 'Home');
}

async function shoot(page: Page, name: string, colorScheme: 'light' | 'dark', size = WIDE): Promise<void> {
  await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.waitForTimeout(300);
  await page.screenshot({ path: join(OUT, `${name}.png`) });
}

async function main(): Promise<void> {
  const root = await temporaryFolder('pictures');
  const home = await sample(root);
  const server = await TestServer.start();
  const rig = await ChromiumRig.launch({ granted: [home] });
  try {
    await mkdir(OUT, { recursive: true });
    const page = await rig.openExtension('page.html');
    await chooseServer(page, server.app);
    await signUp(page, 'Ada');
    await goTo(page, 'Backup');
    await rig.drop(page, 'section.drop', [home]);
    await page
      .getByText(/ of \d+ files safe/)
      .first()
      .waitFor();
    await page.waitForTimeout(1_500);
    await shoot(page, 'backup', 'light');
    await page
      .getByText(/^Everything is safe/)
      .first()
      .waitFor({ timeout: 60_000 });
    const popup = await rig.openExtension('popup.html');
    await shoot(popup, 'popup', 'light', { width: 360, height: 560 });
    await popup.close();
    await openFolder(page, 'Home', 'Letters');
    await selectRow(page, 'Lease 2026');
    const link = await createLink(page, {
      note: 'The lease, signed. Please keep it safe.',
      password: 'harbour violet',
    });
    await openFolder(page, 'Home');
    await selectRow(page, 'talk recording');
    await shoot(page, 'files', 'light');
    await shoot(page, 'files-dark', 'dark');
    await shoot(page, 'files-phone', 'light', PHONE);
    const share = await rig.open(link);
    await share.getByRole('textbox', { name: 'Password' }).fill('harbour violet');
    await share.getByRole('button', { name: 'Open' }).click();
    await share.getByText('Please keep it safe').waitFor();
    await shoot(share, 'share', 'light', { width: 900, height: 640 });
  } finally {
    await rig.close();
    await server.dispose();
    await removeFolder(root);
  }
}

await main();
