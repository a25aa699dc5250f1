/**
 * Restores that do not go smoothly: into a folder, twice, over other files, cut off by a closed page; and a download whose
 * server goes away. The steps build on one another.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ChromiumRig, hashSaved, standInForPickers, withoutPickers } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';
import * as person from './support/journey.ts';
import { personWithFiles } from './support/writer.ts';

const MIB = 1_048_576;
/** The film is large enough to be put on disk before it is whole. */
const FILES = { 'letter.txt': 3_000, 'photo.bin': 2 * MIB, 'film.bin': 200 * MIB } as const;

let root: string;
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
  rig = await ChromiumRig.launch({ extension: null });
  await standInForPickers(rig.context);
  web = await openFiles(rig);
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
function inFolder(): Promise<Record<string, number>> {
  return web.evaluate(async () => {
    const found: Record<string, number> = {};
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const handle of folder.values()) {
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}${handle.name}/`);
        else found[path + handle.name] = (await (handle as FileSystemFileHandle).getFile()).size;
      }
    };
    const opfs = await navigator.storage.getDirectory();
    await walk(await opfs.getDirectoryHandle('picked', { create: true }), '');
    return found;
  });
}

async function write(name: string, text: string): Promise<void> {
  await web.evaluate(
    async ([file, content]) => {
      const picked = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked');
      const handle = await (await picked.getDirectoryHandle('papers')).getFileHandle(file);
      const writable = await handle.createWritable();
      await writable.write(content);
      await writable.close();
    },
    [name, text] as const,
  );
}

test('a folder restored into a picked folder is cut off by closing the page, and goes on in the next', async () => {
  await intoFolder();
  await until(
    'some of the film on disk',
    async () => ((await inFolder())['papers/film.bin.unfinished'] ?? 0) > 0,
    90_000,
  );
  assert.equal((await inFolder())['papers/film.bin'], undefined, 'an unfinished file never has the name');
  await web.close({ runBeforeUnload: false });
  web = await rig.open(server.app);
  await person.signedIn(web);
  await intoFolder();
  await says(web, /^\d files? restored and verified/);
  await says(web, /today’s date/);
  const found = await inFolder();
  for (const [name, size] of Object.entries(FILES)) assert.equal(found[`papers/${name}`], size, name);
  // the browser's own swap file of the page that was closed may still be there
  const names = Object.keys(found).filter((name) => !name.endsWith('.crswap'));
  assert.deepEqual(
    names.sort(),
    Object.keys(FILES)
      .map((name) => `papers/${name}`)
      .sort(),
  );
  for (const [name, hash] of hashes) assert.equal(await hashSaved(web, `picked/papers/${name}`), hash, name);
  await clear();
});

test('the same again fetches no file, only what the large one consists of', async () => {
  const packs: string[] = [];
  web.on('request', (request) => request.url().includes('/packs/') && packs.push(request.url()));
  await intoFolder();
  await says(web, '3 files were there already, verified');
  assert.ok(packs.length <= 1, packs.join('\n'));
  await clear();
});

test('another file in the way is asked about, and both are kept', async () => {
  await write('letter.txt', 'written since');
  await intoFolder();
  await says(web, /“papers \/ letter\.txt” is in the folder already/);
  await web.getByRole('button', { name: 'Keep both' }).click();
  await says(web, '1 file restored and verified');
  assert.equal((await inFolder())['papers/letter.txt'], 'written since'.length);
  assert.equal(await hashSaved(web, 'picked/papers/letter (2).txt'), hashes.get('letter.txt'));
  await clear();
});

test('a server that goes away, before a download or in it, stops it, which says so and ends whole when it is back', async () => {
  const streaming = await ChromiumRig.launch({ extension: null });
  try {
    await withoutPickers(streaming.context);
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
    for (const name of ['film.bin', 'film (1).bin'])
      assert.equal(await hashFile(await streaming.downloaded(name)), hashes.get('film.bin'), name);
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
    await withoutPickers(friend.context);
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
