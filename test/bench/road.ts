/** A server that is somewhere else: backups and restores over a line as people have it. */
import { join } from 'node:path';
import { removeFolder } from '../support/folders.ts';
import { same } from './rig/backup.ts';
import type { Bench, BenchOptions, Contest, Sample } from './rig/bench.ts';
import { type Corpus, digestOfFolder, sized, small } from './rig/corpora.ts';
import { Holdfast } from './rig/holdfast.ts';
import { type Line, startLongRoad } from './rig/long-road.ts';
import { RESTIC_DIFFERS, Restic } from './rig/restic.ts';

const MIB = 1_048_576;
/** 100 Mbit/s each way, 80 ms there and back. */
const LINE: Line = { delayMs: 40, bytesPerSecond: 12_500_000 };

export const bench: Bench = {
  name: 'road',
  work: 'Over a line of 100 Mbit/s each way and 80 ms there and back: first backup of the folder of `backup-small` and of one file of 256 MiB, and their restores; the seconds of all four together.',
  peer: 'restic over `rclone serve restic`, by the same line',
  differs: [
    ...RESTIC_DIFFERS,
    'Ours restores in the browser that made the backup, one ZIP and one file; restic writes 10,001 files.',
    'The line loses nothing and is as fast from the first byte as later.',
  ],
  unit: 's',
  better: 'less',
  repetitions: 2,
  reach: [],
  open: contest,
};

interface Legs {
  readonly small: Corpus;
  readonly large: Corpus;
}

async function contest(options: BenchOptions): Promise<Contest> {
  const legs: Legs = { small: await small(options), large: await sized(options, (options.quick ? 16 : 256) * MIB) };
  return {
    ours: () => ours(legs),
    peer: () => peer(options, legs),
    close: () => removeFolder(join(options.folder, 'restic')),
  };
}

async function ours({ small, large }: Legs): Promise<Sample> {
  const holdfast = await Holdfast.start([small.path, large.path], {}, (server) => startLongRoad(server, LINE));
  try {
    const small_up = (await holdfast.backup(small)).seconds;
    const large_up = (await holdfast.backup(large)).seconds;
    const smallBack = await holdfast.restoreHere(small);
    const largeBack = await holdfast.restoreHere(large);
    same(large, largeBack.digest);
    const extras = { small_up, small_down: smallBack.seconds, large_up, large_down: largeBack.seconds };
    return sample(extras, same(small, smallBack.digest));
  } finally {
    await holdfast.close();
  }
}

async function peer(options: BenchOptions, { small, large }: Legs): Promise<Sample> {
  const restic = await Restic.start(join(options.folder, 'restic'), (server) => startLongRoad(server, LINE));
  try {
    const restore = async (corpus: Corpus): Promise<number> => {
      const folder = join(options.folder, 'back');
      const { seconds } = await restic.restore(folder);
      same(corpus, await digestOfFolder(folder));
      await removeFolder(folder);
      return seconds;
    };
    const small_up = (await restic.backup(small)).seconds;
    const small_down = await restore(small);
    const large_up = (await restic.backup(large)).seconds;
    const large_down = await restore(large);
    return sample({ small_up, small_down, large_up, large_down }, small.digest);
  } finally {
    await restic.close();
  }
}

function sample(legs: Readonly<Record<string, number>>, digest: string): Sample {
  return { figure: Object.values(legs).reduce((sum, seconds) => sum + seconds, 0), extras: legs, digest };
}
