/** The share page in a real Chromium: the secret leaves the address bar first, downloads are whole, failures are plain. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { byteAt } from './fixtures/bytes.ts';
import { openScreens, overflow, type Screens, unnamedControls, type Watched } from './screens.ts';

describe('the share page', () => {
  let screens: Screens;
  let watched: Watched | undefined;
  before(async () => {
    screens = await openScreens('share');
  });
  after(() => screens.close());
  afterEach(async () => {
    const faults = watched?.faults ?? [];
    await watched?.page.context().close();
    watched = undefined;
    assert.deepEqual(faults, []);
  });
  const open = async (fragment: string, width = 390): Promise<Page> => {
    watched = await screens.page({ width });
    await watched.page.goto(`${screens.url}/s${fragment}`);
    return watched.page;
  };

  test('the fragment is gone before the page asks for anything, and is nowhere in a request', async () => {
    watched = await screens.page();
    const { page, requests } = watched;
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      const { Worker } = window;
      window.Worker = class extends Worker {
        constructor(...given: ConstructorParameters<typeof Worker>) {
          seen.push(`worker with "${location.hash}"`);
          super(...given);
        }
      };
      const { register } = ServiceWorkerContainer.prototype;
      ServiceWorkerContainer.prototype.register = function (...given) {
        seen.push(`service worker with "${location.hash}"`);
        return register.apply(this, given);
      };
    });
    await page.goto(`${screens.url}/s#file`);
    await page.getByRole('heading', { name: /Wedding/ }).waitFor();
    assert.equal(await page.evaluate(() => location.href), `${screens.url}/s`);
    assert.deepEqual(await page.evaluate(() => (window as unknown as { seen: string[] }).seen), ['worker with ""']);
    assert.equal(await page.evaluate(() => JSON.stringify(history.state)), 'null');
    const own = new URL(screens.url).origin;
    for (const url of requests.slice(1)) assert.ok(url.startsWith(own) && !url.includes('file'), url);
  });

  test('a download streams through the service worker, whole and under its name', async () => {
    const page = await open('#file');
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), 'Wedding.mp4');
    const bytes = await readFile(await download.path());
    assert.equal(bytes.length, 7_340_032);
    assert.equal(
      bytes.findIndex((byte, at) => byte !== byteAt(at)),
      -1,
    );
    await page.getByText('Complete: every byte was verified').waitFor();
  });

  test('where no service worker can stream, the file goes through the browser’s own storage', async () => {
    watched = await screens.page();
    const { page } = watched;
    await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'userAgentData'));
    await page.goto(`${screens.url}/s#file`);
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const bytes = await readFile(await (await coming).path());
    assert.equal(bytes.length, 7_340_032);
    assert.equal(
      bytes.findIndex((byte, at) => byte !== byteAt(at)),
      -1,
    );
  });

  test('the name of a download is safe', async () => {
    const page = await open('#program');
    await page.getByText('This is a program').waitFor();
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download', exact: true }).click();
    const download = await coming;
    assert.equal(download.suggestedFilename(), 'invoicegpj.exe');
    assert.equal((await readFile(await download.path())).length, 731_000);
    await page.getByText('Complete: every byte was verified').waitFor();
  });

  test('a password is asked for, a wrong one can be corrected', async () => {
    const page = await open('#secret');
    await page.getByLabel('Password', { exact: true }).fill('no');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByText('E_LINK_PASSWORD').waitFor();
    await page.getByLabel('Password', { exact: true }).fill('open');
    await page.getByRole('button', { name: 'Open', exact: true }).click();
    await page.getByRole('heading', { name: /Annual statement/ }).waitFor();
  });

  test('a folder lists its files and downloads one of them', async () => {
    const page = await open('#folder');
    await page.getByRole('button', { name: 'Download all as ZIP' }).waitFor();
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download IMG_4207.jpg' }).click();
    assert.equal((await coming).suggestedFilename(), 'IMG_4207.jpg');
  });

  test('every failure is plain text; another link in the same tab is opened', async () => {
    const page = await open('#gone');
    await page.getByText('This link does not work.').waitFor();
    for (const [fragment, words] of [
      ['locked', 'locked after too many wrong passwords'],
      ['broken', 'The link is not complete'],
    ] as const) {
      await page.evaluate((to) => {
        location.hash = to;
      }, fragment);
      await page.getByText(words).waitFor();
      assert.equal(await page.evaluate(() => location.hash), '');
    }
    await page.goto('about:blank');
    await page.goto(`${screens.url}/s`);
    await page.getByText('The part after # is missing').waitFor();
  });

  test('every control has a name and nothing scrolls sideways at 320 pixels', async () => {
    for (const fragment of ['#folder', '#program', '#secret']) {
      const page = await open(fragment, 320);
      await page.getByRole('heading', { level: 1 }).waitFor();
      assert.deepEqual(await unnamedControls(page), [], fragment);
      assert.ok((await overflow(page)) <= 0, fragment);
      assert.deepEqual((watched as Watched).faults, []);
      if (fragment !== '#secret') await page.context().close();
    }
  });
});
