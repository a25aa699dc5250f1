/** What backing up may take of the network: folded away, for few people ever touch it; what is set is said on the fold. */
import { Checkbox, formatRate, Select } from '../../../web/ui/index.ts';
import type { Limits } from '../../queue/view.ts';
import { backup } from '../messages/en.ts';

const MB = 1_000_000;
const RATES = [10 * MB, 5 * MB, 2 * MB, MB, MB / 2, MB / 10];
const NONE = 'none';

export interface LimitsFormProps {
  limits: Limits;
  /** The browser says of some networks that they cost. */
  knowsMetered: boolean;
  onChange: (limits: Limits) => void;
}

export function LimitsForm({ limits, knowsMetered, onChange }: LimitsFormProps) {
  const { uploadLimit, waitOnMetered } = limits;
  const rates = uploadLimit === null || RATES.includes(uploadLimit) ? RATES : [uploadLimit, ...RATES];
  const options = [
    { value: NONE, label: backup.noLimit },
    ...rates.map((rate) => ({ value: String(rate), label: backup.limitOf(formatRate(rate)) })),
  ];
  const said = uploadLimit === null ? backup.noLimit : backup.limitOf(formatRate(uploadLimit));
  return (
    <details class="limits">
      <summary>
        {backup.limits} <span>{said}</span>
      </summary>
      <div class="limits-form">
        <Select
          label={backup.uploadLimit}
          value={uploadLimit === null ? NONE : String(uploadLimit)}
          options={options}
          onChange={(value) => onChange({ ...limits, uploadLimit: value === NONE ? null : Number(value) })}
        />
        {knowsMetered && (
          <Checkbox
            label={backup.waitOnMetered}
            checked={waitOnMetered}
            onChange={(checked) => onChange({ ...limits, waitOnMetered: checked })}
          />
        )}
      </div>
    </details>
  );
}
