/**
 * The server is killed twenty times while a folder is backed up. What it acknowledged stays, what it did not comes again,
 * nothing is there twice, and nobody has to press anything.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { at } from '../../.ci/project.ts';
import { ChromiumRig } from '../support/browser/index.ts';
import { hashTree, writeCorpus, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { pause } from '../support/waiting.ts';
import { grantedExtension } from './support/granted-extension.ts';
import * as person from './support/journey.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';

const DEATHS = 20;
const LARGE = 34 * 1_048_576;

let root: string;
let folder: string;
let server: TestServer;
let rig: ChromiumRig;
let page: Page;
let ada: person.Person;

before(async () => {
  root = await temporaryFolder('death');
  folder = join(root, 'everything');
  await mkdir(folder);
  await writeCorpus(folder, { forBrowser: true, files: 220 });
  for (const name of ['film', 'tape', 'disk']) await writePseudoRandom(join(folder, `${name}.bin`), LARGE, name);
  server = await TestServer.start();
  rig = await ChromiumRig.launch({ extension: await grantedExtension(join(root, 'extension')), granted: [folder] });
  page = await rig.openExtension('page.html');
  await person.chooseServer(page, server.app);
  ada = await person.signUp(page, 'Ada of the many deaths');
});

after(async () => {
  await rig?.close();
  await server?.dispose();
  await removeFolder(root);
});

test('the backup finishes by itself although the server dies twenty times', async () => {
  await person.goTo(page, 'Backup');
  await rig.drop(page, 'section.drop', [folder]);
  for (let deaths = 0; deaths < DEATHS; deaths++) {
    await pause(200 + Math.random() * 1_300);
    await server.kill();
    await server.restart();
  }
  await page
    .getByText(/^Everything is safe/)
    .first()
    .waitFor({ timeout: 180_000 });
});

test('every file is in the vault once, and comes back byte for byte', async () => {
  const session = await readVault(server.app, ada);
  const given = [...(await hashTree(folder))].map(([path, file]) => [`everything/${path}`, file.sha256] as const);
  assert.ok(given.length > 200);
  assert.deepEqual(versionCounts(session), new Map(given.map(([path]) => [path, 1])));
  assert.deepEqual(await restoreEverything(session), new Map(given));
});

test('the server finds every pack whole', async () => {
  await server.stop();
  const env = { ...process.env, HOLDFAST_DATA: server.data };
  const { status, stdout } = spawnSync(process.execPath, [at('server/check.ts')], { env, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
  assert.match(stdout, / 0 missing, 0 damaged/);
});
