/** The Chromium rig itself, on a fixture: what the product's tests rely on must be known to work. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { removeFolder, temporaryFolder } from '../folders.ts';
import { until } from '../waiting.ts';
import { ChromiumRig } from './chromium.ts';
import { fixtureExtension, fixtureSite, type Site } from './fixture-extension.ts';
import { foreignRequests } from './net-log.ts';
import { pickByDrop, pictures, standInForPicker } from './pages.ts';

describe('Chromium rig', () => {
  let extension = '';
  let profile = '';
  let folder = '';
  let site: Site;
  let rig: ChromiumRig;

  before(async () => {
    extension = await fixtureExtension('chrome');
    profile = await temporaryFolder('profile');
    folder = await temporaryFolder('granted');
    await writeFile(join(folder, 'a.txt'), 'a');
    await mkdir(join(folder, 'b'));
    site = await fixtureSite();
    rig = await ChromiumRig.launch({ extension, profile, granted: [folder] });
  });

  after(async () => {
    await rig.close();
    site.close();
    await Promise.all([extension, profile, folder].map(removeFolder));
  });

  const press = async (page: Awaited<ReturnType<ChromiumRig['open']>>, button: string): Promise<string> => {
    await page.click(`#${button}`);
    return until(button, async () => {
      const text = await page.textContent('#out');
      return text === '…' ? null : text;
    });
  };

  test('the id is known beforehand, and a killed service worker starts afresh', async () => {
    const worker = await rig.serviceWorker();
    assert.ok(worker.url().startsWith(`chrome-extension://${rig.extensionId}/`));
    const page = await rig.openExtension('page.html');
    const boots = [await press(page, 'boot')];
    for (let i = 0; i < 3; i += 1) {
      assert.ok(await rig.killServiceWorker());
      boots.push(await press(page, 'boot'));
    }
    assert.equal(new Set(boots).size, 4);
    await rig.serviceWorker();
    await page.close();
  });

  test('an offscreen document is killed', async () => {
    const page = await rig.openExtension('page.html');
    assert.equal(await press(page, 'offscreen'), 'open');
    assert.ok(await rig.killOffscreen());
    assert.equal(await rig.killOffscreen(), false);
    assert.equal(await press(page, 'offscreen'), 'open');
    await page.close();
  });

  test('a real folder is dropped and stays readable and writable', async () => {
    const page = await rig.openExtension('page.html');
    await rig.drop(page, '#drop', [folder]);
    await page.waitForFunction(() => document.querySelector('#out')?.textContent === 'a.txt,b granted');
    await page.close();
  });

  test('downloads keep their names, a picker answers the folder that was dropped, pictures are taken', async () => {
    await standInForPicker(rig.context);
    const extensionPage = await rig.openExtension('page.html');
    await pickByDrop(rig, extensionPage, folder);
    await extensionPage.evaluate(async () => {
      const pick = (window as unknown as { showDirectoryPicker(): Promise<FileSystemDirectoryHandle> })
        .showDirectoryPicker;
      const stream = await (await (await pick()).getFileHandle('x', { create: true })).createWritable();
      await stream.write('abc');
      await stream.close();
    });
    assert.equal(await readFile(join(folder, 'x'), 'utf8'), 'abc');
    await extensionPage.close();
    const page = await rig.open(site.url);
    await page.evaluate(() => {
      location.href = '/file';
    });
    assert.equal(await readFile(await rig.downloaded('a b.bin'), 'utf8'), 'downloaded');
    assert.equal((await pictures(page, join(profile, 'pictures'), 'site')).length, 4);
    await page.close();
  });

  test('requests of pages and workers are in the log, also after a kill and a second launch', async () => {
    const stray = await rig.open(`${site.url}/stray`);
    await stray.waitForTimeout(300);
    const page = await rig.openExtension('page.html');
    await press(page, 'fetch');
    await rig.kill();
    rig = await ChromiumRig.launch({ extension, profile });
    await rig.open(`${site.url}/again`);
    const { extensionId } = rig;
    const requests = await rig.close();
    rig = await ChromiumRig.launch({ extension: null, profile });
    const urls = requests.map(({ url }) => url);
    assert.ok(urls.includes(`${site.url}/again`));
    const foreign = foreignRequests(requests, [site.url]);
    assert.deepEqual(
      new Set(foreign.map(({ url }) => url)),
      new Set(['http://stray.example/x', 'http://localhost:1/from-worker']),
    );
    assert.equal(
      foreign.find(({ url }) => url.includes('from-worker'))?.initiator,
      `chrome-extension://${extensionId}`,
    );
  });
});
