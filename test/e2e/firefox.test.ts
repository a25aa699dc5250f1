/**
 * The built extension and the web app in a real Firefox: install, sign up, back up by the file dialog, restore by the
 * browser's private storage. The steps build on one another.
 */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FirefoxRig, type FirefoxTab, foreignRequests } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';
import { beginAudit } from './support/audit.ts';
import * as person from './support/firefox-journey.ts';
import type { Person } from './support/journey.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';

const NAME = 'füchse & spuren.bin';

let root: string;
let file: string;
let server: TestServer;
let rig: FirefoxRig;
let page: FirefoxTab;
let ada: Person;

before(async () => {
  root = await temporaryFolder('firefox');
  file = join(root, NAME);
  await writePseudoRandom(file, 9_000_001, 'foxes');
  server = await TestServer.start();
  rig = await FirefoxRig.launch();
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  await removeFolder(root);
});

test('the popup opens and says how things stand', async () => {
  const popup = await rig.openExtension('popup.html');
  await popup.waitForText('main', 'Not signed in');
  await popup.waitForText('main', 'Save this page');
  await popup.close();
});

test('sign up on the full page', async () => {
  page = await rig.openExtension('page.html');
  await person.chooseServer(page, server.app);
  ada = await person.signUp(page, 'Ada of the foxes');
});

test('a file chosen in the dialog is backed up, once', async () => {
  await page.waitForText('h1', 'Backup');
  await page.chooseFiles({ role: 'button', name: 'Choose files' }, [file]);
  await page.waitForText('.truth', 'Everything is safe', 60_000);
  assert.deepEqual(versionCounts(await readVault(server.app, ada)), new Map([[NAME, 1]]));
  const popup = await rig.openExtension('popup.html');
  await popup.waitForText('main', 'Everything is safe');
  await popup.close();
});

test('the web app restores it byte for byte', async () => {
  const web = await rig.open(server.app);
  await person.signIn(web, ada);
  await web.waitForText('tr[data-index="0"]', 'füchse');
  await web.click('tr[data-index="0"]');
  await web.click({ role: 'button', name: 'Restore' });
  await web.waitForText('.tray', 'every byte is what you backed up', 60_000);
  await until('the download', async () => {
    const names = await readdir(rig.downloads);
    return names.includes(NAME) && !names.some((name) => name.endsWith('.part'));
  });
  assert.equal(await hashFile(join(rig.downloads, NAME)), await hashFile(file));
});

test('a large file is copied while the queue is paused, and backed up from the copy when its page has gone', async () => {
  const large = await largeFile('bears.bin');
  await sendAtMost(4_000_000);
  await page.chooseFiles({ role: 'button', name: 'Choose files' }, [large]);
  await page.click({ role: 'button', name: 'Pause' });
  await page.waitForText('section.drop', 'or choose them yourself', 60_000);
  await everythingIsAnswered();
  await page.close();
  assert.equal(versionCounts(await readVault(server.app, ada)).get('bears.bin'), undefined);
  page = await rig.openExtension('page.html');
  await sendAtMost(null);
  await page.click({ role: 'button', name: 'Resume' });
  await assertSafe('bears.bin', large);
});

test('a large file for whose copy there is no room is backed up from where it lies', async () => {
  await leaveNoRoom();
  const large = await largeFile('wolves.bin');
  await page.chooseFiles({ role: 'button', name: 'Choose files' }, [large]);
  await assertSafe('wolves.bin', large);
  await page.waitForText('section.drop', 'or choose them yourself');
});

test('a large file that went with its page is asked for, and lent anew when it is given', async () => {
  const large = await largeFile('lynxes.bin');
  await sendAtMost(4_000_000);
  await page.chooseFiles({ role: 'button', name: 'Choose files' }, [large]);
  await page.click({ role: 'button', name: 'Pause' });
  await page.waitForText('main', 'lynxes');
  await everythingIsAnswered();
  await page.close();
  page = await rig.openExtension('page.html');
  await sendAtMost(null);
  await page.click({ role: 'button', name: 'Resume' });
  await page.waitForText('main', 'Choose the file instead', 60_000);
  await leaveNoRoom();
  await page.chooseFiles({ role: 'button', name: 'Choose the file instead' }, [large]);
  await assertSafe('lynxes.bin', large);
});

