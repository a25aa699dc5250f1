/** Looking through a large tree in which nothing has changed. */
import type { Scan } from './pages/scan.ts';
import type { Bench } from './rig/bench.ts';
import { openWorkbench } from './rig/workbench.ts';

export const bench: Bench = {
  name: 'scan',
  work: '100,000 unchanged files: size and date of each held against the newest version that the vault has, without reading, in one worker of Chromium.',
  peer: null,
  differs: [],
  unit: 'files/s',
  better: 'more',
  reach: [{ atLeast: 20_000 }],
  open: async ({ quick }) => {
    const files = quick ? 2_000 : 100_000;
    const workbench = await openWorkbench(['scan']);
    return {
      ours: async () => {
        const { filesPerSecond, unchanged } = await workbench.run<Scan>('scan', { files });
        if (unchanged !== files) throw new Error(`${unchanged} of ${files} files are unchanged`);
        return { figure: filesPerSecond };
      },
      close: () => workbench.close(),
    };
  },
};
