/** Asks whoever is signed in now what becomes of what was chosen for somebody else; until then nothing goes on. */
import { useState } from 'preact/hooks';
import { Banner, Button, Confirm } from '../../../web/ui/index.ts';
import type { QueueSummary } from '../../queue/view.ts';
import { backup } from '../messages/en.ts';
import { unsafeFiles } from '../truth.ts';

export interface StrangerNoteProps {
  summary: QueueSummary;
  busy: boolean;
  onDecide: (message: { type: 'take-over' | 'discard' }) => void;
}

export function StrangerNote({ summary, busy, onDecide }: StrangerNoteProps) {
  const [asking, setAsking] = useState(false);
  const { stranger, walks } = summary;
  if (stranger === null) return null;
  const { name, owner } = stranger;
  const files = unsafeFiles(summary);
  const discard = backup.discard(files + walks);
  return (
    <Banner
      tone="warn"
      title={backup.strangerTitle(files, walks, owner)}
      action={
        <span class="queue-ways">
          <Button small busy={busy} onClick={() => onDecide({ type: 'take-over' })}>
            {backup.takeOver(files + walks, name)}
          </Button>
          <Button small kind="quiet" busy={busy} onClick={() => setAsking(true)}>
            {discard}
          </Button>
          {asking && (
            <Confirm
              title={backup.discardTitle(owner)}
              action={discard}
              onClose={() => setAsking(false)}
              onConfirm={() => {
                setAsking(false);
                onDecide({ type: 'discard' });
              }}
            >
              <p>{backup.discardText}</p>
            </Confirm>
          )}
        </span>
      }
    >
      {backup.strangerText(owner)}
    </Banner>
  );
}
