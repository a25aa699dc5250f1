/** A pane beside the list: on a wide window a column, on a narrow one a sheet over it. And the facts that stand in it. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { IconButton } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { useMedia } from './use-media.ts';

/** When a pane is a sheet over the page. */
export const PANE_IS_SHEET = '(max-width: 1020px)';

export interface PaneProps {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: ComponentChildren;
}

export function Pane({ title, closeLabel, onClose, children }: PaneProps) {
  const heading = useId();
  const narrow = useMedia(PANE_IS_SHEET);
  if (narrow) {
    return (
      <Dialog title={title} onClose={onClose}>
        {children}
      </Dialog>
    );
  }
  return (
    <aside class="pane" aria-labelledby={heading}>
      <header class="pane-head">
        <h2 id={heading}>{title}</h2>
        <IconButton icon="close" label={closeLabel} onClick={onClose} />
      </header>
      {children}
    </aside>
  );
}

export function FactList({ facts }: { facts: readonly (readonly [label: string, value: ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {facts.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
