/** What the benches of backups share: ours from a drop, restic's from its start, both into something fresh. */
import { join } from 'node:path';
import { removeFolder } from '../../support/folders.ts';
import type { BenchOptions, Contest, Sample } from './bench.ts';
import type { Corpus } from './corpora.ts';
import { Holdfast } from './holdfast.ts';
import { Restic } from './restic.ts';

/** What is counted in a second. */
export type Count = (corpus: Corpus) => number;
export const MEGABYTES: Count = ({ bytes }) => bytes / 1e6;
export const FILES: Count = ({ files }) => files;

/** A first backup of one corpus. */
export async function firstBackup(options: BenchOptions, corpus: Corpus, count: Count): Promise<Contest> {
  const sample = (seconds: number, cpu: number, stored: number): Sample => ({
    figure: count(corpus) / seconds,
    extras: { seconds, cpu_seconds: cpu, stored_bytes: stored },
  });
  return {
    ours: async (repetition) => {
      const ours = await Holdfast.start([corpus.path]);
      try {
        const { seconds, total, detail } = await ours.backup(corpus);
        const measured = { ...sample(seconds, total, await ours.stored()), detail };
        if (repetition === 0)
          console.log(`  ours took ${seconds.toFixed(1)} s; now it is compared with what comes back`);
        return repetition > 0 ? measured : { ...measured, digest: same(corpus, (await ours.restore(corpus)).digest) };
      } finally {
        await ours.close();
      }
    },
    peer: async (repetition) => {
      const restic = await Restic.start(join(options.folder, 'restic'));
      try {
        const { seconds, cpu } = await restic.backup(corpus);
        const measured = sample(seconds, cpu, await restic.stored());
        return repetition > 0 ? measured : { ...measured, digest: same(corpus, await restic.digest()) };
      } finally {
        await restic.close();
      }
    },
    close: () => removeFolder(join(options.folder, 'restic')),
  };
}

/** Fails unless what came back is what was given. */
export function same(corpus: Corpus, digest: string): string {
  if (digest !== corpus.digest) throw new Error(`${corpus.path} did not come back: ${digest}, not ${corpus.digest}`);
  return digest;
}
