/**
 * A mixed queue is drained while its engine, the workers of that, the service worker, the browser and the server are
 * killed at random. New files come as old ones are done, so that every death meets work. At the end everything is
 * proven, is in the vault exactly once, and comes back byte for byte. HOLDFAST_KILLS says how many deaths, HOLDFAST_KILLS_SEED which.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { at } from '../../.ci/project.ts';
import { ChromiumRig } from '../support/browser/index.ts';
import { hashFile, hashTree, writeCorpus, writePseudoRandom } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { pseudoRandom } from '../support/pseudo-random.ts';
import { TestServer } from '../support/server.ts';
import { pause, until } from '../support/waiting.ts';
import { grantedExtension } from './support/granted-extension.ts';
import * as person from './support/journey.ts';
import { type QueueNow, readQueue, release } from './support/queue.ts';
import { readVault, restoreEverything, versionCounts } from './support/reader.ts';

const MIB = 1_048_576;
const KILLS = Number(process.env.HOLDFAST_KILLS ?? 24);
const SEED = process.env.HOLDFAST_KILLS_SEED ?? String(Date.now());
/** Fewer files than this to come, and more are given. */
const ENOUGH = 40;

/** Between two deaths: mostly short, so that they meet beginnings, at times long enough to get somewhere. */
const SHORTEST_MS = 50;
const LONGEST_MS = 5_000;

let root: string;
let server: TestServer;
let extension: string;
let rig: ChromiumRig;
let page: Page;
let ada: person.Person;
/** Everything given to the queue: dropped folders and files. */
const given: string[] = [];
let draws = 0;

/** The next random number, 0 ≤ n < 1: the same ones for the same seed. */
function random(): number {
  const bytes = pseudoRandom(`${SEED} ${draws++}`, 4);
  return new DataView(bytes.buffer).getUint32(0) / 2 ** 32;
}

const between = (low: number, high: number): number => Math.floor(low + random() * (high - low));

before(async () => {
  root = await temporaryFolder('kills');
  extension = await grantedExtension(join(root, 'extension'));
  const folder = join(root, 'everything');
  await mkdir(folder);
  await writeCorpus(folder, { forBrowser: true, files: 300 });
  const film = join(root, 'film.bin');
  await writePseudoRandom(film, 60 * MIB, `${SEED} film`);
  given.push(folder, film);
  server = await TestServer.start({ env: { HOLDFAST_LOG_LEVEL: 'warn' } });
  await openBrowser();
  await person.chooseServer(page, server.app);
  ada = await person.signUp(page, 'Ada of the random deaths');
  await person.goTo(page, 'Backup');
});

after(async () => {
  await rig?.context.close().catch(() => undefined);
  await server?.dispose();
  await removeFolder(root);
});

async function openBrowser(): Promise<void> {
  rig = await ChromiumRig.launch({ extension, profile: join(root, 'profile'), granted: given, netLog: false });
  page = await rig.openExtension('page.html#backup');
}

/** Drops files and folders, and waits until the queue has them: what a death takes before that was never promised. */
async function give(paths: readonly string[]): Promise<void> {
  const names = new Set(paths.map((path) => basename(path)));
  await page.locator('section.drop').waitFor();
  await rig.drop(page, 'section.drop', paths);
  await until(
    `the queue to have ${[...names]}`,
    async () => {
      const queue = await readQueue(page);
      return queue.drops === 0 && queue.names.some((name) => names.has(name));
    },
    60_000,
  );
}

let batches = 0;

/** Some small files in a folder and two of 1 to 8 MiB, of random content but for one that is there already. */
async function giveMore(): Promise<void> {
  const number = batches++;
  const folder = join(root, `batch ${number}`);
  for (let i = 0; i < 24; i++) {
    await writePseudoRandom(join(folder, `${i % 4}`, `small ${i}.bin`), between(0, 60_000), `${SEED} ${number} ${i}`);
  }
  await writePseudoRandom(join(folder, 'twin.bin'), 300_000, `${SEED} twin`);
  const large = [0, 1].map((i) => join(root, `large ${number}-${i}.bin`));
  for (const path of large) await writePseudoRandom(path, between(MIB, 8 * MIB), `${SEED} ${path}`);
  const paths = [folder, ...large];
  given.push(...paths);
  await give(paths);
}

