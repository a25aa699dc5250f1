/** A restore of one large file. */
import { MEGABYTES } from './rig/backup.ts';
import type { Bench } from './rig/bench.ts';
import { large } from './rig/corpora.ts';
import { RESTORE_DIFFERS, RESTORE_PEER, restores } from './rig/restore.ts';

export const bench: Bench = {
  name: 'restore-large',
  work: 'Restore of the file of `backup-large` in a fresh browser, by the web app.',
  peer: RESTORE_PEER,
  differs: RESTORE_DIFFERS,
  unit: 'MB/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: async (options) => restores(options, await large(options), MEGABYTES),
};
