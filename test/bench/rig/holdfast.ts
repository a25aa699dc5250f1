/**
 * Ours as a person has it: the built extension in a real Chromium, signed in to the real server, which runs in a process of
 * its own with every sync on. What is measured begins with a drop or a click and ends when the screen says so.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Page } from 'playwright-core';
import * as person from '../../e2e/support/journey.ts';
import { ChromiumRig, pickByDrop, standInForPicker } from '../../support/browser/index.ts';
import { hashFile } from '../../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../../support/folders.ts';
import { TestServer } from '../../support/server.ts';
import { unzip } from '../../support/unzip.ts';
import { pause } from '../../support/waiting.ts';
import { type Corpus, digestOf, digestOfFolder } from './corpora.ts';
import type { LongRoad } from './long-road.ts';
import { costs, type Spent, spent } from './processes.ts';
import { bytesUnder } from './restic.ts';

export interface Took extends Spent {
  readonly seconds: number;
}

export interface Restored extends Took {
  readonly digest: string;
}

/** A rest for what hangs, not a bound for what is slow. */
const LIMIT = 3_600_000;
const SETTLE = 1_000;
/** How often the screen is asked, in milliseconds. */
const ASK_EVERY = 100;

/** A server with one account, and its person's browser with the extension. */
export class Holdfast {
  readonly server: TestServer;
  readonly owner: person.Person;
  rig: ChromiumRig;
  page: Page;
  readonly #granted: readonly string[];
  readonly #road: LongRoad | null;

  private constructor(parts: Opened & Started) {
    this.server = parts.server;
    this.owner = parts.owner;
    this.rig = parts.rig;
    this.page = parts.page;
    this.#granted = parts.granted;
    this.#road = parts.road;
  }

  /**
   * A fresh server, profile, account and vault; `granted` are the files and folders that will be dropped, `by` the road that
   * leads the extension to the server.
   */
  static async start(
    granted: readonly string[],
    env: Readonly<Record<string, string>> = {},
    by: ((server: string) => Promise<LongRoad>) | null = null,
  ): Promise<Holdfast> {
    // as `npm start` runs it: no line for each request
    const server = await TestServer.start({ env: { HOLDFAST_LOG_LEVEL: 'warn', ...env } });
    const { rig, page } = await openBrowser(await temporaryFolder('profile'), granted);
    const road = (await by?.(server.app)) ?? null;
    await person.chooseServer(page, road?.url ?? server.app);
    const owner = await person.signUp(page, 'Ada of the stopwatch');
    await person.goTo(page, 'Backup');
    return new Holdfast({ server, owner, rig, page, granted, road });
  }

  /** From the drop of the real file or folder until the screen says that everything is safe. */
  async backup(corpus: Corpus): Promise<Took> {
    await person.goTo(this.page, 'Backup');
    return timed(async () => {
      await this.drop(corpus);
      await this.safe();
    });
  }

  /** On the Backup screen. What was safe before does not count: the screen has to say something else first. */
  async drop({ path }: Corpus): Promise<void> {
    await this.page.evaluate(() => {
      const { dataset } = document.documentElement;
      const look = () => {
        if (document.querySelector('.truth')?.textContent?.includes('Everything is safe')) return;
        delete dataset.before;
        observer.disconnect();
      };
      const observer = new MutationObserver(look);
      dataset.before = 'yes';
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      look();
    });
    await this.rig.drop(this.page, 'section.drop', [path]);
  }

  /** Asks ten times a second what the screen says, which costs nothing that could be measured. */
  async safe(): Promise<void> {
    const isSafe = () =>
      document.documentElement.dataset.before === undefined &&
      document.querySelector('.truth')?.textContent?.includes('Everything is safe');
    await this.page
      .waitForFunction(isSafe, undefined, { polling: ASK_EVERY, timeout: LIMIT })
      .catch(async (cause: Error) => {
        throw new Error(`not safe: ${await this.page.locator('.truth').innerText()}`, { cause });
      });
  }

  async killTab(): Promise<void> {
    await this.page.close();
    this.page = await this.rig.openExtension('page.html');
    await person.goTo(this.page, 'Backup');
  }

