/** The second backup of a large file that grew in its middle: how little of it travels. */
import { join } from 'node:path';
import { same } from './rig/backup.ts';
import type { Bench, BenchOptions, Contest } from './rig/bench.ts';
import { type Corpus, inserted, large } from './rig/corpora.ts';
import { Holdfast } from './rig/holdfast.ts';
import { RESTIC, RESTIC_DIFFERS, Restic } from './rig/restic.ts';

const MIB = 1_048_576;

export const bench: Bench = {
  name: 'backup-insert',
  work: 'Second backup of the file of `backup-large` after 1 MiB was inserted in its middle; what the store grew by was sent.',
  peer: RESTIC,
  differs: RESTIC_DIFFERS,
  unit: 'MB/s',
  better: 'more',
  reach: [{ of: 'bytes_sent', atMost: 12 * MIB }],
  open: contest,
};

interface Store {
  backup(corpus: Corpus): Promise<{ seconds: number; detail?: string }>;
  stored(): Promise<number>;
  close(): Promise<void>;
}

async function contest(options: BenchOptions): Promise<Contest> {
  const [before, after] = [await large(options), await inserted(options)];
  const run = async <S extends Store>(store: S, repetition: number, digest: (store: S) => Promise<string>) => {
    try {
      await store.backup(before);
      const then = await store.stored();
      const { seconds, detail } = await store.backup(after);
      return {
        figure: after.bytes / 1e6 / seconds,
        extras: { seconds, bytes_sent: (await store.stored()) - then },
        ...(detail === undefined ? {} : { detail }),
        ...(repetition === 0 ? { digest: same(after, await digest(store)) } : {}),
      };
    } finally {
      await store.close();
    }
  };
  return {
    ours: async (repetition) =>
      run(
        await Holdfast.start([before.path, after.path]),
        repetition,
        async (ours) => (await ours.restore(after)).digest,
      ),
    peer: async (repetition) =>
      run(await Restic.start(join(options.folder, 'restic')), repetition, (restic) => restic.digest()),
    close: async () => undefined,
  };
}
