/** What an item's state is called and what can be done about it. Pure. */
import type { JobRow, JobStatus } from '../queue/view.ts';
import { item } from './messages/en.ts';

export interface ItemState {
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'warn' | 'bad';
  readonly canRetry: boolean;
  readonly canCancel: boolean;
}

export function itemState(job: Pick<JobRow, 'status' | 'done' | 'size'>): ItemState {
  const { state } = job.status;
  return {
    text: textOf(job.status, job.done, job.size),
    tone: TONES[state],
    canRetry: state === 'failed',
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
