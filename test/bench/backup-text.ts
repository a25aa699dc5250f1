/** A first backup of a tree of text and code. */

import { firstBackup, MEGABYTES } from './rig/backup.ts';
import type { Bench } from './rig/bench.ts';
import { TEXT_WORK, text } from './rig/corpora.ts';
import { RESTIC, RESTIC_DIFFERS } from './rig/restic.ts';

export const bench: Bench = {
  name: 'backup-text',
  work: `First backup of a tree of ${TEXT_WORK}.`,
  peer: RESTIC,
  differs: RESTIC_DIFFERS,
  unit: 'MB/s',
  better: 'more',
  reach: [
    { timesPeer: true, atLeast: 1 },
    { of: 'stored_bytes', timesPeer: true, atMost: 1.05 },
  ],
  open: async (options) => firstBackup(options, await text(options), MEGABYTES),
};
