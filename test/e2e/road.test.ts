/**
 * The whole road in a real Chromium with the built extension and a real server: back up while everything that can die
 * does, lose the browser, get every byte back in another one, share, revoke, change, and see what the server learned.
 * The steps build on one another and run in order.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { encodeFragment } from '../../shared/crypto/index.ts';
import { ChromiumRig, foreignRequests, type LoggedRequest } from '../support/browser/index.ts';
import { hashFile, hashTree, writeCorpus, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { unzip } from '../support/unzip.ts';
import { pause, until } from '../support/waiting.ts';
import { grantedExtension } from './support/granted-extension.ts';
import * as person from './support/journey.ts';
import { foundUnder } from './support/leaks.ts';
import { readVault, versionCounts } from './support/reader.ts';
import { type Documents, type Site, startSite } from './support/site.ts';

const BIG = 300 * 1_048_576;
const LINK_PASSWORD = 'violet harbour seventeen';
const NOTE = 'the note that only the recipient reads';

let root: string;
let server: TestServer;
let site: Site;
let documents: Documents;
let extension: string;
let corpus: string;
let big: string;
let home: ChromiumRig;
let away: ChromiumRig;
let web: Page;
let ada: person.Person;
const requests: LoggedRequest[] = [];

before(async () => {
  root = await temporaryFolder('road');
  [extension, corpus, big] = [join(root, 'extension'), join(root, 'tree'), join(root, 'holiday film.bin')];
  await grantedExtension(extension);
  await mkdir(corpus);
  await writeCorpus(corpus);
  await writePseudoRandom(big, BIG, 'film');
  documents = { report: randomBytes(70_000), image: randomBytes(33_000), statement: randomBytes(12_345) };
  site = await startSite(documents);
  server = await TestServer.start({ env: { HOLDFAST_LOG_LEVEL: 'info' } });
  home = await openHome();
  away = await ChromiumRig.launch({ extension: null });
});

after(async () => {
  for (const rig of [home, away]) await rig?.context.close().catch(() => undefined);
  await site?.close();
  await server?.dispose();
  await removeFolder(root);
});

const openHome = () => ChromiumRig.launch({ extension, profile: join(root, 'profile'), granted: [corpus, big] });

const fullPage = () => home.openExtension('page.html');

interface MenuEvents {
  readonly onClicked: { dispatch(info: object, tab: object): void };
}

/** Fires a context-menu entry as the browser does when a person chooses it. */
async function rightClick(menuItemId: 'link' | 'image', url: string, tab: Page): Promise<void> {
  const worker = await home.serviceWorker();
  const pageUrl = tab.url();
  await worker.evaluate(
    ([id, target, where]) => {
      const { contextMenus } = (globalThis as unknown as { chrome: { contextMenus: MenuEvents } }).chrome;
      const info = { menuItemId: id, linkUrl: target, srcUrl: target, pageUrl: where };
      contextMenus.onClicked.dispatch(info, { title: 'Your bank', url: where });
    },
    [menuItemId, url, pageUrl] as const,
  );
}

/** Captures whose bytes are not in the queue's database yet. */
function stillToFetch(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const opened = indexedDB.open('holdfast-queue');
    await new Promise((resolve) => opened.addEventListener('success', resolve));
    const all = opened.result.transaction('jobs').objectStore('jobs').getAll();
    await new Promise((resolve) => all.addEventListener('success', resolve));
    opened.result.close();
    return all.result.filter((job) => job.status.state === 'captured').length;
  });
}

async function everythingSafe(page: Page, ms: number): Promise<void> {
  await person.goTo(page, 'Backup');
  await page
    .getByText(/^Everything is safe/)
    .first()
    .waitFor({ timeout: ms });
}

test('sign up in the extension', async () => {
  const page = await fullPage();
  await person.chooseServer(page, server.app);
  ada = await person.signUp(page, 'Ada of the Analytical Engine');
});

