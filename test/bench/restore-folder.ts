/** A restore of many small files into a folder that the person picks: the files themselves, on a real disk. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFolder } from '../support/folders.ts';
import { FILES } from './rig/backup.ts';
import type { Bench, BenchOptions } from './rig/bench.ts';
import { pictures } from './rig/corpora.ts';
import { RESTORE_PEER, restores, SIGNED_IN } from './rig/restore.ts';

export const bench: Bench = {
  name: 'restore-folder',
  work: 'Restore of 10,000 files of 4 KiB that are called pictures into a picked folder in a fresh browser, by the web app.',
  peer: RESTORE_PEER,
  differs: [
    SIGNED_IN,
    'Ours asks of each file what is there already; Chromium writes each beside its place, reads it once more for its check of downloads and moves it.',
  ],
  unit: 'files/s',
  better: 'more',
  reach: [{ timesPeer: true, atLeast: 1 }],
  open,
};

async function open(options: BenchOptions) {
  const corpus = await pictures(options);
  const folder = join(options.folder, 'picked');
  return restores(options, corpus, FILES, async (ours) => {
    await mkdir(folder);
    try {
      return await ours.restoreInto(corpus, folder);
    } finally {
      await removeFolder(folder);
    }
  });
}
