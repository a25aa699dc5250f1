/**
 * Restores that do not go smoothly: into a real folder, twice, over other files, cut off by a closed page; and a download
 * whose server goes away. The steps build on one another.
 */
import assert from 'node:assert/strict';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { filesUnder } from '../../.ci/project.ts';
import { ChromiumRig, pickByDrop, standInForPicker } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { unzip } from '../support/unzip.ts';
import { until } from '../support/waiting.ts';
import * as person from './support/journey.ts';
import { personWithFiles } from './support/writer.ts';

const MIB = 1_048_576;
/** As long as a disk takes it: Chromium cannot write beside it. */
const LONG = `${'ü'.repeat(125)}.text`;
/** The film is large enough to be put on disk before it is whole; Chromium lets no page write a file called like the link. */
const FILES = { 'letter.txt': 3_000, 'photo.bin': 2 * MIB, 'film.mp4': 200 * MIB, 'site.url': 90, [LONG]: 700 };
const COUNT = Object.keys(FILES).length;
/** What the files are called in a folder. */
const onDisk = (name: string): string => (name === 'site.url' ? 'site.url_' : name);

let root: string;
let picked: string;
let server: TestServer;
let ada: person.Person;
let rig: ChromiumRig;
let web: Page;
const hashes = new Map<string, string>();

before(async () => {
  root = await temporaryFolder('restore');
  const papers = join(root, 'papers');
  await mkdir(papers);
  for (const [name, size] of Object.entries(FILES)) {
    await writePseudoRandom(join(papers, name), size, name);
    hashes.set(name, await hashFile(join(papers, name)));
  }
  server = await TestServer.start();
  const files = new Map(Object.keys(FILES).map((name) => [`papers/${name}`, join(papers, name)]));
  ada = await personWithFiles(server.app, 'Ada of the restores', files);
  picked = join(root, 'picked');
  await mkdir(picked);
  rig = await ChromiumRig.launch({ extension: null, granted: [picked], grantedTo: server.app });
  await standInForPicker(rig.context);
  web = await openFiles(rig);
  await pickByDrop(rig, web, picked);
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  await removeFolder(root);
});

async function openFiles(browser: ChromiumRig): Promise<Page> {
  const page = await browser.open(server.app);
  await person.signIn(page, ada);
  return page;
}

async function intoFolder(): Promise<void> {
  await person.openFolder(web, 'papers');
  await web.getByRole('button', { name: 'Restore to folder…' }).first().click();
}

const says = (page: Page, text: string | RegExp): Promise<void> =>
  page.getByText(text).first().waitFor({ timeout: 120_000 });

const clear = (): Promise<void> => web.getByRole('button', { name: 'Clear finished' }).click();

/** Sizes of what is in the picked folder, by path. */
async function inFolder(): Promise<Record<string, number>> {
  const paths = await filesUnder(picked);
  const sizes = paths.map(async (path) => [relative(picked, path), (await stat(path)).size] as const);
  return Object.fromEntries(await Promise.all(sizes));
}

test('a folder restored into a picked folder is cut off by closing the page, and goes on in the next', async () => {
  await intoFolder();
  await until(
    'some of the film on disk',
    async () =>
      Object.entries(await inFolder()).some(
        ([path, size]) => /^papers\/unfinished [0-9a-f]{8} film\.mp4$/.test(path) && size > 0,
      ),
    90_000,
  );
  assert.equal((await inFolder())['papers/film.mp4'], undefined, 'an unfinished file never has the name');
  await web.close({ runBeforeUnload: false });
  web = await rig.open(server.app);
  await person.signedIn(web);
  await pickByDrop(rig, web, picked);
  await intoFolder();
  await says(web, /^\d files? restored and verified/);
  await says(web, /today’s date/);
  const found = await inFolder();
  for (const [name, size] of Object.entries(FILES)) assert.equal(found[`papers/${onDisk(name)}`], size, name);
  // the browser's own swap file of the page that was closed may still be there
  const names = Object.keys(found).filter((name) => !name.endsWith('.crswap'));
  assert.deepEqual(
    names.sort(),
    Object.keys(FILES)
      .map((name) => `papers/${onDisk(name)}`)
      .sort(),
  );
  for (const [name, hash] of hashes) assert.equal(await hashFile(join(picked, 'papers', onDisk(name))), hash, name);
  await clear();
});

