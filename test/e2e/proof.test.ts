/**
 * Proof in idle hours, whole: what is still there is dated, what the server lost is told, and taken back when it is mended, by
 * the operator or by backing up again.
 */
import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ChromiumRig } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';
import { beginAudit } from './support/audit.ts';
import * as person from './support/journey.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';

let root: string;
let server: TestServer;
let rig: ChromiumRig;
let page: Page;
let ada: person.Person;
/** Pack files in the order they came. */
const packs: string[] = [];

before(async () => {
  root = await temporaryFolder('proof');
  await mkdir(join(root, 'files'));
  server = await TestServer.start();
  rig = await ChromiumRig.launch({ granted: [join(root, 'files')] });
  page = await rig.openExtension('page.html');
  await person.chooseServer(page, server.app);
  ada = await person.signUp(page, 'Ada');
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  await removeFolder(root);
});

/** Makes a file and backs it up, alone in its pack. */
async function backUp(name: string): Promise<void> {
  await writePseudoRandom(join(root, 'files', name), 300_000, name);
  await drop(name);
  await page.getByRole('listitem').filter({ hasText: name }).getByText('Safe').waitFor();
  packs.push(...(await newPacks()));
}

async function drop(name: string): Promise<void> {
  await person.goTo(page, 'Backup');
  await rig.drop(page, 'section.drop', [join(root, 'files', name)]);
}

async function newPacks(): Promise<readonly string[]> {
  const all = await readdir(join(server.data, 'packs'), { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return files.filter((path) => !packs.includes(path));
}

/** Audits until it is so: a stretch that is under way puts the next one off as it ends. */
async function auditUntil(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const audited = async (): Promise<boolean> => {
    await page.evaluate(beginAudit);
    return until(what, isSo, 5_000);
  };
  await until(what, audited, 60_000);
}

async function auditUntilShown(text: string | RegExp): Promise<void> {
  await person.goTo(page, 'Backup');
  await auditUntil(`${text}`, () => page.getByText(text).first().isVisible());
}

async function proofOf(name: string): Promise<string> {
  await person.goTo(page, 'Files');
  await person.selectRow(page, name);
  return shownProof();
}

function shownProof(): Promise<string> {
  return page.locator('.facts > div').filter({ hasText: 'Proof' }).locator('dd').innerText();
}

test('a file is safe by sample, and dated once it was read back', async () => {
  await backUp('kept.bin');
  await backUp('lost.bin');
  assert.equal(packs.length, 2);
  assert.match(await proofOf('kept.bin'), /^Not read back yet/);
  await auditUntilShown(/last read back/);
  await until('the date', async () => (await proofOf('kept.bin')).startsWith('Read back and verified '));
});

test('what the server lost is told with its files, and the rest is proven', async () => {
  await rename(packs[1]!, join(root, 'pack'));
  await auditUntilShown('The server does not give back what it was given');
  await page
    .getByText(/^1 file may not come back whole/)
    .first()
    .waitFor();
  assert.match(await proofOf('lost.bin'), /^Damaged\s+on the server/);
  assert.match(await proofOf('kept.bin'), /^Read back and verified /);
});

test('put back by the operator, it is whole again', async () => {
  await rename(join(root, 'pack'), packs[1]!);
  await auditUntilShown('Everything is safe');
  assert.match(await proofOf('lost.bin'), /^Read back and verified /);
});

test('lost for good, it is mended by dropping the file again, and the note goes when that was read back', async () => {
  await rm(packs[1]!);
  await auditUntilShown(/^1 file may not come back whole\. Back them up again/);
  await drop('lost.bin');
  await page.getByText('The server does not give back what it was given').waitFor({ state: 'detached' });
  await page.getByText('Everything is safe').first().waitFor();
  packs.splice(1, 1, ...(await newPacks()));
  assert.equal(packs.length, 2);
  assert.match(await proofOf('lost.bin'), /^Read back and verified /);
  const elsewhere = await readVault(server.app, ada);
  const hashes = ['kept.bin', 'lost.bin'].map(
    async (name) => [name, await hashFile(join(root, 'files', name))] as const,
  );
  assert.deepEqual(await restoreEverything(elsewhere), new Map(await Promise.all(hashes)));
  assert.equal(versionCounts(elsewhere).get('lost.bin'), 1);
});

test('a folder has the date of what is in it', async () => {
  await person.goTo(page, 'Backup');
  await rig.drop(page, 'section.drop', [join(root, 'files')]);
  await until('the folder in the vault', async () => {
    return versionCounts(await readVault(server.app, ada)).has('files/lost.bin');
  });
  await page.getByText('Everything is safe').first().waitFor();
  assert.deepEqual(await newPacks(), [], 'its files are the same as before');
  await person.goTo(page, 'Files');
  await page.getByRole('row', { name: /files/ }).waitFor();
  await page.getByRole('grid').focus();
  await page.keyboard.type('files');
  await page.keyboard.press('Space');
  await page.getByRole('complementary', { name: 'Details' }).getByText('2 files').waitFor();
  assert.match(await shownProof(), /^Read back and verified /);
});

test('beside what is read, the packs answer what only their bytes can', async () => {
  await auditUntil('right answers of all packs', async () => (await answered()) === packs.length);
});

test('the browser seldom asked whether the extension may send', () => {
  const [asked, sent] = [server.answered('OPTIONS'), server.answered('POST')];
  assert.ok(asked > 0 && 5 * asked < sent, `${asked} of ${sent}`);
});

/** How many packs have given a right answer since they were last read. */
function answered(): Promise<number> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await done(indexedDB.open('holdfast-tokens'));
    const kept = await done(db.transaction('tokens').objectStore('tokens').getAll());
    db.close();
    return kept.filter(({ answeredAt }) => answeredAt !== null).length;
  });
}
