/** A first backup of many small files. */

import { FILES, firstBackup } from './rig/backup.ts';
import type { Bench } from './rig/bench.ts';
import { small } from './rig/corpora.ts';
import { RESTIC, RESTIC_DIFFERS } from './rig/restic.ts';

export const bench: Bench = {
  name: 'backup-small',
  work: 'First backup of a folder of 10,000 files of 4 KiB that do not compress.',
  peer: RESTIC,
  differs: RESTIC_DIFFERS,
  unit: 'files/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: async (options) => firstBackup(options, await small(options), FILES),
};
