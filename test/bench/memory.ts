/** What a backup and a restore of a file much larger than any buffer take in memory, in both browsers. */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chooseServer, signUp } from '../e2e/support/firefox-journey.ts';
import { FirefoxRig } from '../support/browser/index.ts';
import { removeFolder } from '../support/folders.ts';
import { TestServer } from '../support/server.ts';
import { pause, until } from '../support/waiting.ts';
import { same } from './rig/backup.ts';
import type { Bench, BenchOptions, Contest } from './rig/bench.ts';
import { type Corpus, sized } from './rig/corpora.ts';
import { digestOfSaved, Holdfast, restoreSelected, selectIn } from './rig/holdfast.ts';
import { type Growth, watchMemory } from './rig/memory.ts';

const MIB = 1_048_576;
const LIMIT = 3_600_000;
const SETTLE = 3_000;

export const bench: Bench = {
  name: 'memory',
  work: 'Backup and restore of one file of 4 GiB through the extension in Chromium and in Firefox: how much the browser grows over idle at most, all its processes together, shared pages counted once; by how much the second half of each was above the first on average (`drift`), and the last quarter above the third (`late drift`).',
  peer: null,
  differs: [],
  unit: 'MB',
  better: 'less',
  repetitions: 1,
  reach: [{ atMost: 350 }, { of: 'drift', atMost: 25 }],
  open: contest,
};

async function contest(options: BenchOptions): Promise<Contest> {
  const corpus = await sized(options, options.size ?? (options.quick ? 256 : 4096) * MIB);
  return {
    ours: async () => {
      const legs = { ...(await inChromium(corpus)), ...(await inFirefox(corpus)) };
      const most = Object.entries(legs).map(([name, { most }]) => [name, most] as const);
      const worst = (of: 'drift' | 'late'): number => Math.max(...Object.values(legs).map((leg) => leg[of]));
      return {
        figure: Math.max(...most.map(([, value]) => value)),
        extras: { ...Object.fromEntries(most), drift: worst('drift'), late_drift: worst('late') },
        detail: Object.entries(legs)
          .map(([name, { drift, late }]) => `${name} drift ${drift.toFixed(0)} MB, late ${late.toFixed(0)} MB`)
          .join('; '),
      };
    },
    close: async () => undefined,
  };
}

type Legs = Record<string, Growth>;

async function inChromium(corpus: Corpus): Promise<Legs> {
  const ours = await Holdfast.start([corpus.path]);
  try {
    await pause(SETTLE);
    const watch = await watchMemory();
    const up = await watch.during(ours.drop(corpus).then(() => ours.safe()));
    await selectIn(ours.page, corpus);
    const restoring = restoreSelected(ours.rig, ours.page, corpus);
    const down = await watch.during(restoring);
    same(corpus, await digestOfSaved(await restoring));
    return { chromium_up: up, chromium_down: down };
  } finally {
    await ours.close();
  }
}

async function inFirefox(corpus: Corpus): Promise<Legs> {
  const server = await TestServer.start({ env: { HOLDFAST_LOG_LEVEL: 'warn' } });
  const rig = await FirefoxRig.launch({ netLog: false });
  try {
    const page = await rig.openExtension('page.html');
    await chooseServer(page, server.app);
    await signUp(page, 'Ada of the scales');
    await pause(SETTLE);
    const watch = await watchMemory();
    const sending = page
      .chooseFiles({ role: 'button', name: 'Choose files' }, [corpus.path])
      .then(() => page.waitQuietly('.truth', 'Everything is safe', LIMIT));
    const up = await watch.during(sending);
    await page.click({ role: 'link', name: 'Files' });
    await page.click('tr[data-index="0"]');
    const saved = join(rig.downloads, basename(corpus.path));
    const restoring = page
      .click({ role: 'button', name: 'Restore' })
      .then(() => page.waitQuietly('.tray', 'every byte is what you backed up', LIMIT));
    const down = await watch.during(restoring);
    await until('the download', async () => (await stat(saved)).size === corpus.bytes, LIMIT);
    same(corpus, await digestOfSaved(saved));
    return { firefox_up: up, firefox_down: down };
  } finally {
    await rig.close();
    await server.dispose();
    await removeFolder(rig.profile);
  }
}
