/** What the browser wants to be asked for again, each with the one button that asks. */
import { Banner, Button, plainName } from '../../../web/ui/index.ts';
import type { SourceRow } from '../../queue/view.ts';
import { backup } from '../messages/en.ts';

/** More than these are not offered at once. */
const SHOWN = 6;

export interface PermissionNotesProps {
  sources: readonly SourceRow[];
  onAllow: (source: SourceRow) => void;
}

export function PermissionNotes({ sources, onAllow }: PermissionNotesProps) {
  const asks = distinct(sources);
  if (asks.length === 0) return null;
  return (
    <Banner
      tone="warn"
      title={backup.allowTitle}
      action={
        <span class="queue-ways">
          {asks.slice(0, SHOWN).map(({ label, source }) => (
            <Button key={label} small onClick={() => onAllow(source)}>
              {label}
            </Button>
          ))}
        </span>
      }
    >
      {backup.allowText}
    </Banner>
  );
}

/** One button for a site, however many of its documents wait. */
function distinct(sources: readonly SourceRow[]): { label: string; source: SourceRow }[] {
  const asks = new Map<string, SourceRow>();
  for (const source of sources) {
    if (source.kind === 'web') asks.set(backup.allowSite(new URL(source.request.url).hostname), source);
    else if ('handle' in source) asks.set(backup.allow(plainName(source.handle.name)), source);
  }
  return [...asks].map(([label, source]) => ({ label, source }));
}
