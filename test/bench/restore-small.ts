/** A restore of a folder of many small files. */
import { FILES } from './rig/backup.ts';
import type { Bench } from './rig/bench.ts';
import { small } from './rig/corpora.ts';
import { RESTORE_DIFFERS, RESTORE_PEER, restores } from './rig/restore.ts';

export const bench: Bench = {
  name: 'restore-small',
  work: 'Restore of the folder of `backup-small` in a fresh browser, by the web app.',
  peer: RESTORE_PEER,
  differs: [...RESTORE_DIFFERS, 'Ours writes one ZIP; restic writes 10,000 files.'],
  unit: 'files/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open: async (options) => restores(options, await small(options), FILES),
};
