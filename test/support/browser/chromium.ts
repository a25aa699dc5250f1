/**
 * A real Chromium for tests, with the built extension loaded. It can be closed or killed and launched again on the same
 * profile. What a person would do with a mouse on native windows (pick, drop, allow) is prepared or sent through the
 * browser's own protocol.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BrowserContext, type CDPSession, chromium, type Page, type Worker } from 'playwright-core';
import { at } from '../../../.ci/project.ts';
import { chromiumPath } from '../../../.ci/setup.ts';
import { removeFolder, temporaryFolder } from '../folders.ts';
import { pause, until, within } from '../waiting.ts';
import { seedProfile } from './chromium-profile.ts';
import { endWorkerOf } from './end-worker.ts';
import { chromiumExtensionId } from './extension-id.ts';
import { type LoggedRequest, readNetLog } from './net-log.ts';
import { unwatchNetwork } from './unwatched.ts';

export interface ChromiumOptions {
  /** Unpacked extension; dist/chrome by default, null for a browser without one. */
  readonly extension?: string | null;
  /** Profile folder to go on with; a fresh temporary one by default, removed by `close`. */
  readonly profile?: string;
  /** Real files and folders that may be touched without asking, see `drop`, … */
  readonly granted?: readonly string[];
  /** … by this origin; by the extension where none is given. */
  readonly grantedTo?: string;
  /** More command line switches. */
  readonly args?: readonly string[];
  readonly viewport?: { width: number; height: number };
  /** Every request is noted, unless this is false because the time and memory it takes would be measured too. */
  readonly netLog?: boolean;
}

const VIEWPORT = { width: 1280, height: 860 };
const ARGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=OptimizationHints,MediaRouter,InterestFeedContentSuggestions,Translate',
  // whatever slips through goes nowhere, and is in the log
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
];

export class ChromiumRig {
  readonly context: BrowserContext;
  readonly profile: string;
  /** Downloads land here under their own names. */
  readonly downloads: string;
  /** Id of the extension; empty when launched without one. */
  readonly extensionId: string;
  readonly #browser: CDPSession;
  readonly #ownsProfile: boolean;
  readonly #watched: boolean;

  private constructor(parts: {
    context: BrowserContext;
    profile: string;
    id: string;
    browser: CDPSession;
    owns: boolean;
    watched: boolean;
  }) {
    this.context = parts.context;
    this.profile = parts.profile;
    this.downloads = join(parts.profile, 'downloads');
    this.extensionId = parts.id;
    this.#browser = parts.browser;
    this.#ownsProfile = parts.owns;
    this.#watched = parts.watched;
  }