  /** As a power cut would, and opens it again on the profile it left. */
  async killBrowser(): Promise<void> {
    await this.rig.kill();
    Object.assign(this, await openBrowser(this.rig.profile, this.#granted));
    await person.goTo(this.page, 'Backup');
  }

  /** Bytes of the packs on the server's disk. */
  stored(): Promise<number> {
    return bytesUnder(join(this.server.data, 'packs'));
  }

  /**
   * In a fresh browser, signed in to the web app: from the click on Restore until the download is whole and the screen
   * says that it is verified. The digest of what was saved is taken after that.
   */
  restore(corpus: Corpus): Promise<Restored> {
    return this.#elsewhere(corpus, [], async (rig, page) => {
      let saved = '';
      const took = await timed(async () => {
        saved = await restoreSelected(rig, page, corpus);
      });
      return { ...took, digest: await digestOfSaved(saved) };
    });
  }

  /** The same with the files themselves written into an empty folder that the person picks. */
  restoreInto(corpus: Corpus, folder: string): Promise<Restored> {
    return this.#elsewhere(corpus, [folder], async (rig, page) => {
      await pickByDrop(rig, page, folder);
      const took = await timed(async () => {
        await page.getByRole('button', { name: 'Restore to folder…' }).click();
        await shows(page, 'restored and verified');
      });
      return { ...took, digest: await digestOfFolder(folder) };
    });
  }

  /** As a download in the browser that made the backup, by the extension's page. */
  async restoreHere(corpus: Corpus): Promise<Restored> {
    await selectIn(this.page, corpus);
    let saved = '';
    const took = await timed(async () => {
      saved = await restoreSelected(this.rig, this.page, corpus);
    });
    await this.page.getByRole('button', { name: 'Clear finished' }).click();
    return { ...took, digest: await digestOfSaved(saved) };
  }

  /** In a fresh browser, on the Files screen of the web app with the corpus selected. */
  async #elsewhere<T>(
    corpus: Corpus,
    granted: readonly string[],
    work: (rig: ChromiumRig, page: Page) => Promise<T>,
  ): Promise<T> {
    const rig = await ChromiumRig.launch({ extension: null, granted, grantedTo: this.server.app, netLog: false });
    try {
      await standInForPicker(rig.context);
      const page = await rig.open(this.server.app);
      await person.signIn(page, this.owner);
      await selectIn(page, corpus);
      return await work(rig, page);
    } finally {
      await rig.close();
    }
  }

  async close(): Promise<void> {
    await this.rig.close();
    await removeFolder(this.rig.profile);
    await this.#road?.close();
    await this.server.dispose();
  }
}

interface Started {
  readonly server: TestServer;
  readonly owner: person.Person;
  readonly granted: readonly string[];
  readonly road: LongRoad | null;
}

interface Opened {
  readonly rig: ChromiumRig;
  readonly page: Page;
}

async function openBrowser(profile: string, granted: readonly string[]): Promise<Opened> {
  const rig = await ChromiumRig.launch({ profile, granted, netLog: false });
  return { rig, page: await rig.openExtension('page.html') };
}

/** Runs it after a moment of quiet, and says what it took. */
async function timed(work: () => Promise<void>): Promise<Took> {
  await pause(SETTLE);
  const before = await costs();
  const started = performance.now();
  await work();
  const seconds = (performance.now() - started) / 1000;
  return { seconds, ...spent(before, await costs()) };
}

const restoreButton = (page: Page, { files }: Corpus) =>
  page.getByRole('button', { name: files > 1 ? 'Restore as ZIP' : 'Restore', exact: true });

/** A click on a row opens a folder and selects a file; after it there is a button that restores. */
export async function selectIn(page: Page, corpus: Corpus): Promise<void> {
  await person.goTo(page, 'Files');
  await page
    .getByRole('row', { name: basename(corpus.path, '.bin') })
    .first()
    .click();
  await restoreButton(page, corpus).waitFor();
}

/**
 * Answers the path of the download when it is whole and the screen says that it is verified. The screen is asked as it is
 * for a backup: a locator would soon look no more than twice a second.
 */
export async function restoreSelected(rig: ChromiumRig, page: Page, corpus: Corpus): Promise<string> {
  await restoreButton(page, corpus).click();
  await shows(page, 'every byte is what you backed up');
  return rig.downloaded(`${basename(corpus.path)}${corpus.files > 1 ? '.zip' : ''}`, LIMIT);
}

async function shows(page: Page, text: string): Promise<void> {
  const isThere = (wanted: string) => document.body.textContent.includes(wanted);
  await page.waitForFunction(isThere, text, { polling: ASK_EVERY, timeout: LIMIT });
}

export async function digestOfSaved(path: string): Promise<string> {
  if (!path.endsWith('.zip')) return digestOf(new Map([[basename(path), await hashFile(path)]]));
  const files = unzip(await readFile(path)).filter(({ folder }) => !folder);
  return digestOf(new Map(files.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')])));
}