test('the same again fetches no file, only what the large one consists of', async () => {
  const packs: string[] = [];
  web.on('request', (request) => request.url().endsWith('/packs/read') && packs.push(request.url()));
  await intoFolder();
  await says(web, `${COUNT} files were there already, verified`);
  assert.ok(packs.length <= 1, packs.join('\n'));
  await clear();
});

test('another file in the way is asked about, and both are kept', async () => {
  await writeFile(join(picked, 'papers/letter.txt'), 'written since');
  await intoFolder();
  await says(web, /“papers \/ letter\.txt” is in the folder already/);
  await web.getByRole('button', { name: 'Keep both' }).click();
  await says(web, '1 file restored and verified');
  assert.equal((await inFolder())['papers/letter.txt'], 'written since'.length);
  assert.equal(await hashFile(join(picked, 'papers/letter (2).txt')), hashes.get('letter.txt'));
  await clear();
});

test('in the extension too a restore is a download, of which nothing is kept anywhere else', async () => {
  const home = await ChromiumRig.launch();
  try {
    const page = await home.openExtension('page.html');
    await person.chooseServer(page, server.app);
    await person.signIn(page, ada);
    for (const [subject, button, name] of [
      ['film', 'Restore', 'film.mp4'],
      [null, 'Restore as ZIP', 'papers.zip'],
    ] as const) {
      await person.openFolder(page, 'papers');
      if (subject !== null) await person.selectRow(page, subject);
      await page.getByRole('button', { name: button, exact: true }).click();
      await says(page, 'every byte is what you backed up');
      await page.getByRole('button', { name: 'Clear finished' }).click();
      const saved = await home.downloaded(name);
      if (subject !== null) assert.equal(await hashFile(saved), hashes.get(name));
      else assert.equal(unzip(await readFile(saved)).filter(({ folder }) => !folder).length, COUNT);
    }
    const stored = await page.evaluate(async () => {
      const names: string[] = [];
      for await (const name of (await navigator.storage.getDirectory()).keys()) names.push(name);
      return names;
    });
    assert.deepEqual(stored, []);
  } finally {
    await home.close();
  }
});

test('a server that goes away, before a download or in it, stops it, which says so and ends whole when it is back', async () => {
  const streaming = await ChromiumRig.launch({ extension: null });
  try {
    const page = await openFiles(streaming);
    await person.openFolder(page, 'papers');
    await person.selectRow(page, 'film');
    const restore = () => page.getByRole('button', { name: 'Restore', exact: true }).click();
    const whole = async () => {
      await says(page, 'The server cannot be reached at the moment. This goes on by itself.');
      await server.restart();
      await says(page, 'every byte is what you backed up');
      await page.getByRole('button', { name: 'Clear finished' }).click();
    };
    await restore();
    await page.getByRole('progressbar').first().waitFor();
    await server.kill();
    await whole();
    await server.kill();
    await restore();
    await whole();
    for (const name of ['film.mp4', 'film (1).mp4'])
      assert.equal(await hashFile(await streaming.downloaded(name)), hashes.get('film.mp4'), name);
  } finally {
    await streaming.close();
  }
});

test('a link for one download counts it once, though an answer is lost and it is begun again, and then it is used up', async () => {
  await person.openFolder(web, 'papers');
  await person.selectRow(web, 'film');
  const url = await person.createLink(web, { limit: 1 });
  const friend = await ChromiumRig.launch({ extension: null });
  try {
    let taken = 0;
    await friend.context.route('**/v1/share/ticket', async (route) => {
      taken += 1;
      if (taken > 1) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
    const page = await friend.open(url);
    const download = () => page.getByRole('button', { name: 'Download', exact: true }).click();
    const begun = page.waitForRequest('**/v1/share/packs/*');
    await download();
    await begun;
    await server.kill();
    await page.getByRole('button', { name: /^Cancel/ }).click();
    await says(page, 'Cancelled.');
    await server.restart();
    await download();
    await says(page, 'every byte was verified');
    assert.ok(taken >= 3, `a ticket was asked for ${taken} times`);
    await download();
    await says(page, 'This link does not work');
  } finally {
    await friend.close();
  }
});
