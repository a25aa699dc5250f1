/**
 * Everything that goes wrong around a person: each trouble says in plain words what it is, loses nothing, and is over when
 * its cause is. The steps use one account and run in order.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { Session } from '../../shared/account/index.ts';
import { ChromiumRig } from '../support/browser/index.ts';
import { hashFile, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { until } from '../support/waiting.ts';
import { grantedExtension } from './support/granted-extension.ts';
import * as person from './support/journey.ts';
import { readQueue } from './support/queue.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';

const MIB = 1_048_576;
const FILES = {
  'ledger.bin': 6 * MIB,
  'offline.bin': 300_000,
  'before.bin': 300_000,
  'rolled back.bin': 300_000,
  'stranger.bin': 300_000,
  'too much.bin': 20 * MIB,
  'signed out.bin': 300_000,
  'lane.bin': 12 * MIB,
  'meanwhile.bin': MIB,
  'engine.bin': 12 * MIB,
} as const;
type FileName = keyof typeof FILES;
/** A folder, and names in it of which Chromium's handle of it leaves out the last three. */
const ALBUM = 'album';
const PICTURES = ['shown.bin', 'more/a+b, c=d@e (1).bin', 'CON', 'at its end.', '"quoted".bin'].map(
  (name) => `${ALBUM}/${name}`,
);

let root: string;
let disk: string;
let server: TestServer;
let rig: ChromiumRig;
let backup: Page;
let web: Page;
let ada: person.Person;
let reader: Session;

before(async () => {
  root = await temporaryFolder('trouble');
  disk = join(root, 'disk');
  await mkdir(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', disk]);
  for (const [name, size] of Object.entries(FILES)) await writePseudoRandom(pathOf(name), size, name);
  for (const name of PICTURES) await writePseudoRandom(pathOf(name), 5_000, name);
  server = await TestServer.start({ data: join(disk, 'data'), env: { HOLDFAST_RESERVE_BYTES: String(MIB) } });
  const granted = [...Object.keys(FILES), ALBUM].map(pathOf);
  rig = await ChromiumRig.launch({ extension: await grantedExtension(join(root, 'extension')), granted });
  backup = await rig.openExtension('page.html');
  await person.chooseServer(backup, server.app);
  ada = await person.signUp(backup, 'Ada in trouble');
  web = await rig.open(server.app);
  reader = await readVault(server.app, ada);
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  execFileSync('umount', [disk]);
  await removeFolder(root);
});

const pathOf = (name: string): string => join(root, 'papers', name);

async function drop(name: FileName | typeof ALBUM): Promise<void> {
  await person.goTo(backup, 'Backup');
  await rig.drop(backup, 'section.drop', [pathOf(name)]);
}

async function says(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: 30_000 });
}

/** As long as the queue stands still there is this button. How long it does is drawn at random: it may have gone on already. */
async function tryNow(): Promise<void> {
  try {
    await backup.getByRole('button', { name: 'Try now' }).click({ timeout: 15_000 });
  } catch (error) {
    if ((await readQueue(backup)).hold !== null) throw error;
  }
}

async function inVault(name: string): Promise<void> {
  const has = async (): Promise<boolean> => {
    await reader.vault.pull();
    return versionCounts(reader).has(name);
  };
  await until(`${name} in the vault`, has, 90_000);
}

/** In the vault once, and called safe. */
async function isSafe(name: FileName): Promise<void> {
  await inVault(name);
  assert.equal(versionCounts(reader).get(name), 1, name);
  await says(backup, /^Everything is safe/);
}

const locksIn = (page: Page): Promise<string[]> =>
  page.evaluate(async () => ((await navigator.locks.query()).held ?? []).map((lock) => lock.name ?? ''));

const notSafe = async (): Promise<void> => assert.equal(await backup.getByText(/^Everything is safe/).count(), 0);

/** The largest pack: the ledger's, for it is alone in the vault. */
async function packFile(): Promise<string> {
  const folder = join(server.data, 'packs');
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = found.map((entry) => join(entry.parentPath, entry.name));
  const sizes = await Promise.all(paths.map(async (path) => ({ path, size: (await stat(path)).size })));
  return sizes.sort((a, b) => b.size - a.size)[0]?.path as string;
}

