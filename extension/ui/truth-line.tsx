/** The line of truth with its sign. The words carry the meaning; sign and colour support them. */
import { Icon, type IconName } from '../../web/ui/index.ts';
import type { Truth, TruthTone } from './truth.ts';

const SIGNS: Readonly<Record<TruthTone, IconName>> = {
  good: 'shield',
  working: 'backup',
  waiting: 'clock',
  stopped: 'warning',
  plain: 'shield',
};

export function TruthLine({ truth }: { truth: Truth }) {
  return (
    <p class={`truth truth-${truth.tone}`} role="status">
      <span class="truth-sign">
        <Icon name={SIGNS[truth.tone]} />
      </span>
      <span class="truth-text">
        <strong>{truth.text}</strong> <span>{truth.detail}</span>
      </span>
    </p>
  );
}
