/** A server under test without a port: real database and packs in a temporary directory, a clock that stands still. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InjectOptions } from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { app, shareApp } from '../../../server/app.ts';
import { readConfig } from '../../../server/config.ts';
import { type DataDirectory, openDataDirectory } from '../../../server/data-directory.ts';
import { type Deps, deps, type PackStore } from '../../../server/domain/index.ts';
import type { App } from '../../../server/middleware/index.ts';
import type { Problem } from '../../../shared/protocol/index.ts';

export const ORIGINS = { app: 'http://127.0.0.1:8787', share: 'http://127.0.0.1:8788' };

/** Limits meant for people are far below what a test does in a second. */
export const GENEROUS = {
  HOLDFAST_RATE_LOGIN_PER_MIN: '100000',
  HOLDFAST_RATE_REGISTRATION_PER_HOUR: '100000',
  HOLDFAST_RATE_RECOVERY_PER_MIN: '100000',
  HOLDFAST_RATE_SHARE_PER_MIN: '100000',
  HOLDFAST_RESERVE_BYTES: '0',
};

export class Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;

  constructor(status: number, headers: Readonly<Record<string, unknown>>, bytes: Buffer) {
    this.status = status;
    this.headers = headers;
    this.bytes = bytes;
  }

  /** The body of a 200, which must be of the documented shape. */
  as<T extends TSchema>(schema: T): Static<T> {
    if (this.status !== 200) throw new Error(`answered ${this.status}: ${this.bytes}`);
    return Value.Parse(schema, JSON.parse(this.bytes.toString()));
  }

  /** The problem that was answered, or null for a success. */
  get problem(): Problem | null {
    const type = String(this.headers['content-type']);
    return type.startsWith('application/problem+json') ? (JSON.parse(this.bytes.toString()) as Problem) : null;
  }

  get code(): string | number {
    return this.problem?.code ?? this.status;
  }
}

export interface Call {
  readonly json?: unknown;
  readonly body?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Bench {
  readonly root: string;
  readonly app: App;
  readonly share: App;
  readonly deps: Deps;
  readonly data: DataDirectory;
  readonly log: string[];
  now: number;
  ask(method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE' | 'OPTIONS', url: string, call?: Call): Promise<Answer>;
  /** The same on the share listener. */
  askShare(method: 'GET' | 'HEAD' | 'POST' | 'OPTIONS', url: string, call?: Call): Promise<Answer>;
  close(): Promise<void>;
}

export async function bench(
  env: Readonly<Record<string, string>> = {},
  wrapPacks: (packs: PackStore) => PackStore = (packs) => packs,
): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-server-'));
  const config = readConfig({ ...GENEROUS, HOLDFAST_DATA: join(root, 'data'), HOLDFAST_WEB_DIST: root, ...env });
  const data = await openDataDirectory(config);
  const log: string[] = [];
  const clock = { now: () => self.now };
  const all = deps({ ...data, packs: wrapPacks(data.packs), clock, settings: config });
  const site = { config, deps: all, origins: () => ORIGINS, log: { write: (line: string) => void log.push(line) } };
  const [main, share] = [app(site), shareApp(site)];
  await Promise.all([main.ready(), share.ready()]);
  const self: Bench = {
    root,
    app: main,
    share,
    deps: all,
    data,
    log,
    now: Date.UTC(2026, 10, 21, 12),
    ask: (method, url, call) => ask(main, method, url, call),
    askShare: (method, url, call) => ask(share, method, url, call),
    close: async () => {
      await Promise.all([main.close(), share.close()]);
      await data.close();
      await rm(root, { recursive: true });
    },
  };
  return self;
}

async function ask(
  target: App,
  method: NonNullable<InjectOptions['method']>,
  url: string,
  { json, body, headers }: Call = {},
): Promise<Answer> {
  const response = await target.inject({
    method,
    url,
    headers: {
      ...(method === 'GET' || method === 'HEAD' || method === 'OPTIONS' ? {} : { 'x-ebk': '1' }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(body === undefined ? {} : { 'content-type': 'application/octet-stream', 'content-length': `${body.length}` }),
      ...headers,
    },
    ...(json === undefined ? {} : { payload: JSON.stringify(json) }),
    ...(body === undefined ? {} : { payload: Buffer.from(body) }),
  });
  return new Answer(response.statusCode, response.headers, response.rawPayload);
}
