/** One tab of a Firefox under test: what a person does in it, and what can be read from it. */
import { until } from '../waiting.ts';
import { type BidiConnection, plain, type RemoteValue } from './bidi.ts';

interface Element {
  readonly sharedId: string;
}

/** A CSS selector, or what assistive technology is told. */
export type Target = string | { readonly role: string; readonly name: string };

type CallResult = { type: 'success'; result: RemoteValue } | { type: 'exception'; exceptionDetails: { text: string } };

/** How often a page looks by itself, in milliseconds. */
const LOOK_MS = 100;
/** The key's name in the WebDriver protocol. */
const CONTROL = '\uE009';
/** Buttons of a mouse in that protocol. */
/** Tries of one press. */
const PRESSES = 3;
const LEFT = 0;
const RIGHT = 2;

export class FirefoxTab {
  readonly context: string;
  readonly #bidi: BidiConnection;

  constructor(bidi: BidiConnection, context: string) {
    this.#bidi = bidi;
    this.context = context;
  }

  /** Resolves when the document is complete; extension pages send no load event, so the document itself is asked. */
  async goto(url: string): Promise<void> {
    await this.#bidi.send('browsingContext.navigate', { context: this.context, url, wait: 'none' });
    await until(`${url} to load`, () =>
      this.evaluate<boolean>('(url) => location.href === url && document.readyState === "complete"', new URL(url).href),
    );
  }

