/** What is sent twice after something died in the middle of a backup. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { readVault, restoreEverything } from '../e2e/support/reader.ts';
import { until } from '../support/waiting.ts';
import { same } from './rig/backup.ts';
import type { Bench, BenchOptions, Contest } from './rig/bench.ts';
import { type Corpus, digestOf, sized } from './rig/corpora.ts';
import { type CountingProxy, startCountingProxy } from './rig/counting-proxy.ts';
import { Holdfast } from './rig/holdfast.ts';

const MIB = 1_048_576;

export const bench: Bench = {
  name: 'resume',
  work: 'Backup of one file of 256 MiB in which tab, engine, browser or server is killed at 25, 50 or 75 %: what is sent more than a backup without a death keeps, at worst. The file is restored and compared after each.',
  peer: null,
  differs: [],
  unit: 'MiB re-sent',
  better: 'less',
  repetitions: 1,
  reach: [{ atMost: 16 }],
  open: contest,
};

const KILLS: Readonly<Record<string, (ours: Holdfast) => Promise<unknown>>> = {
  tab: (ours) => ours.killTab(),
  engine: (ours) => ours.rig.killOffscreen(),
  browser: (ours) => ours.killBrowser(),
  server: async ({ server }) => {
    await server.kill();
    await server.restart();
  },
};
const POINTS = [0.25, 0.5, 0.75];

async function contest(options: BenchOptions): Promise<Contest> {
  const corpus = await sized(options, options.size ?? (options.quick ? 64 : 256) * MIB);
  return {
    ours: async () => {
      const { sent, stored: whole } = await run(corpus);
      const extras: Record<string, number> = { nothing: (sent - whole) / MIB };
      console.log(`  nothing killed: ${(sent / MIB).toFixed(1)} MiB sent for ${(whole / MIB).toFixed(1)} MiB kept`);
      for (const [name, kill] of Object.entries(KILLS)) {
        for (const point of POINTS) {
          const more = (await run(corpus, { at: point * whole, kill })).sent - whole;
          extras[`${name}_${point * 100}`] = Math.max(0, more) / MIB;
          console.log(`  ${name} killed at ${point * 100} %: ${(more / MIB).toFixed(1)} MiB more`);
        }
      }
      return { figure: Math.max(...Object.values(extras)), extras };
    },
    close: async () => undefined,
  };
}

interface Death {
  /** Bytes sent when it comes. */
  readonly at: number;
  kill(ours: Holdfast): Promise<unknown>;
}

/** Bytes of packs that a backup sends, all tries counted, and that the server has at the end. */
async function run(corpus: Corpus, death?: Death): Promise<{ sent: number; stored: number }> {
  const port = await freePort();
  const proxy = await startCountingProxy(`http://127.0.0.1:${port}`);
  const ours = await Holdfast.start([corpus.path], { HOLDFAST_PORT: String(port), HOLDFAST_ORIGIN: proxy.url });
  try {
    await ours.drop(corpus);
    if (death !== undefined) await strike(ours, proxy, death);
    await ours.safe();
    const [sent, stored] = [proxy.sent(), await ours.stored()];
    same(corpus, digestOf(await restoreEverything(await readVault(ours.server.app, ours.owner))));
    return { sent, stored };
  } finally {
    await ours.close();
    await proxy.close();
  }
}

async function strike(ours: Holdfast, proxy: CountingProxy, { at, kill }: Death): Promise<void> {
  await until('so much to be sent', () => proxy.sent() >= at, 600_000);
  await kill(ours);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
