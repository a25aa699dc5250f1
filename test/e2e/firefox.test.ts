/**
 * The same road, short, in a real Firefox: the built extension's popup opens, its full page signs up and backs up a file,
 * and the web app gives it back by way of the browser's private storage, for Firefox cuts streamed downloads short.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { FirefoxRig, type FirefoxTab, foreignRequests } from '../support/browser/index.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';

const NAME = 'Ada in Firefox';
const FILE = 'letter to the future.txt';

let root: string;
let server: TestServer;
let firefox: FirefoxRig;
let content: Buffer;
let password: string;

before(async () => {
  root = await temporaryFolder('firefox-road');
  content = Buffer.concat([Buffer.from('Dear reader,\n'), randomBytes(3_000_000)]);
  await writeFile(join(root, FILE), content);
  server = await TestServer.start();
  firefox = await FirefoxRig.launch();
});

after(async () => {
  await firefox?.close();
  await server?.dispose();
  await removeFolder(root);
});

/** Clicks the first button, radio or link that says exactly this. */
async function press(tab: FirefoxTab, label: string): Promise<void> {
  await until(`something to press that says ${label}`, () =>
    tab.evaluate<boolean>(
      `(label) => {
        document.querySelector('[data-press]')?.removeAttribute('data-press');
        const said = (element) => (element.getAttribute('aria-label') ?? element.textContent ?? '').trim();
        const radios = [...document.querySelectorAll('label')].filter((each) => said(each) === label).map((each) => each.querySelector('input'));
        const all = [...radios, ...document.querySelectorAll('button, a')].filter((each) => each !== null);
        const shown = all.filter((each) => each.getClientRects().length > 0);
        const found = shown.find((each) => radios.includes(each) || said(each) === label);
        found?.setAttribute('data-press', '');
        return found !== undefined && !found.disabled;
      }`,
      label,
    ),
  );
  await tab.click('[data-press]').catch((error: Error) => {
    throw new Error(`${label}: ${error.message}`);
  });
}

test('the popup opens and says what to do first', async () => {
  const popup = await firefox.openExtension('popup.html');
  await popup.waitForText('body', 'Sign in');
  await popup.close();
});

test('sign up and back up a file in the extension', async () => {
  const page = await firefox.openExtension('page.html');
  await until('the server field', async () => (await page.text('input[name="server"]')) !== null, 20_000);
  await page.evaluate("() => (document.querySelector('input[name=server]').value = '')");
  await page.type('input[name="server"]', server.app);
  await press(page, 'Use this server');
  await page.waitForText('body', `Server: ${server.app}`);
  await press(page, 'Create account');
  await page.type('input[name="username"]', NAME);
  password = (await page.waitForText('output.phrase', /^[a-z-]{15,}/)).trim();
  await press(page, 'Continue');
  await page.waitForText('.sheet-words', /\w/);
  const words = await page.evaluate<string[]>(
    "() => [...document.querySelectorAll('.sheet-words li')].map((word) => word.textContent.trim())",
  );
  await press(page, 'I have them on paper');
  const asked = await page.evaluate<number[]>(
    "() => [0, 1, 2].map((at) => Number(/\\d+/.exec(document.getElementsByName('word-' + at)[0].labels[0].textContent)[0]) - 1)",
  );
  for (const [at, word] of asked.entries()) await page.type(`input[name="word-${at}"]`, words[word] as string);
  await press(page, 'Create account');
  await page.waitForText('nav', 'Backup', 30_000);

  // A native file dialog cannot be answered: the input that would open one is put into the page instead.
  await page.evaluate(`() => {
    HTMLInputElement.prototype.click = function () {
      this.id = 'chosen';
      document.body.append(this);
    };
  }`);
  await press(page, 'Choose files');
  await until('the file input', async () => (await page.text('#chosen')) !== null);
  await page.setFiles('#chosen', [join(root, FILE)]);
  await page.waitForText('body', 'Everything is safe', 60_000);
  await page.close();
});

test('the web app restores it, equal to the byte', async () => {
  const app = await firefox.open(`${server.app}/`);
  await app.waitForText('body', 'Use recovery words instead');
  await app.type('input[name="username"]', NAME);
  await app.type('input[name="password"]', password);
  await app.evaluate("() => document.querySelector('form').requestSubmit()");
  await app.waitForText('[role="grid"]', 'letter to the future', 30_000);
  await app.click('tr[data-index="0"]');
  await app.waitForText('body', 'Details');
  await press(app, 'Restore');
  await app.waitForText('body', 'every byte is what you backed up', 60_000);
  const saved = join(firefox.downloads, FILE);
  await until('the download', async () => (await readFile(saved).catch(() => null))?.length === content.length);
  assert.deepEqual(await readFile(saved), content);
});

test('nobody else was asked for anything', () => {
  const local = 'http://127.0.0.1:8787';
  const web = firefox.requests().filter(({ url }) => url.startsWith('http'));
  assert.ok(web.length > 5);
  assert.deepEqual(foreignRequests(web, [server.app, server.share, local]), []);
});