  /** Calls the source of a function in the page; arguments and answer travel as JSON-like values. */
  async evaluate<T>(source: string, ...args: readonly unknown[]): Promise<T> {
    const answer = await this.#bidi.send<CallResult>('script.callFunction', {
      functionDeclaration: `(...args) => (${source})(...args.map((arg) => JSON.parse(arg)))`,
      arguments: args.map((arg) => ({ type: 'string', value: JSON.stringify(arg) })),
      awaitPromise: true,
      target: { context: this.context },
      userActivation: true,
    });
    if (answer.type === 'exception') throw new Error(`in the page: ${answer.exceptionDetails.text}`);
    return plain(answer.result) as T;
  }

  /** Visible text of the first match; null when there is none. */
  async text(selector: string): Promise<string | null> {
    return this.evaluate('(s) => document.querySelector(s)?.innerText ?? null', selector);
  }

  async waitForText(selector: string, wanted: string | RegExp, ms?: number): Promise<string> {
    const fits = (text: string): boolean => (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text));
    return until(
      `${wanted} in ${selector}`,
      async () => {
        const text = await this.text(selector);
        return text !== null && fits(text) ? text : null;
      },
      ms,
    );
  }

  /** The same for a plain text, waited for within the page: each question from outside is garbage in two processes. */
  async waitQuietly(selector: string, wanted: string, ms: number): Promise<void> {
    const look = `(selector, wanted, ms) => new Promise((resolve) => {
      const end = performance.now() + ms;
      const timer = setInterval(() => {
        const isThere = document.querySelector(selector)?.textContent.includes(wanted) ?? false;
        if (!isThere && performance.now() < end) return;
        clearInterval(timer);
        resolve(isThere);
      }, ${LOOK_MS});
    })`;
    if (!(await this.evaluate<boolean>(look, selector, wanted, ms)))
      throw new Error(`waited ${ms} ms in vain for ${wanted} in ${selector}`);
  }

  /** A real click in the middle of the element, scrolled into view first. */
  click(target: Target): Promise<void> {
    return this.#press(target, LEFT);
  }

  /** The same with the other button: the browser's menu opens. */
  rightClick(target: Target): Promise<void> {
    return this.#press(target, RIGHT);
  }

  /** What was drawn anew between the look and the press is looked for again. */
  async #press(target: Target, button: number): Promise<void> {
    for (let left = PRESSES; ; left--) {
      try {
        return await this.#pressOnce(target, button);
      } catch (error) {
        if (left === 1 || !/is not displayed|stale element|no such node/.test(String(error))) throw error;
      }
    }
  }

  async #pressOnce(target: Target, button: number): Promise<void> {
    const { sharedId } = await this.#find(target);
    await this.#bidi.send('script.callFunction', {
      functionDeclaration: '(element) => element.scrollIntoView({ block: "center" })',
      arguments: [{ sharedId }],
      awaitPromise: false,
      target: { context: this.context },
    });
    const origin = { type: 'element', element: { sharedId } };
    await this.#bidi.send('input.performActions', {
      context: this.context,
      actions: [
        {
          type: 'pointer',
          id: 'mouse',
          actions: [
            { type: 'pointerMove', x: 0, y: 0, origin },
            { type: 'pointerDown', button },
            { type: 'pointerUp', button },
          ],
        },
      ],
    });
  }

  /** Clicks the field and types with real keys, in place of what it holds. */
  async type(selector: string, text: string): Promise<void> {
    await this.click(selector);
    const press = (value: string) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ];
    const selectAll = [{ type: 'keyDown', value: CONTROL }, ...press('a'), { type: 'keyUp', value: CONTROL }];
    const actions = [...selectAll, ...[...text].flatMap(press)];
    await this.#bidi.send('input.performActions', {
      context: this.context,
      actions: [{ type: 'key', id: 'keys', actions }],
    });
  }

  /** Puts real files into an `<input type=file>`. */
  async setFiles(selector: string, files: readonly string[]): Promise<void> {
    await this.#bidi.send('input.setFiles', { context: this.context, element: await this.#find(selector), files });
  }

  /** Presses what opens the browser's file dialog, and chooses in it: the input is put into the page instead of opening one. */
  async chooseFiles(opener: Target, files: readonly string[]): Promise<void> {
    await this.evaluate(`() => {
      HTMLInputElement.prototype.click = function () {
        this.hidden = true;
        document.body.append(this);
      };
    }`);
    await this.click(opener);
    await this.setFiles('body > input[type=file]', files);
    await this.evaluate('() => document.querySelector("body > input[type=file]").remove()');
  }

  /**
   * The same with a folder, which this protocol cannot choose: its files are chosen, and have the paths that the browser
   * would give them. `files`: where they lie, by those paths.
   */
  async chooseFolder(opener: Target, files: ReadonlyMap<string, string>): Promise<void> {
    await this.evaluate(
      `(paths) => {
        HTMLInputElement.prototype.click = function () {
          const place = () => [...this.files].forEach((file, i) =>
            Object.defineProperty(file, 'webkitRelativePath', { value: paths[i] }));
          this.addEventListener('change', place, { capture: true });
          Object.assign(this, { hidden: true, webkitdirectory: false });
          document.body.append(this);
        };
      }`,
      [...files.keys()],
    );
    await this.click(opener);
    await this.setFiles('body > input[type=file]', [...files.values()]);
    await this.evaluate('() => document.querySelector("body > input[type=file]").remove()');
  }

  /** PNG of what is visible. */
  async screenshot(): Promise<Buffer> {
    const { data } = await this.#bidi.send<{ data: string }>('browsingContext.captureScreenshot', {
      context: this.context,
    });
    return Buffer.from(data, 'base64');
  }

  async close(): Promise<void> {
    await this.#bidi.send('browsingContext.close', { context: this.context });
  }

  async #find(target: Target): Promise<Element> {
    const locator =
      typeof target === 'string' ? { type: 'css', value: target } : { type: 'accessibility', value: target };
    return until(`the element ${typeof target === 'string' ? target : target.name}`, async () => {
      const { nodes } = await this.#bidi.send<{ nodes: Element[] }>('browsingContext.locateNodes', {
        context: this.context,
        locator,
      });
      const sharedId = nodes[0]?.sharedId;
      return sharedId === undefined ? null : { sharedId };
    });
  }
}
