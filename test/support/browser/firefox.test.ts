/** The Firefox rig itself, on a fixture: what the product's tests rely on must be known to work. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { removeFolder, temporaryFolder } from '../folders.ts';
import { until } from '../waiting.ts';
import { FirefoxRig } from './firefox.ts';
import { fixtureExtension, fixtureSite, type Site } from './fixture-extension.ts';

describe('Firefox rig', () => {
  let extension = '';
  let folder = '';
  let site: Site;
  let rig: FirefoxRig;

  before(async () => {
    extension = await fixtureExtension('firefox');
    folder = await temporaryFolder('files');
    await writeFile(join(folder, 'a.txt'), 'a');
    site = await fixtureSite();
    rig = await FirefoxRig.launch({ extension });
  });

  after(async () => {
    await rig.close();
    site.close();
    await Promise.all([extension, folder].map(removeFolder));
  });

  test('an extension page is opened, clicked, typed into, given a file and seen', async () => {
    const tab = await rig.openExtension('page.html');
    await tab.type('#name', 'Ünï');
    await tab.waitForText('#out', 'hello Ünï');
    await tab.setFiles('#file', [join(folder, 'a.txt')]);
    await tab.waitForText('#out', 'a.txt');
    assert.deepEqual([...(await tab.screenshot()).subarray(1, 4)].map((c) => String.fromCharCode(c)).join(''), 'PNG');
    await tab.close();
  });

  test('a killed background page starts afresh', async () => {
    const tab = await rig.openExtension('page.html');
    await tab.click('#boot');
    const first = await tab.waitForText('#out', /^0\./);
    assert.equal(await rig.killBackground(), 'stopped');
    await tab.click('#boot');
    const second = await until('another boot', async () => {
      const text = await tab.text('#out');
      return text !== first && text?.startsWith('0.') ? text : null;
    });
    assert.notEqual(second, first);
  });

  test('errors that nobody caught are heard', async () => {
    const tab = await rig.openExtension('page.html');
    await tab.evaluate('() => { setTimeout(() => { throw new Error("thrown by a page") }); }');
    await until('the error', async () => (await rig.errors()).some((text) => text.includes('thrown by a page')));
    await tab.close();
  });

  test('whoever asks for another host is heard', async () => {
    assert.deepEqual(rig.strays(), []);
    await rig.open(`${site.url}/stray`);
    await until('the stray request', () => rig.strays().includes('stray.example'));
  });

  test('requests of pages are heard', async () => {
    await rig.open(`${site.url}/seen`);
    assert.ok(rig.requests().some(({ url }) => url === `${site.url}/seen`));
  });
});
