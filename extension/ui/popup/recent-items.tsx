/** The last items and how they stand; what can be done about them is on the full page. */
import { FileIcon, Name } from '../../../web/ui/index.ts';
import type { QueueView } from '../../queue/view.ts';
import { isFolder, itemState } from '../item-state.ts';
import { popup } from '../messages/en.ts';
import { useLive } from '../use-live.ts';

/** As many as a popup is tall, which browsers end at 600 pixels. */
const SHOWN = 4;

export function RecentItems({ view }: { view: QueueView }) {
  const jobs = useLive(() => view.jobs('all', SHOWN), [view]);
  if (jobs === null) return null;
  return (
    <section class="popup-recent">
      <h2>{popup.recent}</h2>
      {jobs.length === 0 && <p class="popup-said">{popup.none}</p>}
      <ul class="recent">
        {jobs.map((job) => {
          const { text, tone } = itemState(job);
          return (
            <li key={job.id} class="recent-item">
              <FileIcon name={job.name} folder={isFolder(job)} />
              <div class="queue-main">
                <Name name={job.name} />
                <p class={`queue-facts state-${tone}`}>{text}</p>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
