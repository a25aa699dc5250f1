/**
 * In a real Firefox: what a person points at on a site where they are signed in, a server that was put back to an older
 * state, and a session that was ended from elsewhere. See trouble.test.ts for the same in Chromium.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FirefoxRig, type FirefoxTab } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';
import * as person from './support/firefox-journey.ts';
import type { Person } from './support/journey.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';
import { type Site, startSite } from './support/site.ts';

const DOCUMENTS = { report: randomBytes(70_000), image: randomBytes(33_000), statement: randomBytes(12_345) };

let root: string;
let site: Site;
let server: TestServer;
let rig: FirefoxRig;
let page: FirefoxTab;
let ada: Person;
let vault: Awaited<ReturnType<typeof readVault>>;

before(async () => {
  root = await temporaryFolder('firefox-trouble');
  site = await startSite(DOCUMENTS);
  server = await TestServer.start();
  rig = await FirefoxRig.launch();
  page = await rig.openExtension('page.html');
  await person.chooseServer(page, server.app);
  ada = await person.signUp(page, 'Ada in trouble');
  vault = await readVault(server.app, ada);
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  await site?.close();
  await removeFolder(root);
});

async function choose(name: string): Promise<void> {
  const path = join(root, name);
  await writePseudoRandom(path, 300_000, name);
  await page.chooseFiles({ role: 'button', name: 'Choose files' }, [path]);
}

/** In the vault once, called safe, and as it was. */
async function isSafe(name: string, hash: string): Promise<void> {
  const found = async (): Promise<boolean> => {
    await vault.vault.pull();
    return [...versionCounts(vault).keys()].some((path) => path.endsWith(name));
  };
  await until(`${name} in the vault`, found, 60_000);
  const [path, count] = [...versionCounts(vault)].find(([each]) => each.endsWith(name)) as [string, number];
  assert.equal(count, 1, name);
  assert.equal((await restoreEverything(vault)).get(path), hash, name);
  await page.waitForText('.truth', 'Everything is safe', 30_000);
}

const chosenIsSafe = async (name: string): Promise<void> => isSafe(name, await hashFile(join(root, name)));
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

test('a link and an image are saved from the browser’s menu, with the sign-in that the site wants', async () => {
  const tab = await rig.open(`${site.url}/sign-in`);
  await tab.click('button');
  await tab.goto(`${site.url}/home`);
  await rig.chooseInMenu(tab, '#report', 'Save linked file to Holdfast');
  await isSafe('report.pdf', sha256(DOCUMENTS.report));
  await rig.chooseInMenu(tab, '#photo', 'Save image to Holdfast');
  await isSafe('photo.png', sha256(DOCUMENTS.image));
  await tab.close();
});

test('the server was put back to an older state: said, nothing is overwritten, and the newer state goes on', async () => {
  const [old, fresh] = [join(root, 'old'), join(root, 'fresh')];
  await server.stop();
  await cp(server.data, old, { recursive: true });
  await server.restart();
  await choose('before.bin');
  await chosenIsSafe('before.bin');

  await server.exchangeData(fresh, old);
  await choose('rolled back.bin');
  await page.waitForText('main', 'The server shows an older state than this device has already seen.', 30_000);
  await page.waitForText('main', 'Nothing was overwritten');
  assert.ok(!(await page.text('.truth'))?.includes('Everything is safe'));

  await server.exchangeData(old, fresh);
  // As long as it stands still there is this button. How long it does is drawn at random: it may have gone on already.
  await page.click({ role: 'button', name: 'Try now' }).catch(async (error) => {
    if ((await page.text('main'))?.includes('older state')) throw error;
  });
  await chosenIsSafe('rolled back.bin');
});

test('the extension was signed out from elsewhere: said, and after signing in the queue goes on', async () => {
  const web = await rig.open(server.app);
  await person.signIn(web, ada);
  await web.click({ role: 'link', name: 'Account' });
  await web.click('button[aria-label^="Sign out Firefox on Linux (extension)"]');
  await web.waitForText('body', 'That device is signed out');
  await choose('signed out.bin');
  await page.waitForText('main', 'You were signed out.', 30_000);
  await page.waitForText('main', 'Sign in again to go on');
  await person.signIn(page, ada);
  await page.click({ role: 'link', name: 'Backup' });
  await chosenIsSafe('signed out.bin');
});