/** From now on the page cannot keep a copy. */
async function leaveNoRoom(): Promise<void> {
  await page.evaluate(`() => {
    const { put } = IDBObjectStore.prototype;
    IDBObjectStore.prototype.put = function (...given) {
      if (this.name === 'pieces') throw new DOMException('the test says so', 'QuotaExceededError');
      return put.apply(this, given);
    };
  }`);
}

/**
 * Firefox logs it as an error when a page goes before its message was answered. What a person asked for keeps the run busy;
 * of the words to wake, the background answers one after the other.
 */
async function everythingIsAnswered(): Promise<void> {
  await page.waitForText('section.run[aria-busy=false]', 'Resume');
  await tellBackground({ type: 'wake' });
}

/** Bytes a second, so that a file is not through before somebody can press Pause. */
async function sendAtMost(uploadLimit: number | null): Promise<void> {
  await tellBackground({ type: 'limits', uploadLimit, waitOnMetered: false });
}

async function tellBackground(message: object): Promise<void> {
  const tell = "(message) => browser.runtime.sendMessage({ holdfast: 1, to: 'background', message })";
  await page.evaluate(tell, message);
}

/** Too large to be copied in one go. */
async function largeFile(name: string): Promise<string> {
  const path = join(root, name);
  await writePseudoRandom(path, 160_000_001, name);
  return path;
}

async function assertSafe(name: string, original: string): Promise<void> {
  const vault = await readVault(server.app, ada);
  await until(
    `${name} in the vault`,
    async () => {
      await vault.vault.pull();
      return versionCounts(vault).get(name) === 1;
    },
    60_000,
  );
  await page.waitForText('.truth', 'Everything is safe', 60_000);
  assert.equal((await restoreEverything(vault)).get(name), await hashFile(original));
}

test('a folder chosen in the dialog is backed up with everything in it, each file once', async () => {
  const paths = [
    'a.txt',
    'sub/a.txt',
    'sub/deep/b.bin',
    'empty.txt',
    ...Array.from({ length: 300 }, (_, i) => `m/${i}`),
  ];
  const files = new Map(paths.map((path) => [`home/${path}`, join(root, 'home', path)]));
  for (const [path, at] of files) await writePseudoRandom(at, sizeOf(path), path);
  await page.chooseFolder({ role: 'button', name: 'Choose a folder' }, files);
  const vault = await readVault(server.app, ada);
  await until('the folder in the vault', async () => {
    await vault.vault.pull();
    return versionCounts(vault).size === files.size + 4;
  });
  await page.waitForText('.truth', 'Everything is safe', 60_000);
  const restored = new Map([...(await restoreEverything(vault))].filter(([path]) => files.has(path)));
  const given = [...files].map(async ([path, at]) => [path, await hashFile(at)] as const);
  assert.deepEqual(restored, new Map(await Promise.all(given)));
  assert.ok([...versionCounts(vault).values()].every((count) => count === 1));
});

const sizeOf = (path: string): number => (path.endsWith('.bin') ? 2_000_000 : path.includes('empty') ? 0 : path.length);

test('what is safe is read back in idle hours, and dated', async () => {
  const audited = async (): Promise<string> => {
    await page.evaluate(`${beginAudit}`);
    return page.waitForText('.truth', 'last read back', 20_000);
  };
  await until('an audit', audited, 60_000);
});

test('the browser seldom asked whether the extension may send', () => {
  const [asked, sent] = [server.answered('OPTIONS'), server.answered('POST')];
  assert.ok(asked > 0 && 5 * asked < sent, `${asked} of ${sent}`);
});

test('nothing went wrong unseen, and nobody else was asked', async () => {
  assert.deepEqual(await rig.errors(), []);
  assert.deepEqual(rig.strays(), []);
  // Where a fresh extension looks for a server before a person says otherwise.
  const local = 'http://127.0.0.1:8787';
  assert.ok(rig.requests().length > 10);
  assert.deepEqual(foreignRequests(rig.requests(), [server.app, local]), []);
});
