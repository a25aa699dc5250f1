/**
 * Firefox dies in the middle of a backup: the background page with its engine, then the extension, then the whole browser. What
 * was copied goes on by itself, with no page of ours open. The steps build on one another.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FirefoxRig, type FirefoxTab } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';
import * as person from './support/firefox-journey.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';

const SIZE = 300_000_007;

let root: string;
let profile: string;
let server: TestServer;
let rig: FirefoxRig;
let page: FirefoxTab;
let vault: Awaited<ReturnType<typeof readVault>>;

before(async () => {
  root = await temporaryFolder('firefox-deaths');
  profile = await temporaryFolder('firefox-deaths-profile');
  server = await TestServer.start();
  rig = await FirefoxRig.launch({ profile });
  page = await rig.openExtension('page.html');
  await person.chooseServer(page, server.app);
  vault = await readVault(server.app, await person.signUp(page, 'Ada of the deaths'));
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  for (const folder of [root, profile]) await removeFolder(folder);
});

/** Resolves when a fresh file is in the queue with a copy, and its backup goes on. */
async function choose(name: string): Promise<void> {
  const path = join(root, name);
  await writePseudoRandom(path, SIZE, name);
  await page.chooseFiles({ role: 'button', name: 'Choose files' }, [path]);
  await page.waitForText('section.drop', 'or choose them yourself', 60_000);
  await page.waitForText('.truth', 'Backing up');
}

async function assertSafe(name: string): Promise<void> {
  const stored = async (): Promise<boolean> => {
    await vault.vault.pull();
    return versionCounts(vault).has(name);
  };
  await until(`${name} in the vault`, stored, 120_000);
  assert.equal(versionCounts(vault).get(name), 1);
  assert.equal((await restoreEverything(vault)).get(name), await hashFile(join(root, name)));
}

test('the background page ends with its engine, and an alarm brings both back', async () => {
  await choose('one.bin');
  assert.equal(await rig.killBackground(), 'stopped');
  await assertSafe('one.bin');
  await page.waitForText('.truth', 'Everything is safe', 60_000);
});

test('the extension is switched off and on again, and goes on before any page is opened', async () => {
  await choose('switched.bin');
  await rig.switchOffAndOn();
  await assertSafe('switched.bin');
  page = await rig.openExtension('page.html');
  await page.waitForText('.truth', 'Everything is safe', 60_000);
});

test('the browser is killed, and the next one goes on before any page is opened', async () => {
  await choose('two.bin');
  await rig.kill();
  rig = await FirefoxRig.launch({ profile });
  await assertSafe('two.bin');
  page = await rig.openExtension('page.html');
  await page.waitForText('.truth', 'Everything is safe', 60_000);
  assert.deepEqual(await rig.errors(), []);
});