async function flipByte(path: string, at: number): Promise<void> {
  const file = await open(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, at);
  await file.write(Buffer.of((byte[0] as number) ^ 1), 0, 1, at);
  await file.close();
}

async function restoreFails(): Promise<void> {
  await person.selectRow(web, 'ledger');
  await web.getByRole('button', { name: 'Restore', exact: true }).click();
  await says(web, 'The server sent something that is not what you stored.');
  await says(web, /Nothing wrong was accepted or saved/);
  await says(web, /tell whoever runs the server/);
  assert.equal(await web.getByText('every byte is what you backed up').count(), 0);
  assert.ok(!(await readdir(rig.downloads)).includes('ledger.bin'));
}

async function restoreSucceeds(): Promise<void> {
  await person.restoreBy(web, web.getByRole('button', { name: 'Try again' }));
  const path = await rig.downloaded('ledger.bin');
  assert.equal(await hashFile(path), await hashFile(pathOf('ledger.bin')));
  await rm(path);
}

test('a wrong password: said, and the right one still works', async () => {
  await drop('ledger.bin');
  await isSafe('ledger.bin');
  await person.submitSignIn(web, { name: ada.name, password: `${ada.password}x` });
  await says(web, 'The name or the password is not right.');
  await person.signIn(web, ada);
});

test('a pack that was tampered with: nothing is called complete, and the true one restores', async () => {
  const pack = await packFile();
  await flipByte(pack, 2 * MIB);
  await restoreFails();
  await flipByte(pack, 2 * MIB);
  await restoreSucceeds();
});

test('a pack that was cut short: the same', async () => {
  const pack = await packFile();
  await cp(pack, join(root, 'whole'));
  await truncate(pack, 65_536);
  await restoreFails();
  await cp(join(root, 'whole'), pack);
  await restoreSucceeds();
});

test('the server cannot be reached: said on page and popup, and it goes on by itself', async () => {
  await server.stop();
  await drop('offline.bin');
  await says(backup, 'The server cannot be reached.');
  await notSafe();
  const popup = await rig.openExtension('popup.html');
  await says(popup, '1 of 1 file waiting');
  await says(popup, 'The server cannot be reached.');
  await popup.close();
  await web.getByRole('button', { name: 'Check for changes' }).click();
  await says(web, 'The server cannot be reached.');
  await server.restart();
  await isSafe('offline.bin');
});

test('a page that is opened while the server is away says so, takes files, and goes on by itself', async () => {
  await backup.close();
  await server.stop();
  backup = await rig.openExtension('page.html');
  await says(backup, `Signed in as ${ada.name}, but the server does not answer`);
  await rig.drop(backup, 'section.drop', [pathOf('meanwhile.bin')]);
  await says(backup, 'The server cannot be reached.');
  await notSafe();
  await server.restart();
  await backup.getByRole('navigation', { name: 'Main' }).first().waitFor();
  await isSafe('meanwhile.bin');
});

test('the server was put back to an older state: said, nothing is overwritten, and the newer state goes on', async () => {
  const [old, fresh] = [join(root, 'old'), join(root, 'fresh')];
  await server.stop();
  await cp(server.data, old, { recursive: true });
  await server.restart();
  await drop('before.bin');
  await isSafe('before.bin');

  await server.exchangeData(fresh, old);
  await drop('rolled back.bin');
  await says(backup, 'The server shows an older state than this device has already seen.');
  await says(backup, /Nothing was overwritten/);
  await notSafe();

  await server.exchangeData(old, fresh);
  await tryNow();
  await isSafe('rolled back.bin');
});

