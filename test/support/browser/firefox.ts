/** A real Firefox for tests, with the built extension installed for the session, driven through WebDriver BiDi. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { at } from '../../../.ci/project.ts';
import { firefoxPath } from '../../../.ci/setup.ts';
import { removeFolder, temporaryFolder } from '../folders.ts';
import { until, within } from '../waiting.ts';
import { BidiConnection } from './bidi.ts';
import { firefoxPreferences } from './firefox-profile.ts';
import { FirefoxTab, type Target } from './firefox-tab.ts';
import type { LoggedRequest } from './net-log.ts';
import { type Outside, startOutside } from './outside.ts';

export interface FirefoxOptions {
  /** Unpacked extension; dist/firefox by default, null for a browser without one. */
  readonly extension?: string | null;
  /** Profile folder to go on with; a fresh temporary one by default, removed by `close`. */
  readonly profile?: string;
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
  /** False when requests are not looked at: to show them, Firefox reads every body that is sent once more. */
  readonly netLog?: boolean;
}

interface Launched {
  readonly process: ChildProcess;
  readonly bidi: BidiConnection;
  readonly profile: string;
  readonly owns: boolean;
  readonly addonId: string;
  readonly uuid: string;
  readonly outside: Outside;
}

/** What Firefox asks for itself; no page and no extension stands behind it. */
const BROWSER_OWN = /\.(?:mozilla\.(?:com|net|org)|firefox\.com)$/;

export class FirefoxRig {
  readonly profile: string;
  /** Downloads land here under their own names. */
  readonly downloads: string;
  readonly #parts: Launched;
  readonly #requests: LoggedRequest[] = [];

  private constructor(parts: Launched) {
    this.#parts = parts;
    this.profile = parts.profile;
    this.downloads = join(parts.profile, 'downloads');
  }

