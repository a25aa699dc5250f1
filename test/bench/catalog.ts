/** A vault of a million names: opened from what the device keeps, searched as one types, in a worker of real Chromium. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build, type Rollup } from 'vite';
import { at } from '../../.ci/project.ts';
import { ChromiumRig } from '../support/browser/chromium.ts';
import { removeFolder } from '../support/folders.ts';
import type { Bench, BenchOptions, Contest, Sample } from './rig/bench.ts';
import type { Order, Typed } from './rig/catalog-worker.ts';
import { costs, spent } from './rig/processes.ts';

const TAIL = 64;
/** Typed a letter at a time, from the first one; then one that was pasted, and one letter taken back. */
const WORDS = ['invoice 77', 'img_2024', 'über', '7', '.', 'e'];
const QUERIES = [
  ...WORDS.flatMap((word) => [...word].map((_, i) => word.slice(0, i + 1))),
  'meeting contract',
  'meeting contrac',
];

export const bench: Bench = {
  name: 'catalog',
  work: '1,000,000 files in 5,005 folders: open the local checkpoint and a tail of 64 entries, list the root, click on the search field, type searches',
  peer: null,
  differs: [],
  unit: 'ms to open',
  better: 'less',
  reach: [{ atMost: 2_000 }, { of: 'key_ms', atMost: 50 }, { of: 'heap_mb', atMost: 400 }],
  open,
};

async function open({ quick, folder }: BenchOptions): Promise<Contest> {
  const profile = join(folder, 'catalog-profile');
  const site = await serve(await bundle());
  const order = { do: 'write', files: quick ? 20_000 : 1_000_000, tail: TAIL } as const;
  const written = await inBrowser(profile, site.url, (page) => ask(page, order));
  console.log(`  written ${JSON.stringify(written)}`);
  return {
    ours: () => inBrowser(profile, site.url, measure),
    close: async () => {
      site.server.close();
      await removeFolder(profile);
    },
  };
}

async function measure(page: Page): Promise<Sample> {
  const before = await costs();
  const { open_ms, ...opened } = (await ask(page, { do: 'open' })) as { open_ms: number };
  const { total, detail } = spent(before, await costs());
  // As the screen does when the field is clicked on, before the first letter.
  const [clicked] = (await ask(page, { do: 'type', queries: [''] })) as [Typed];
  const typed = (await ask(page, { do: 'type', queries: QUERIES })) as Typed[];
  const slowest = typed.reduce((a, b) => (b.ms > a.ms ? b : a));
  const heap = await page.evaluate(async () => {
    const memory = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
    return (await memory.measureUserAgentSpecificMemory()).bytes;
  });
  return {
    figure: open_ms,
    extras: { open_ms, open_cpu_seconds: total, click_ms: clicked.ms, key_ms: slowest.ms, heap_mb: heap / 1e6 },
    detail: `${JSON.stringify(opened)}; CPU ${detail}; slowest key: ${JSON.stringify(slowest)}; ${typed.map(({ query, ms }) => `${query} ${ms.toFixed(0)}`).join(', ')}`,
  };
}

async function inBrowser<T>(profile: string, url: string, work: (page: Page) => Promise<T>): Promise<T> {
  const args = ['--enable-blink-features=ForceEagerMeasureMemory'];
  const rig = await ChromiumRig.launch({ extension: null, profile, netLog: false, args });
  try {
    return await work(await rig.open(url));
  } finally {
    await rig.close();
  }
}

/** Asks the page's one worker. */
async function ask(page: Page, order: Order): Promise<unknown> {
  const answer = await page.evaluate((message) => {
    const scope = globalThis as unknown as { worker?: Worker };
    scope.worker ??= new Worker('/worker.js', { type: 'module' });
    const { worker } = scope;
    return new Promise<unknown>((resolve) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message: error }) => resolve({ error });
      worker.postMessage(message);
    });
  }, order);
  if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(String(answer.error));
  return answer;
}

async function bundle(): Promise<string> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      target: 'esnext',
      rollupOptions: { input: at('test/bench/rig/catalog-worker.ts'), output: { codeSplitting: false } },
    },
  })) as Rollup.RollupOutput;
  return built.output[0].code;
}

/** A page of an isolated origin, which may then be asked for its memory. */
async function serve(worker: string): Promise<{ server: Server; url: string }> {
  const server = createServer(({ url }, response) => {
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.setHeader('content-type', url === '/worker.js' ? 'text/javascript' : 'text/html');
    response.end(url === '/worker.js' ? worker : '<!doctype html><title>catalog</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
