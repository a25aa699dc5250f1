/** Sealing alone, in one worker of Chromium. */
import type { Sealing } from './pages/in-flight.ts';
import type { Bench } from './rig/bench.ts';
import { npmPeers } from './rig/peers.ts';
import { openWorkbench } from './rig/workbench.ts';

export const bench: Bench = {
  name: 'crypto',
  work: 'Hashes and seals chunks of 1 MiB from memory in one worker of Chromium, ready to be sent.',
  peer: '@filen/sdk, what it does to the chunks of an upload: SHA-512 of the file, AES-256-GCM of each chunk',
  differs: [
    'Ours hashes each chunk with SHA-256, derives a key of its own for it, assembles packs and hashes those too; theirs has one key for a file.',
    'Theirs hashes the whole file with SHA-512 in JavaScript; without that it does what `peer sealing only` says.',
    'Ours has 4 chunks in flight, theirs 16, as each has in its uploads. Padding of packs is not counted as work done.',
  ],
  unit: 'MB/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: async ({ quick }) => {
    const workbench = await openWorkbench(['seal-ours', 'seal-filen'], await npmPeers());
    const mebibytes = quick ? 48 : 768;
    const run = async (page: string, hash = true) =>
      (await workbench.run<Sealing>(page, { mebibytes, hash })).mbPerSecond;
    return {
      ours: async () => ({ figure: await run('seal-ours') }),
      peer: async () => ({
        figure: await run('seal-filen'),
        extras: { sealing_only_mb_per_s: await run('seal-filen', false) },
      }),
      close: () => workbench.close(),
    };
  },
};