  static async launch(options: FirefoxOptions = {}): Promise<FirefoxRig> {
    const extension = options.extension === undefined ? at('dist/firefox') : options.extension;
    const profile = options.profile ?? (await temporaryFolder('firefox'));
    const addonId = extension === null ? '' : await geckoId(extension);
    const uuid = await stableUuid(profile);
    await mkdir(join(profile, 'downloads'), { recursive: true });
    const outside = await startOutside();
    const preferences = firefoxPreferences({ downloads: join(profile, 'downloads'), uuids: { [addonId]: uuid } });
    const all = Object.entries({ ...preferences, ...outside.preferences, ...options.preferences });
    const lines = all.map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
    await writeFile(join(profile, 'user.js'), lines.join('\n'));

    const { process, address } = await start(profile);
    const bidi = await BidiConnection.connect(`${address}/session`);
    await bidi.send('session.new', { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
    const rig = new FirefoxRig({ process, bidi, profile, owns: options.profile === undefined, addonId, uuid, outside });
    if (options.netLog !== false) await rig.#listen();
    if (extension !== null) {
      await bidi.send('webExtension.install', { extensionData: { type: 'path', path: extension } });
    }
    return rig;
  }

  async open(url: string): Promise<FirefoxTab> {
    const { context } = await this.#parts.bidi.send<{ context: string }>('browsingContext.create', { type: 'tab' });
    const tab = new FirefoxTab(this.#parts.bidi, context);
    await tab.goto(url);
    return tab;
  }

  /** A page of the extension as a tab: 'popup.html', 'page.html#files'. */
  async openExtension(path: string): Promise<FirefoxTab> {
    return this.open(`moz-extension://${this.#parts.uuid}/${path}`);
  }

  /** Ends the extension's background page as Firefox does when it is idle. Answers its state afterwards. */
  async killBackground(): Promise<string> {
    const chrome = await this.#chrome();
    return chrome.evaluate<string>(
      `async (id) => {
        const { extension } = WebExtensionPolicy.getByID(id);
        await extension.terminateBackground();
        return extension.backgroundState;
      }`,
      this.#parts.addonId,
    );
  }

  /** Switches the extension off and on again, as a person may; its pages are closed by that. */
  async switchOffAndOn(): Promise<void> {
    const chrome = await this.#chrome();
    await chrome.evaluate(
      `async (id) => {
        const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
        const addon = await AddonManager.getAddonByID(id);
        await addon.disable();
        await addon.enable();
      }`,
      this.#parts.addonId,
    );
  }

  /** Opens the browser's menu on an element and chooses the entry of this name in it. */
  async chooseInMenu(tab: FirefoxTab, target: Target, entry: string): Promise<void> {
    await tab.rightClick(target);
    const chrome = await this.#chrome();
    const choose = `(entry) => {
      const menu = document.getElementById('contentAreaContextMenu');
      const item = menu.state === 'open' && [...menu.querySelectorAll('menuitem')].find(({ label }) => label === entry);
      if (item) menu.activateItem(item);
      return Boolean(item);
    }`;
    await until(`“${entry}” in the menu`, () => chrome.evaluate<boolean>(choose, entry));
  }

  /** Requests of tabs and their workers since launch. */
  requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  /** Hosts other than this machine that anything in the browser asked for, background pages and workers included. */
  strays(): readonly string[] {
    return this.#parts.outside.asked.filter((host) => !BROWSER_OWN.test(host));
  }

  /** Errors that nobody caught, and what a content security policy refused, in any page or worker since launch. */
  async errors(): Promise<readonly string[]> {
    const chrome = await this.#chrome();
    return chrome.evaluate<string[]>(`() => Services.console
      .getMessageArray()
      .filter((message) => message instanceof Ci.nsIScriptError && !(message.flags & Ci.nsIScriptError.warningFlag))
      .filter(({ sourceName }) => /^(moz-extension|https?):/.test(sourceName))
      .map(({ errorMessage, sourceName }) => errorMessage + ' in ' + sourceName)`);
  }

  /** Closes in good order. A profile that was given stays. */
  async close(): Promise<void> {
    const { process, bidi, outside } = this.#parts;
    const ended = new Promise<void>((resolve) => process.once('exit', () => resolve()));
    if (process.exitCode === null && process.signalCode === null) {
      await within(
        3000,
        bidi.send('browser.close').catch(() => undefined),
      );
      const gone = await within(
        5000,
        ended.then(() => true),
      );
      if (gone === null) process.kill('SIGKILL');
      await ended;
    }
    bidi.close();
    outside.close();
    if (this.#parts.owns) await removeFolder(this.profile);
  }

  /** SIGKILL, as a power cut would. The profile stays. */
  async kill(): Promise<void> {
    const ended = new Promise((resolve) => this.#parts.process.once('exit', resolve));
    this.#parts.process.kill('SIGKILL');
    await ended;
    this.#parts.outside.close();
  }

  async #listen(): Promise<void> {
    const { bidi } = this.#parts;
    bidi.onEvent((method, params) => {
      if (method !== 'network.beforeRequestSent') return;
      const { request } = params as { request: { method: string; url: string } };
      this.#requests.push({ method: request.method, url: request.url, initiator: null });
    });
    await bidi.send('session.subscribe', { events: ['network.beforeRequestSent'] });
  }

  /** The browser's own window, from where everything can be seen. */
  async #chrome(): Promise<FirefoxTab> {
    const { bidi } = this.#parts;
    const tree = await bidi.send<{ contexts: { context: string }[] }>('browsingContext.getTree', {
      'moz:scope': 'chrome',
    });
    return new FirefoxTab(bidi, tree.contexts[0]?.context ?? '');
  }
}

async function start(profile: string): Promise<{ process: ChildProcess; address: string }> {
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port=0'];
  const child = spawn(firefoxPath() ?? 'firefox', [...args, '-remote-allow-system-access', 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' },
  });
  let said = '';
  const address = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`Firefox ended with ${code}\n${said}`)));
  });
  return { process: child, address };
}

async function geckoId(extension: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(extension, 'manifest.json'), 'utf8')) as {
    browser_specific_settings?: { gecko?: { id?: string } };
  };
  const id = manifest.browser_specific_settings?.gecko?.id;
  if (id === undefined) throw new Error(`${extension} has no gecko id in its manifest`);
  return id;
}

/** The extension's address inside the browser, the same for every launch on a profile, so that its storage stays. */
async function stableUuid(profile: string): Promise<string> {
  const path = join(profile, 'extension-uuid');
  const kept = await readFile(path, 'utf8').catch(() => null);
  const uuid = kept ?? randomUUID();
  if (kept === null) await writeFile(path, uuid);
  return uuid;
}