test('back up a tree, a large file, a link, an image and a download, while everything dies now and then', async () => {
  let page = home.context.pages().at(-1) as Page;
  await person.goTo(page, 'Backup');
  await home.drop(page, 'section.drop', [corpus, big]);

  const tab = await home.open(`${site.url}/sign-in`);
  await tab.locator('button').click();
  await tab.goto(`${site.url}/home`);
  await rightClick('link', `${site.url}/private/report.pdf`, tab);
  await rightClick('image', `${site.url}/private/photo.png`, tab);
  await tab.locator('#get').click();
  await home.downloaded('statement 2026.csv');
  const popup = await home.openExtension('popup.html');
  await popup.getByRole('button', { name: 'Save a download…' }).click();
  await popup.getByRole('button', { name: 'Save statement 2026.csv' }).click();
  await popup.getByText('is in your backup queue').waitFor();
  await popup.close();

  for (let deaths = 0; deaths < 6; deaths++) {
    await pause(500 + Math.random() * 2_500);
    if (Math.random() < 0.5) await home.killServiceWorker();
    else await home.killOffscreen();
  }
  // A site's session cookie dies with the browser: what is still to be fetched then would need the person again.
  await until('the captures to be fetched', async () => (await stillToFetch(page)) === 0, 60_000);
  await home.kill();
  home = await openHome();
  page = await fullPage();
  await everythingSafe(page, 240_000);
});