/** One more file; what is new has the engine started, and it goes on with everything that died with the one before. */
async function giveOne(): Promise<void> {
  const path = join(root, `one ${given.length}.bin`);
  await writePseudoRandom(path, between(1, 2 * MIB), path);
  given.push(path);
  await give([path]);
}

const KINDS: Readonly<Record<string, { weight: number; kill: () => Promise<unknown> }>> = {
  engine: { weight: 8, kill: () => rig.killOffscreen() },
  'engine worker': { weight: 2, kill: () => rig.endWorker('engine') },
  lane: { weight: 2, kill: () => rig.endWorker('lane') },
  'service worker': { weight: 5, kill: () => rig.killServiceWorker() },
  server: {
    weight: 5,
    kill: async () => {
      await server.kill();
      await pause(between(0, 300));
      await server.restart();
    },
  },
  browser: {
    weight: 2,
    kill: async () => {
      await rig.kill();
      await openBrowser();
    },
  },
};

const BAG = Object.entries(KINDS).flatMap(([name, { weight }]) => Array.from({ length: weight }, () => name));

/** Nobody waits for a road that is open again: as a person does with "Try now". */
async function tryNow(): Promise<QueueNow> {
  const queue = await readQueue(page);
  await release(page, queue.hold?.reason ?? 'offline');
  return queue;
}

async function isDone(): Promise<boolean> {
  const { open, walks } = await readQueue(page);
  return open + walks === 0;
}

test(`${KILLS} random deaths, seed ${SEED}`, async (t) => {
  const met = new Map<string, number>();
  let idle = 0;
  await give(given);
  for (let deaths = 0; deaths < KILLS; deaths++) {
    const { open, walks } = await tryNow();
    await (open + walks < ENOUGH ? giveMore() : giveOne());
    await pause(SHORTEST_MS * (LONGEST_MS / SHORTEST_MS) ** random());
    if (await isDone()) await giveMore();
    if (await isDone()) idle++;
    const kind = BAG[between(0, BAG.length)] as string;
    await KINDS[kind]?.kill();
    met.set(kind, (met.get(kind) ?? 0) + 1);
  }
  t.diagnostic(`${JSON.stringify(Object.fromEntries(met))}, ${idle} of them without work, ${batches} batches more`);
  await until(
    'everything to be proven',
    async () => {
      const { open, walks } = await tryNow();
      if (open + walks > 0) await pause(1_000);
      return open + walks === 0;
    },
    300_000,
  );
  await page
    .getByText(/^Everything is safe/)
    .first()
    .waitFor();
});

test('every job was committed exactly once, and every byte comes back', async (t) => {
  const expected = new Map<string, string>();
  for (const path of given) {
    const name = basename(path);
    if (name.endsWith('.bin')) expected.set(name, await hashFile(path));
    else for (const [inside, file] of await hashTree(path)) expected.set(`${name}/${inside}`, file.sha256);
  }
  t.diagnostic(`${expected.size} files`);
  const session = await readVault(server.app, ada);
  assert.deepEqual(versionCounts(session), new Map([...expected.keys()].map((path) => [path, 1])));
  assert.deepEqual(await restoreEverything(session), expected);
  assert.equal((await readQueue(page)).failed, 0);
});

test('the server finds every pack whole', async (t) => {
  await server.stop();
  const env = { ...process.env, HOLDFAST_DATA: server.data };
  const { status, stdout } = spawnSync(process.execPath, [at('server/check.ts')], { env, encoding: 'utf8' });
  t.diagnostic(stdout.trim().split('\n').at(-1) as string);
  assert.equal(status, 0, stdout);
  assert.match(stdout, / 0 missing, 0 damaged/);
});
