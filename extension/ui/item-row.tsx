/** One item of the queue: what it is, how it stands, why it failed, and what can be done. */
import type { ComponentChildren } from 'preact';
import { Badge, Button, ErrorNote, FileIcon, formatBytes, IconButton, Name, plainName } from '../../web/ui/index.ts';
import type { JobRow } from '../queue/view.ts';
import { isFolder, itemState } from './item-state.ts';
import { item as words } from './messages/en.ts';

export interface ItemRowProps {
  job: JobRow;
  onRetry: () => void;
  onCancel: () => void;
  /** Another way out of a failure. */
  children?: ComponentChildren;
}

export function ItemRow({ job, onRetry, onCancel, children }: ItemRowProps) {
  const state = itemState(job);
  const name = plainName(job.name);
  return (
    <li class="queue-item">
      <FileIcon name={job.name} folder={isFolder(job)} />
      <div class="queue-main">
        <Name name={job.name} />
        <p class="queue-facts">
          {job.files > 1 && <span>{words.files(job.files)}</span>}
          {job.toFetch !== 1 && <span>{formatBytes(job.size)}</span>}
          <Place job={job} />
        </p>
      </div>
      <Badge tone={state.tone}>{state.text}</Badge>
      {state.canCancel && <IconButton icon="close" label={words.cancelOf(name)} onClick={onCancel} />}
      {job.status.state === 'failed' && (
        <div class="queue-cause">
          <ErrorNote
            brief
            error={job.status.code}
            action={
              <span class="queue-ways">
                {state.canRetry && (
                  <Button small label={words.retryOf(name)} onClick={onRetry}>
                    {words.retry}
                  </Button>
                )}
                {children}
                <Button small kind="quiet" label={words.dismissOf(name)} onClick={onCancel}>
                  {words.dismiss}
                </Button>
              </span>
            }
          />
        </div>
      )}
    </li>
  );
}

/** Where it came from, or the folder it goes to. */
function Place({ job }: { job: JobRow }) {
  if (job.sourceUrl !== null) return <bdi>{words.from(new URL(job.sourceUrl).host)}</bdi>;
  return job.path.length === 0 ? null : <bdi class="queue-path">{job.path.map(plainName).join(' / ')}</bdi>;
}
