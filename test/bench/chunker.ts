/** How fast one worker finds where files are cut, in both browsers. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build, type Rolldown } from 'vite';
import { at } from '../../.ci/project.ts';
import { ChromiumRig, FirefoxRig } from '../support/browser/index.ts';
import type { Bench, BenchOptions, Contest } from './rig/bench.ts';
import type { Cutting } from './rig/chunker-worker.ts';
import { costs, spent } from './rig/processes.ts';

const MIB = 1_048_576;

export const bench: Bench = {
  name: 'chunker',
  work: 'One worker cuts 128 MiB of patternless bytes where their content says so and builds the chunks, in Chromium, and then in Firefox; the bytes lie in memory, and chunks are put together in memory that is used again, as in a backup. `search` is finding the cuts alone.',
  peer: null,
  differs: [],
  unit: 'MiB/s',
  better: 'more',
  reach: [{ atLeast: 150 }, { of: 'firefox', atLeast: 150 }],
  open: contest,
};

const PAGE = `<!doctype html><title>Chunker</title><script type="module">
const worker = new Worker('/worker.js', { type: 'module' });
window.cut = (length) => new Promise((resolve, reject) => {
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
  worker.postMessage(length);
});
</script>`;

async function contest({ quick }: BenchOptions): Promise<Contest> {
  const length = (quick ? 16 : 128) * MIB;
  const site = await serve(await bundled());
  const [chromium, firefox] = await Promise.all([
    ChromiumRig.launch({ extension: null }),
    FirefoxRig.launch({ extension: null }),
  ]);
  const [page, tab] = await Promise.all([chromium.open(site.url), firefox.open(site.url)]);
  const source = `(length) => cut(length)`;
  return {
    ours: async () => {
      const before = await costs();
      const inChromium = (await page.evaluate(`(${source})(${length})`)) as Cutting;
      const inFirefox = await tab.evaluate<Cutting>(source, length);
      const [one, other] = [inChromium, inFirefox].map(digestOf);
      if (one !== other) throw new Error('the browsers cut the same bytes at different places');
      return {
        figure: inChromium.chunks,
        digest: one as string,
        extras: { search: inChromium.search, firefox: inFirefox.chunks, firefox_search: inFirefox.search },
        detail: spent(before, await costs()).detail,
      };
    },
    close: async () => {
      await Promise.all([chromium.close(), firefox.close()]);
      site.close();
    },
  };
}

const digestOf = ({ lengths }: Cutting): string => createHash('sha256').update(lengths.join()).digest('hex');

/** The worker as one script, built as the product is. */
async function bundled(): Promise<string> {
  const [output] = (await build({
    configFile: false,
    logLevel: 'warn',
    build: { write: false, lib: { entry: at('test/bench/rig/chunker-worker.ts'), formats: ['es'] } },
  })) as Rolldown.RolldownOutput[];
  return (output as Rolldown.RolldownOutput).output[0].code;
}

async function serve(worker: string): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    const script = request.url === '/worker.js';
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
    response.end(script ? worker : PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
