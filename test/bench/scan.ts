/** Looking through a large tree in which nothing has changed. */
import type { Scan } from './pages/scan.ts';
import type { Bench, BenchOptions, Contest } from './rig/bench.ts';
import { many } from './rig/corpora.ts';
import { Holdfast } from './rig/holdfast.ts';
import { openWorkbench } from './rig/workbench.ts';

export const bench: Bench = {
  name: 'scan',
  work: '100,000 unchanged files: size and date of each held against the newest version that the vault has, without reading, in one worker of Chromium. `tree` is a second drop of a real folder with as many, until the screen says that everything is safe: what it takes beyond that, Chromium takes to list the folder and to tell size and date.',
  peer: null,
  differs: [],
  unit: 'files/s',
  better: 'more',
  reach: [{ atLeast: 20_000 }, { of: 'bytes_sent', atMost: 0 }],
  open: contest,
};

async function contest(options: BenchOptions): Promise<Contest> {
  const tree = await many(options);
  const workbench = await openWorkbench(['scan']);
  const ours = await Holdfast.start([tree.path]);
  let backedUp = false;
  return {
    ours: async () => {
      const { filesPerSecond, unchanged } = await workbench.run<Scan>('scan', { files: tree.files });
      if (unchanged !== tree.files) throw new Error(`${unchanged} of ${tree.files} files are unchanged`);
      if (!backedUp) await ours.backup(tree);
      backedUp = true;
      const before = await ours.stored();
      const { seconds, total, detail } = await ours.backup(tree);
      const sent = (await ours.stored()) - before;
      return {
        figure: filesPerSecond,
        extras: { tree_files_per_s: tree.files / seconds, tree_cpu_seconds: total, bytes_sent: sent },
        detail,
      };
    },
    close: async () => {
      await workbench.close();
      await ours.close();
    },
  };
}