test('another server at the same address: said, nothing is sent to it, and the true one goes on', async () => {
  await server.stop();
  const ports = { HOLDFAST_PORT: new URL(server.app).port, HOLDFAST_SHARE_PORT: new URL(server.share).port };
  const stranger = await TestServer.start({ env: ports });
  try {
    await drop('stranger.bin');
    await says(backup, 'The server at this address is not the one you signed in to.');
    await says(backup, /Nothing was sent to it/);
    await notSafe();
    const packs = await readdir(join(stranger.data, 'packs'), { recursive: true, withFileTypes: true });
    assert.deepEqual(
      packs.filter((entry) => entry.isFile()),
      [],
    );
  } finally {
    await stranger.dispose();
  }
  await server.restart();
  await tryNow();
  await isSafe('stranger.bin');
});

test('the page is closed while it looks through a dropped folder: said until it is dropped again, and then all of it is there', async () => {
  await backup.evaluate(() => {
    const { webkitGetAsEntry } = DataTransferItem.prototype;
    const neverRead = { createReader: () => ({ readEntries: () => undefined }) };
    DataTransferItem.prototype.webkitGetAsEntry = function () {
      return Object.assign(webkitGetAsEntry.call(this) as FileSystemEntry, neverRead);
    };
  });
  await drop(ALBUM);
  await inVault(PICTURES[0] as string);
  await says(backup, 'Looking through your folder');
  await notSafe();
  await backup.close();
  backup = await rig.openExtension('page.html');
  await person.goTo(backup, 'Backup');
  await says(backup, 'Drop “album” once more');
  await says(backup, 'Some files may be missing');
  const popup = await rig.openExtension('popup.html');
  await says(popup, 'Some files may be missing');
  await popup.close();
  await drop(ALBUM);
  for (const name of PICTURES) await inVault(name);
  await says(backup, /^Everything is safe/);
  assert.equal(await backup.getByText('Drop “album” once more').count(), 0);
  assert.deepEqual(
    PICTURES.map((name) => versionCounts(reader).get(name)),
    PICTURES.map(() => 1),
  );
});

test('the disk of the server is full: said, what is there still restores, and with room it completes', async () => {
  const used = Number(execFileSync('du', ['-sm', disk], { encoding: 'utf8' }).split('\t')[0]);
  execFileSync('mount', ['-o', `remount,size=${used + 8}m`, disk]);
  await drop('too much.bin');
  await says(backup, 'The server has no space left.');
  await notSafe();
  await person.restoreRow(web, 'ledger');
  await rm(await rig.downloaded('ledger.bin'));
  execFileSync('mount', ['-o', 'remount,size=200m', disk]);
  await tryNow();
  await isSafe('too much.bin');
});

for (const name of ['lane', 'engine'] as const) {
  test(`a worker of the kind “${name}” ends without a word: that is noticed, and the backup goes on by itself`, async () => {
    await drop(`${name}.bin`);
    const isAt = async (): Promise<boolean> => (await locksIn(backup)).some((lock) => lock.startsWith(`${name} `));
    await until('the worker to be at work', isAt);
    assert.ok(await rig.endWorker(name));
    await isSafe(`${name}.bin`);
  });
}

test('the extension was signed out from elsewhere: said, and after signing in the queue goes on', async () => {
  await person.goTo(web, 'Account');
  await web.getByRole('button', { name: /^Sign out Chrome on Linux \(extension\)/ }).click();
  await says(web, 'That device is signed out');
  await drop('signed out.bin');
  await says(backup, 'You were signed out.');
  await says(backup, /Sign in again to go on/);
  await person.signIn(backup, ada);
  await person.goTo(backup, 'Backup');
  await isSafe('signed out.bin');
});

test('after all of it every file is there once, and comes back as it was', async () => {
  const names = [...Object.keys(FILES), ...PICTURES];
  const given = await Promise.all(names.map(async (name) => [name, await hashFile(pathOf(name))] as const));
  assert.deepEqual(await restoreEverything(reader), new Map(given));
});

test('who signs out while the server is away is told which server that is, and can go to another', async () => {
  await backup.close();
  await server.stop();
  backup = await rig.openExtension('page.html');
  await backup.getByRole('button', { name: 'Sign out' }).click();
  await says(backup, `Server: ${server.app}`);
  await says(backup, 'The server cannot be reached.');
  const other = await TestServer.start();
  try {
    await person.chooseServer(backup, other.app);
  } finally {
    await other.dispose();
  }
});
