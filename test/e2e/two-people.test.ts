/**
 * Two people and one browser: what waits of one goes to the other only when that one says so, and nobody is told that
 * something is safe that is another's. The steps build on one another.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ChromiumRig } from '../support/browser/index.ts';
import { writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { grantedExtension } from './support/granted-extension.ts';
import * as person from './support/journey.ts';
import { readVault, versionCounts } from './support/reader.ts';

const FILES = ['diary.bin', 'letter.bin', 'song.bin'] as const;

let root: string;
let server: TestServer;
let rig: ChromiumRig;
let page: Page;
let ada: person.Person;
let bob: person.Person;

before(async () => {
  root = await temporaryFolder('two-people');
  for (const name of FILES) await writePseudoRandom(pathOf(name), 100_000, name);
  server = await TestServer.start();
  const granted = FILES.map(pathOf);
  rig = await ChromiumRig.launch({ extension: await grantedExtension(join(root, 'extension')), granted });
  page = await rig.openExtension('page.html');
  await person.chooseServer(page, server.app);
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  await removeFolder(root);
});

const pathOf = (name: string): string => join(root, name);
const button = (name: string) => page.getByRole('button', { name, exact: true });
const says = (text: string | RegExp, where = page): Promise<void> => where.getByText(text).first().waitFor();

async function filesOf(who: person.Person): Promise<string[]> {
  return [...versionCounts(await readVault(server.app, who)).keys()];
}

async function drop(...names: readonly (typeof FILES)[number][]): Promise<void> {
  await person.goTo(page, 'Backup');
  await rig.drop(page, 'section.drop', names.map(pathOf));
}

/** Chosen and not sent, for the server is away; then whoever chose it signs out. */
async function leave(...names: readonly (typeof FILES)[number][]): Promise<void> {
  await server.stop();
  await drop(...names);
  await says('The server cannot be reached.');
  await person.signOut(page);
  await server.restart();
}

test('who signs in next is asked what becomes of what waits, and is not told that anything is safe', async () => {
  ada = await person.signUp(page, 'Ada');
  await drop('diary.bin');
  await says(/^Everything is safe/);
  await leave('letter.bin', 'song.bin');
  bob = await person.signUp(page, 'Bob');
  await person.goTo(page, 'Backup');
  const asked = '2 files were chosen while Ada was signed in here.';
  await says(asked);
  assert.equal(await page.locator('section.drop').count(), 0);
  const popup = await rig.openExtension('popup.html');
  await says(asked, popup);
  await popup.close();
  for (const where of rig.context.pages()) assert.equal(await where.getByText(/^Everything is safe/).count(), 0);
  assert.deepEqual(await filesOf(bob), []);
});

test('taken over, it is in the vault of who took it, and in no other', async () => {
  await button('Back them up to Bob').click();
  await says(/^Everything is safe/);
  assert.deepEqual((await filesOf(bob)).sort(), ['letter.bin', 'song.bin']);
  assert.deepEqual(await filesOf(ada), ['diary.bin']);
});

test('the same person who comes back goes on, unasked', async () => {
  await leave('song.bin', 'diary.bin');
  await person.signIn(page, bob);
  await person.goTo(page, 'Backup');
  await says(/^Everything is safe/);
  assert.deepEqual((await filesOf(bob)).sort(), [...FILES]);
});

test('removed, it goes nowhere, and the way in is open again', async () => {
  await leave('letter.bin');
  await person.signIn(page, ada);
  await person.goTo(page, 'Backup');
  await button('Remove it').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click();
  await says('Nothing is backed up yet');
  await drop('song.bin');
  await says(/^Everything is safe/);
  assert.deepEqual((await filesOf(ada)).sort(), ['diary.bin', 'song.bin']);
});
