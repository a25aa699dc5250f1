/** A server in a process of its own: started, spoken to over HTTP, stopped or killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Answer, type Call, GENEROUS } from './bench.ts';

const MAIN = fileURLToPath(new URL('../../../server/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly output: string;
}

export class Child {
  readonly #process: ChildProcess;
  readonly #ended: Promise<Ended>;
  app = '';
  share = '';
  output = '';

  private constructor(env: Readonly<Record<string, string>>) {
    this.#process = spawn(process.execPath, [MAIN], {
      env: { HOLDFAST_PORT: '0', HOLDFAST_SHARE_PORT: '0', HOLDFAST_WEB_DIST: '/nonexistent', ...GENEROUS, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const hear = (text: string) => {
      this.output += text;
    };
    this.#process.stdout?.setEncoding('utf8').on('data', hear);
    this.#process.stderr?.setEncoding('utf8').on('data', hear);
    this.#ended = once(this.#process, 'close').then(([code]) => ({ code, output: this.output }));
  }

  /** Resolves when it listens; rejects with its output when it ends instead. */
  static async listening(env: Readonly<Record<string, string>>): Promise<Child> {
    const child = new Child(env);
    const line = /^holdfast listening app=(\S+) share=(\S+)$/m;
    while (!line.test(child.output)) {
      const ended = await Promise.race([child.#ended, once(child.#process.stdout ?? child.#process, 'data')]);
      if (!Array.isArray(ended)) throw new Error(`ended with ${ended.code}: ${ended.output}`);
    }
    [, child.app = '', child.share = ''] = line.exec(child.output) ?? [];
    return child;
  }

  /** For a server that is expected not to start. */
  static async ended(env: Readonly<Record<string, string>>): Promise<Ended> {
    const child = new Child(env);
    const timer = setTimeout(() => child.#process.kill('SIGKILL'), 20_000);
    const ended = await child.#ended;
    clearTimeout(timer);
    return ended;
  }

  async end(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<Ended> {
    this.#process.kill(signal);
    return this.#ended;
  }

  async ask(
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    url: string,
    { json, body, headers }: Call = {},
  ): Promise<Answer> {
    const content = json === undefined ? body && new Uint8Array(body) : JSON.stringify(json);
    const response = await fetch(this.app + url, {
      method,
      headers: {
        ...(method === 'GET' ? {} : { 'x-ebk': '1' }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(content === undefined ? {} : { body: content }),
    });
    return new Answer(response.status, Object.fromEntries(response.headers), Buffer.from(await response.arrayBuffer()));
  }
}
