/** A first backup of one large file. */

import { firstBackup, MEGABYTES } from './rig/backup.ts';
import type { Bench } from './rig/bench.ts';
import { large } from './rig/corpora.ts';
import { RESTIC, RESTIC_DIFFERS } from './rig/restic.ts';

export const bench: Bench = {
  name: 'backup-large',
  work: 'First backup of one file of 1 GiB that does not compress.',
  peer: RESTIC,
  differs: RESTIC_DIFFERS,
  unit: 'MB/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: async (options) => firstBackup(options, await large(options), MEGABYTES),
};