test('every file is there, once', async () => {
  const counts = versionCounts(await readVault(server.app, ada));
  const names = [...(await hashTree(corpus)).keys()].map((path) => `tree/${path}`);
  assert.ok(names.length >= 500);
  const captured = [...counts.keys()].filter((path) => /^(Web|Downloads)\//.test(path));
  assert.deepEqual(captured.sort(), [
    'Downloads/statement 2026.csv',
    'Web/127.0.0.1/photo.png',
    'Web/127.0.0.1/report.pdf',
  ]);
  for (const name of [...names, 'holiday film.bin', ...captured]) assert.equal(counts.get(name), 1, name);
  assert.equal(counts.size, names.length + 4);
});

test('another browser signs in, browses and searches', async () => {
  web = await away.open(server.app);
  await person.signIn(web, ada);
  await person.openFolder(web, 'tree', 'packages');
  await web.getByRole('row', { name: 'fastify' }).waitFor();
  await person.goTo(web, 'Files');
  await web.getByRole('searchbox', { name: 'Search all files' }).fill('émoji');
  await web.getByRole('row', { name: /émoji/ }).waitFor();
});

test('it restores one file, the large file and the folder, byte for byte', async () => {
  await web.getByRole('searchbox', { name: 'Search all files' }).fill('report.pdf');
  await person.restoreRow(web, 'report');
  assert.deepEqual(await readFile(await away.downloaded('report.pdf')), documents.report);

  await web.getByRole('searchbox', { name: 'Search all files' }).fill('holiday');
  await person.restoreRow(web, 'holiday film');
  assert.equal(await hashFile(await away.downloaded('holiday film.bin')), await hashFile(big));

  await web.getByRole('searchbox', { name: 'Search all files' }).fill('');
  await person.openFolder(web, 'tree');
  await person.restoreOpenFolder(web);
  const zip = unzip(await readFile(await away.downloaded('tree.zip'))).filter((entry) => !entry.folder);
  const given = await hashTree(corpus);
  const restored = zip.map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  assert.deepEqual(restored.sort(), [...given.values()].map((file) => file.sha256).sort());
  const readme = zip.find(({ name }) => name === 'tree/packages/fastify/README.md');
  assert.equal(readme?.seconds, Math.floor((given.get('packages/fastify/README.md')?.mtime as number) / 1_000));
});

test('a link with a password opens in a third browser without an account, until it is revoked', async () => {
  await person.openFolder(web, 'Downloads');
  await person.selectRow(web, 'statement 2026');
  const url = await person.createLink(web, { password: LINK_PASSWORD, note: NOTE });
  const friend = await ChromiumRig.launch({ extension: null });
  try {
    const page = await friend.open(url);
    const field = page.getByRole('textbox', { name: 'Password' });
    await field.fill('something else');
    await page.getByRole('button', { name: 'Open' }).click();
    await page
      .getByText(/password is not right|wrong/i)
      .first()
      .waitFor();
    await field.fill(LINK_PASSWORD);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText(NOTE).waitFor();
    assert.equal(new URL(page.url()).hash, '');
    await page.getByRole('button', { name: 'Download', exact: true }).first().click();
    await page.getByText('every byte was verified').waitFor();
    assert.deepEqual(await readFile(await friend.downloaded('statement 2026.csv')), documents.statement);
    await person.revokeFirstLink(web);
    await page.goto('about:blank');
    await page.goto(url);
    await field.fill(LINK_PASSWORD);
    await page.getByRole('button', { name: 'Open' }).click();
    await page.getByText('This link does not work').waitFor();
  } finally {
    requests.push(...(await friend.close()));
  }
});

test('a changed file becomes a second version, and only what changed travels', async () => {
  const before = await bytesUnder(join(server.data, 'packs'));
  const file = await open(big, 'r+');
  await file.write(randomBytes(1_000), 0, 1_000, BIG / 2);
  await file.close();
  const page = await fullPage();
  await person.goTo(page, 'Backup');
  await home.drop(page, 'section.drop', [big]);
  await until(
    'the second version',
    async () => versionCounts(await readVault(server.app, ada)).get('holiday film.bin') === 2,
    120_000,
  );
  await everythingSafe(page, 60_000);
  const travelled = (await bytesUnder(join(server.data, 'packs'))) - before;
  assert.ok(travelled > 0 && travelled <= 12 * 1_048_576, `${travelled} bytes`);

  await person.goTo(web, 'Files');
  await web.getByRole('button', { name: 'Check for changes' }).click();
  await web.getByRole('searchbox', { name: 'Search all files' }).fill('holiday');
  await person.selectRow(web, 'holiday film');
  await web.getByText('2 versions kept').waitFor();
  const versions = web.getByRole('button', { name: /^Restore the version of/ });
  assert.equal(await versions.count(), 2);
  for (const at of [0, 1]) await person.restoreBy(web, versions.nth(at));
  const hashes = await Promise.all(
    (await readdir(away.downloads))
      .filter((name) => name.startsWith('holiday film'))
      .map((name) => hashFile(join(away.downloads, name))),
  );
  assert.ok(hashes.includes(await hashFile(big)), 'the new version');
  assert.equal(new Set(hashes).size, 2, 'and the old one');
});

test('the server learned nothing, and no browser asked anybody else', async () => {
  const session = await readVault(server.app, ada);
  const text = (value: string): Buffer => Buffer.from(value);
  const canaries = new Map<string, Buffer>([
    ['password', text(ada.password)],
    ['recovery words', text(ada.words.join(' '))],
    ['a recovery word pair', text(ada.words.slice(0, 2).join(' '))],
    ['root key', Buffer.from(session.rootKey)],
    ['log key', Buffer.from(session.vaultKeys.log)],
    ['name of the large file', text('holiday film')],
    ['name of a captured file', text('report.pdf')],
    ['name of a folder', text('packages')],
    ['content of the large file', (await readFile(big)).subarray(1_000_000, 1_000_024)],
    ['content of a captured file', documents.report.subarray(500, 524)],
    ['content of a text file', (await readFile(join(corpus, 'packages/fastify/README.md'))).subarray(200, 232)],
    ['source address', text(new URL(site.url).host)],
    ['link password', text(LINK_PASSWORD)],
    ['link note', text(NOTE)],
    ['login name', text(ada.name)],
  ]);
  for (const link of session.vault.state.links.values()) {
    canaries.set('link', text(encodeFragment({ secret: link.secret, hasPassword: link.hasPassword === 1 })));
  }
  await server.stop();
  await writeFile(join(server.data, 'printed.log'), server.log);
  assert.deepEqual(await foundUnder(server.data, canaries), []);

  requests.push(...(await home.close()), ...(await away.close()));
  assert.ok(requests.length > 100);
  // Where a fresh extension looks for a server before a person says otherwise.
  const local = 'http://127.0.0.1:8787';
  assert.deepEqual(foreignRequests(requests, [server.app, server.share, site.url, local]), []);
});

async function bytesUnder(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return sum;
}
