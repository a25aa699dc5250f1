/** What an item's state is called and what can be done about it. Pure. */
import type { JobRow, JobStatus } from '../queue/view.ts';
import { item } from './messages/en.ts';

export interface ItemState {
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly canRetry: boolean;
  readonly canCancel: boolean;
}

/** It stands for a folder: for files in it, or for one that could not be read. */
export function isFolder(job: Pick<JobRow, 'bundle' | 'folder'>): boolean {
  return job.bundle === 1 || job.folder === 1;
}

export function itemState(job: Pick<JobRow, 'status' | 'done' | 'size' | 'toGive'>): ItemState {
  const { state } = job.status;
  return {
    text: textOf(job.status, job.done, job.size),
    tone: TONES[state],
    canRetry: state === 'failed' && job.toGive !== 1,
    canCancel: state === 'captured' || state === 'queued' || state === 'leased' || state === 'waiting',
  };
}

const TONES: Readonly<Record<JobStatus['state'], ItemState['tone']>> = {
  captured: 'plain',
  queued: 'plain',
  leased: 'plain',
  waiting: 'warn',
  committed: 'plain',
  proven: 'good',
  failed: 'bad',
  cancelled: 'plain',
};

function textOf(status: JobStatus, done: number, size: number): string {
  switch (status.state) {
    case 'leased':
      return status.stage === 'reading' ? item.reading(done, size) : item[status.stage];
    case 'waiting':
      return item.waiting[status.reason];
    default:
      return item[status.state];
  }
}
