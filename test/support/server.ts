/**
 * A real server in a process of its own, on free ports and a data folder that outlives it: stop it in good order, kill
 * it without warning, start it again at the same addresses.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, rm } from 'node:fs/promises';
import { at, ROOT } from '../../.ci/project.ts';
import { removeFolder, temporaryFolder } from './folders.ts';

export interface ServerOptions {
  /** Folder of its database and packs; a temporary one by default, removed by `dispose`. */
  readonly data?: string;
  /** More variables, for example HOLDFAST_LOG_LEVEL. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Limits meant for people are far below what a test does in a second. */
const GENEROUS = {
  HOLDFAST_RATE_LOGIN_PER_MIN: '10000',
  HOLDFAST_RATE_REGISTRATION_PER_HOUR: '10000',
  HOLDFAST_RATE_RECOVERY_PER_MIN: '10000',
  HOLDFAST_RATE_SHARE_PER_MIN: '10000',
};
const READY = /^holdfast listening app=(\S+) share=(\S+)/m;
const START_MS = 20_000;

export class TestServer {
  readonly data: string;
  /** Addresses, without a slash at the end. */
  app = '';
  share = '';
  /** Everything it printed, over all its lives. */
  log = '';
  readonly #env: Readonly<Record<string, string>>;
  readonly #ownsData: boolean;
  #child: ChildProcess | null = null;

  private constructor(data: string, options: ServerOptions) {
    this.data = data;
    this.#ownsData = options.data === undefined;
    this.#env = options.env ?? {};
  }

  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(options.data ?? (await temporaryFolder('server')), options);
    await server.#launch();
    return server;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** SIGTERM; answers the exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** SIGKILL: no last words. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Starts it again at the addresses it had, on the data it left. */
  async restart(): Promise<void> {
    if (this.running) await this.stop();
    await this.#launch();
  }

  /** How many requests of a method it has answered; it logs them at level info. */
  answered(method: string): number {
    return this.log.split(`"method":"${method}"`).length - 1;
  }

  /** Keeps its data in `keep`, and puts what lies in `give` in its place. */
  async exchangeData(keep: string, give: string): Promise<void> {
    await this.stop();
    await rm(keep, { recursive: true, force: true });
    await cp(this.data, keep, { recursive: true });
    await rm(this.data, { recursive: true });
    await cp(give, this.data, { recursive: true });
    await this.restart();
  }

  /** Stops it and removes its data. */
  async dispose(): Promise<void> {
    await this.stop();
    if (this.#ownsData) await removeFolder(this.data);
  }

  #launch(): Promise<void> {
    const port = (url: string): string => (url === '' ? '0' : new URL(url).port);
    const child = spawn(process.execPath, [at('server/main.ts')], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOLDFAST_HOST: '127.0.0.1',
        HOLDFAST_PORT: port(this.app),
        HOLDFAST_SHARE_PORT: port(this.share),
        HOLDFAST_DATA: this.data,
        ...GENEROUS,
        ...this.#env,
      },
    });
    this.#child = child;
    return new Promise((resolve, reject) => {
      let said = '';
      const fail = (why: string): void => reject(new Error(`${why}\n${said}`));
      const hear = (text: string): void => {
        said += text;
        this.log += text;
        const ready = READY.exec(said);
        if (!ready) return;
        clearTimeout(late);
        [this.app = '', this.share = ''] = ready.slice(1);
        resolve();
      };
      const late = setTimeout(() => fail(`the server was not ready after ${START_MS} ms`), START_MS);
      child.stdout.setEncoding('utf8').on('data', hear);
      child.stderr.setEncoding('utf8').on('data', hear);
      child.on('exit', (code, signal) => {
        clearTimeout(late);
        if (this.#child === child) this.#child = null;
        fail(`the server ended (${signal ?? code}) before it was ready`);
      });
    });
  }

  #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === null) return Promise.resolve(null);
    return new Promise((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.kill(signal);
    });
  }
}
