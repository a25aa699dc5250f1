/**
 * 1 → 2: a job may be many files. Those there are one each; how many are in each state is counted from now on; a folder
 * still to be read may have been begun; what failed without a source can only be given by a person.
 */
import type { Table } from 'dexie';

/** As much of the rows of version 1 as is looked at. */
interface Job1 {
  id: string;
  sourceId: string;
  status: { state: string; reason?: string };
}

interface Tally1 {
  name: 'tally';
  value: { files: number; bytes: number; doneFiles: number; doneBytes: number };
}

export async function bundles(table: (name: string) => Table): Promise<void> {
  const sources = new Set(await table('sources').toCollection().primaryKeys());
  const counts: Record<string, number> = {};
  await table('jobs')
    .toCollection()
    .modify((job: Job1 & { files?: number; toGive?: 1 }) => {
      const { state, reason } = job.status;
      const key = state === 'waiting' ? (reason ?? '') : state;
      counts[key] = (counts[key] ?? 0) + 1;
      job.files = 1;
      if (state === 'failed' && !sources.has(job.sourceId)) job.toGive = 1;
    });
  await table('walks')
    .toCollection()
    .modify((walk: { begun?: 1 }) => {
      walk.begun = 1;
    });
  await table('settings').put({ name: 'counts', value: counts });
  const tally: Tally1 | undefined = await table('settings').get('tally');
  if (tally !== undefined) await table('settings').put({ ...tally, value: { ...tally.value, unchanged: 0 } });
}
