/** What is sent twice after something died in the middle of a backup. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { packsInUse } from '../../shared/vault/index.ts';
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
  work: 'Backup of one file of 256 MiB in which tab, engine, browser or server is killed at 25, 50 or 75 %: bytes of packs sent, all tries counted, beyond those of the packs in which the vault has its chunks at the end of the same run, at worst. The file is restored and compared after each.',
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
      const extras: Record<string, number> = { nothing: await run(corpus) };
      console.log(`  nothing killed: ${(extras.nothing as number).toFixed(1)} MiB more`);
      for (const [name, kill] of Object.entries(KILLS)) {
        for (const point of POINTS) {
          const more = await run(corpus, { at: point * corpus.bytes, kill });
          extras[`${name}_${point * 100}`] = more;
          console.log(`  ${name} killed at ${point * 100} %: ${more.toFixed(1)} MiB more`);
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

/** MiB of packs that a backup sends beyond those that the vault needs at its end. */
async function run(corpus: Corpus, death?: Death): Promise<number> {
  const port = await freePort();
  const proxy = await startCountingProxy(`http://127.0.0.1:${port}`);
  const ours = await Holdfast.start([corpus.path], { HOLDFAST_PORT: String(port), HOLDFAST_ORIGIN: proxy.url });
  try {
    await ours.drop(corpus);
    if (death !== undefined) await strike(ours, proxy, death);
    await ours.safe();
    const sent = proxy.sent();
    const session = await readVault(ours.server.app, ours.owner);
    same(corpus, digestOf(await restoreEverything(session)));
    const needed = packsInUse(session.vault.state).reduce((sum, { size }) => sum + size, 0);
    return (sent - needed) / MIB;
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
