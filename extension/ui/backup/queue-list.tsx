/** The queue as a list: the part that is asked for, newest first, each item with its state, cause and ways out. */
import { useState } from 'preact/hooks';
import { Button, EmptyState, formatCount, type Option, Segments } from '../../../web/ui/index.ts';
import type { JobRow, Live, QueueFilter, QueueSummary } from '../../queue/view.ts';
import { ItemRow } from '../item-row.tsx';
import { backup, item as words } from '../messages/en.ts';
import { isIdle, openFiles } from '../truth.ts';
import { useLive } from '../use-live.ts';
import { useDrop } from './drop-zone.tsx';

const SHOWN = 200;

export interface QueueListProps {
  summary: QueueSummary;
  jobs: (filter: QueueFilter, limit: number) => Live<readonly JobRow[]>;
  onRetry: (id: string) => void;
  onRetryAll: () => void;
  onCancel: (id: string) => void;
  /** A person gives the file that could not be fetched. */
  onGive: (id: string, file: File | null) => void;
}

export function QueueList(props: QueueListProps) {
  const { summary, jobs } = props;
  const [filter, setFilter] = useState<QueueFilter>('all');
  const rows = useLive(() => jobs(filter, SHOWN), [filter]);
  if (rows === null) return null;
  const counts: Record<QueueFilter, number> = {
    all: 0,
    open: openFiles(summary),
    failed: summary.counts.failed,
    done: 0,
  };
  const options = (Object.keys(counts) as QueueFilter[]).map(
    (value): Option<QueueFilter> => ({ value, label: labelOf(value, counts[value]) }),
  );
  return (
    <section class="queue" aria-label={backup.list}>
      <header class="queue-head">
        <Segments label={backup.filter} value={filter} options={options} onChange={setFilter} />
        {summary.counts.failed > 1 && (
          <Button small icon="refresh" onClick={props.onRetryAll}>
            {backup.retryAll}
          </Button>
        )}
      </header>
      {rows.length === 0 && (filter !== 'all' || isIdle(summary)) && <Nothing filter={filter} />}
      {rows.length > 0 && (
        <ul class="queue-list">
          {rows.map((job) => (
            <Row key={job.id} job={job} {...props} />
          ))}
        </ul>
      )}
      {rows.length === SHOWN && <p class="queue-more">{backup.more(SHOWN)}</p>}
    </section>
  );
}

function labelOf(filter: QueueFilter, count: number): string {
  return count === 0 ? backup.filters[filter] : `${backup.filters[filter]} · ${formatCount(count)}`;
}

function Nothing({ filter }: { filter: QueueFilter }) {
  if (filter === 'all') {
    return (
      <EmptyState icon="shield" title={backup.emptyTitle}>
        {backup.emptyHint}
      </EmptyState>
    );
  }
  const texts = { open: backup.noneOpen, failed: backup.noneFailed, done: backup.noneDone };
  return <p class="queue-none">{texts[filter]}</p>;
}

function Row({ job, onRetry, onCancel, onGive }: QueueListProps & { job: JobRow }) {
  return (
    <ItemRow job={job} onRetry={() => onRetry(job.id)} onCancel={() => onCancel(job.id)}>
      {(job.toFetch === 1 || job.toGive === 1) && <Give onGive={(file) => onGive(job.id, file)} />}
    </ItemRow>
  );
}

/** Takes one file by press or by drop. */
function Give({ onGive }: { onGive: (file: File | null) => void }) {
  const { over, handlers } = useDrop((transfer) => onGive(transfer.files[0] ?? null));
  return (
    <span class={`give${over ? ' drop-over' : ''}`} title={words.giveHint} {...handlers}>
      <Button small onClick={() => onGive(null)}>
        {words.give}
      </Button>
    </span>
  );
}