  static async launch(options: ChromiumOptions = {}): Promise<ChromiumRig> {
    const extension = options.extension === undefined ? at('dist/chrome') : options.extension;
    const profile = options.profile ?? (await temporaryFolder('chromium'));
    const id = extension === null ? '' : await chromiumExtensionId(extension);
    await seedProfile(profile, {
      downloads: join(profile, 'downloads'),
      origin: options.grantedTo ?? (id === '' ? null : `chrome-extension://${id}/`),
      granted: options.granted ?? [],
    });
    const watched = options.netLog !== false;
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumPath() ?? 'chromium',
      headless: true,
      chromiumSandbox: process.getuid?.() !== 0,
      viewport: options.viewport ?? VIEWPORT,
      acceptDownloads: true,
      // without it shared memory lies on the disk, and every answer and stream waits for that
      ignoreDefaultArgs: ['--disable-extensions', '--disable-dev-shm-usage'],
      args: [
        '--headless=new',
        ...ARGS,
        ...(watched ? [`--log-net-log=${await nextNetLog(profile)}`] : []),
        ...(extension === null ? [] : [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`]),
        ...(options.args ?? []),
      ],
    });
    const browser = await context.browser()?.newBrowserCDPSession();
    if (!browser) throw new Error('Chromium gives no session of its own');
    await browser.send('Browser.setDownloadBehavior', { behavior: 'default' });
    return new ChromiumRig({ context, profile, id, browser, owns: options.profile === undefined, watched });
  }

  /** A new tab at `url`. */
  async open(url: string): Promise<Page> {
    const page = await this.context.newPage();
    if (!this.#watched) await unwatchNetwork(page);
    await page.goto(url);
    return page;
  }

  /** A page of the extension as a tab: 'popup.html', 'page.html#files'. */
  async openExtension(path: string): Promise<Page> {
    return this.open(`chrome-extension://${this.extensionId}/${path}`);
  }

  /** The extension's service worker that is alive now; handles kept from before a kill never answer again. */
  async serviceWorker(): Promise<Worker> {
    return until('a live service worker', async () => {
      for (const worker of this.#extensionWorkers()) {
        const alive = await within(
          500,
          worker.evaluate(() => true).catch(() => false),
        );
        if (alive) return worker;
      }
      return null;
    });
  }

  /** Ends the extension's service worker as the browser does when it is idle. Answers whether one was running. */
  async killServiceWorker(): Promise<boolean> {
    return this.#closeTargets((type, url) => type === 'service_worker' && url.startsWith(this.#origin));
  }

  /** Ends the offscreen document, and the workers it owns. Answers whether one was open. */
  async killOffscreen(path = 'offscreen.html'): Promise<boolean> {
    return this.#closeTargets((_type, url) => url.startsWith(`${this.#origin}${path}`));
  }

  /**
   * Ends a worker of the offscreen document whose name begins with this, from within and without a word to whoever owns it.
   * Answers whether there was one.
   */
  async endWorker(name: string): Promise<boolean> {
    const owner = (await this.targets()).find(({ url }) => url.startsWith(`${this.#origin}offscreen.html`));
    return owner !== undefined && endWorkerOf(this.#browser, owner.targetId, name);
  }

  /** What lives in the browser: type and address of every page, worker and extension context. */
  async targets(): Promise<{ type: string; url: string; targetId: string }[]> {
    const { targetInfos } = await this.#browser.send('Target.getTargets');
    return targetInfos;
  }

  /** Drops real files and folders on an element, as from a file manager. Name them in `granted` to have them stay readable. */
  async drop(page: Page, selector: string, paths: readonly string[]): Promise<void> {
    await page.bringToFront();
    const box = await page.locator(selector).boundingBox();
    if (box === null) throw new Error(`nothing to drop on: ${selector}`);
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const session = await this.context.newCDPSession(page);
    for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
      await session.send('Input.dispatchDragEvent', {
        type,
        x,
        y,
        data: { items: [], files: [...paths], dragOperationsMask: 1 },
      });
    }
    await session.detach();
  }

  /** Path of a finished download. */
  async downloaded(name: string, ms = 60_000): Promise<string> {
    await until(
      `the download ${name}`,
      async () => {
        const names = await readdir(this.downloads);
        return names.includes(name) && !names.some((other) => other.endsWith('.crdownload'));
      },
      ms,
    );
    return join(this.downloads, name);
  }

  /** Every request made on this profile, over all launches; complete only when it is closed. */
  async requests(): Promise<LoggedRequest[]> {
    const folder = join(this.profile, 'net-log');
    const names = (await readdir(folder).catch(() => [])).sort();
    return (await Promise.all(names.map((name) => readNetLog(join(folder, name))))).flat();
  }

  /** Closes in good order and answers every request ever made on the profile. A profile that was given stays. */
  async close(): Promise<LoggedRequest[]> {
    await this.context.close();
    const requests = await this.requests();
    if (this.#ownsProfile) await removeFolder(this.profile);
    return requests;
  }

  /** SIGKILL to the whole browser, as a power cut would. The profile stays. */
  async kill(): Promise<void> {
    const closed = new Promise((resolve) => this.context.once('close', resolve));
    const { processInfo } = await this.#browser.send('SystemInfo.getProcessInfo');
    const main = processInfo.find(({ type }) => type === 'browser');
    if (!main) throw new Error('Chromium does not tell its process');
    process.kill(main.id, 'SIGKILL');
    await closed;
    await forgetLock(this.profile);
  }

  get #origin(): string {
    return `chrome-extension://${this.extensionId}/`;
  }

  #extensionWorkers(): Worker[] {
    return this.context.serviceWorkers().filter((worker) => worker.url().startsWith(this.#origin));
  }

  async #closeTargets(match: (type: string, url: string) => boolean): Promise<boolean> {
    const matching = (await this.targets()).filter(({ type, url }) => match(type, url));
    await until('the killed targets to be gone', async () => {
      const left = new Set((await this.targets()).map(({ targetId }) => targetId));
      const alive = matching.filter(({ targetId }) => left.has(targetId));
      // Asked again: a worker that is just starting does not hear it.
      for (const { targetId } of alive)
        await this.#browser.send('Target.closeTarget', { targetId }).catch(() => undefined);
      return alive.length === 0;
    });
    return matching.length > 0;
  }
}

/** One log per launch, numbered. */
async function nextNetLog(profile: string): Promise<string> {
  const folder = join(profile, 'net-log');
  await mkdir(folder, { recursive: true });
  return join(folder, `${String((await readdir(folder)).length).padStart(4, '0')}.json`);
}

/** A killed browser leaves its lock; the next launch waits until the dead process is gone from it. */
async function forgetLock(profile: string): Promise<void> {
  for (const name of ['SingletonLock', 'SingletonSocket', 'SingletonCookie']) await removeFolder(join(profile, name));
  await pause(100);
}
