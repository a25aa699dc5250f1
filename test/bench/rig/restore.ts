/** What the benches of restores share: one backup on each side, then restores of it into something empty. */
import { join } from 'node:path';
import { removeFolder } from '../../support/folders.ts';
import { type Count, same } from './backup.ts';
import type { BenchOptions, Contest, Sample } from './bench.ts';
import { type Corpus, digestOfFolder } from './corpora.ts';
import { Holdfast, type Restored } from './holdfast.ts';
import { RESTIC, Restic } from './restic.ts';

export async function restores(
  options: BenchOptions,
  corpus: Corpus,
  count: Count,
  restore: (ours: Holdfast) => Promise<Restored> = (ours) => ours.restore(corpus),
): Promise<Contest> {
  const ours = await Holdfast.start([corpus.path]);
  const restic = await Restic.start(join(options.folder, 'restic'));
  await ours.backup(corpus);
  await restic.backup(corpus);
  const sample = (seconds: number, cpu: number): Sample => ({
    figure: count(corpus) / seconds,
    extras: { seconds, cpu_seconds: cpu },
  });
  return {
    ours: async () => {
      const { seconds, total, detail, digest } = await restore(ours);
      return { ...sample(seconds, total), detail, digest: same(corpus, digest) };
    },
    peer: async () => {
      const folder = join(options.folder, 'back');
      const { seconds, cpu } = await restic.restore(folder);
      const digest = same(corpus, await digestOfFolder(folder));
      await removeFolder(folder);
      return { ...sample(seconds, cpu), digest };
    },
    close: async () => {
      await ours.close();
      await restic.close();
    },
  };
}

export const RESTORE_PEER = `${RESTIC}, with the cache that its backup left`;

export const SIGNED_IN =
  'restic starts a process, derives its key from the password and reads its index in the time measured; in ours the person is signed in and the folder is on the screen.';

export const RESTORE_DIFFERS = [
  SIGNED_IN,
  'Ours is a download of the browser, which looks at what it saves; restic writes files itself.',
] as const;
