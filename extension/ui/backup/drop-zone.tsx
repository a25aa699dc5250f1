/** The place to drop files and folders on, with the two pickers in it. */
import { useRef, useState } from 'preact/hooks';
import { Button, Icon } from '../../../web/ui/index.ts';
import { backup } from '../messages/en.ts';

export interface DropZoneProps {
  busy: boolean;
  /** The folder chooser does not show every name. */
  pickerSkips: boolean;
  onDrop: (transfer: DataTransfer) => void;
  onPickFiles: () => void;
  onPickFolder: () => void;
}

export function DropZone({ busy, pickerSkips, onDrop, onPickFiles, onPickFolder }: DropZoneProps) {
  const { over, handlers } = useDrop(onDrop);
  return (
    <section class={`drop${over ? ' drop-over' : ''}`} aria-label={backup.dropTitle} aria-busy={busy} {...handlers}>
      <span class="drop-sign">
        <Icon name="backup" />
      </span>
      <h2>{over ? backup.dropNow : backup.dropTitle}</h2>
      <p role="status">{busy ? backup.adding : backup.dropHint}</p>
      <div class="drop-ways">
        <Button kind="primary" icon="file" busy={busy} onClick={onPickFiles}>
          {backup.pickFiles}
        </Button>
        <Button icon="files" busy={busy} onClick={onPickFolder}>
          {backup.pickFolder}
        </Button>
      </div>
      {pickerSkips && <p class="drop-note">{backup.pickerHint}</p>}
    </section>
  );
}

/** Enter and leave fire for every element inside; only their balance says whether something is held over the zone. */
export function useDrop(onDrop: (transfer: DataTransfer) => void) {
  const depth = useRef(0);
  const [over, setOver] = useState(false);
  const move = (by: number): void => {
    depth.current = Math.max(0, depth.current + by);
    setOver(depth.current > 0);
  };
  return {
    over,
    handlers: {
      onDragEnter: (event: DragEvent) => {
        event.preventDefault();
        move(1);
      },
      onDragLeave: () => move(-1),
      onDragOver: (event: DragEvent) => event.preventDefault(),
      onDrop: (event: DragEvent) => {
        event.preventDefault();
        move(-depth.current);
        if (event.dataTransfer !== null) onDrop(event.dataTransfer);
      },
    },
  };
}
