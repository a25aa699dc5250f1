/**
 * Ours as a person has it: the built extension in a real Chromium, signed in to the real server, which runs in a process of
 * its own with every sync on. What is measured begins with a drop or a click and ends when the screen says so.
 */
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import * as person from '../../e2e/support/journey.ts';
import { readVault, restoreEverything } from '../../e2e/support/reader.ts';
import { ChromiumRig, withoutPickers } from '../../support/browser/index.ts';
import { TestServer } from '../../support/server.ts';
import { pause } from '../../support/waiting.ts';
import { type Corpus, digestOf } from './corpora.ts';
import { costs, type Spent, spent } from './processes.ts';
import { bytesUnder } from './restic.ts';

export interface Took extends Spent {
  readonly seconds: number;
}

const LIMIT = 900_000;
const SETTLE = 1_000;

/** A server with one account, and its person's browser with the extension. */
export class Holdfast {
  readonly server: TestServer;
  readonly rig: ChromiumRig;
  readonly page: Page;
  readonly owner: person.Person;

  private constructor(parts: { server: TestServer; rig: ChromiumRig; page: Page; owner: person.Person }) {
    this.server = parts.server;
    this.rig = parts.rig;
    this.page = parts.page;
    this.owner = parts.owner;
  }

  /** A fresh server, profile, account and vault; `granted` are the files and folders that will be dropped. */
  static async start(granted: readonly string[]): Promise<Holdfast> {
    // as `npm start` runs it: no line for each request
    const server = await TestServer.start({ env: { HOLDFAST_LOG_LEVEL: 'warn' } });
    const rig = await ChromiumRig.launch({ granted, netLog: false });
    const page = await rig.openExtension('page.html');
    await person.chooseServer(page, server.app);
    const owner = await person.signUp(page, 'Ada of the stopwatch');
    await person.goTo(page, 'Backup');
    return new Holdfast({ server, rig, page, owner });
  }

  /** From the drop of the real file or folder until the screen says that everything is safe. */
  backup({ path }: Corpus): Promise<Took> {
    return timed(async () => {
      await this.rig.drop(this.page, 'section.drop', [path]);
      await everythingSafe(this.page);
    });
  }

  /** What the vault gives back to another device. */
  async digest(): Promise<string> {
    return digestOf(await restoreEverything(await readVault(this.server.app, this.owner)));
  }

  /** Bytes of the packs on the server's disk. */
  stored(): Promise<number> {
    return bytesUnder(join(this.server.data, 'packs'));
  }

  /**
   * In a fresh browser, signed in to the web app: from the click on a row's Restore until the download is whole and the
   * screen says that it is verified. `saved` is what lands in the downloads, `check` looks at it when the time is taken.
   */
  async restore(
    row: string,
    saved: string,
    check: (path: string) => Promise<string>,
  ): Promise<Took & { digest: string }> {
    const rig = await ChromiumRig.launch({ extension: null, netLog: false });
    try {
      await withoutPickers(rig.context);
      const page = await rig.open(this.server.app);
      await person.signIn(page, this.owner);
      await person.goTo(page, 'Files');
      await person.selectRow(page, row);
      const took = await timed(async () => {
        await page
          .locator('.details')
          .getByRole('button', { name: /^Restore( as ZIP)?$/ })
          .click();
        await page.getByText('every byte is what you backed up').last().waitFor({ timeout: LIMIT });
        await rig.downloaded(saved);
      });
      return { ...took, digest: await check(join(rig.downloads, saved)) };
    } finally {
      await rig.close();
    }
  }

  async close(): Promise<void> {
    await this.rig.close();
    await this.server.dispose();
  }
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

/** Asks ten times a second what the screen says, which costs nothing that could be measured. */
async function everythingSafe(page: Page): Promise<void> {
  await page
    .waitForFunction(() => document.querySelector('.truth')?.textContent?.includes('Everything is safe'), undefined, {
      polling: 100,
      timeout: LIMIT,
    })
    .catch(async (cause: Error) => {
      throw new Error(`not safe: ${await page.locator('.truth').innerText()}`, { cause });
    });
}
