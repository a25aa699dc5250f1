/** How far something is: bytes, rate and time left as text, and a bar that says the same. */
import { formatBytes } from './format.ts';
import { restore } from './messages/en.ts';

export interface ProgressProps {
  label: string;
  bytes: number;
  length: number;
  /** Bytes a second; null until it is known. */
  rate: number | null;
}

export function Progress({ label, bytes, length, rate }: ProgressProps) {
  const text = restore.progress(bytes, length);
  const left = rate === null || rate < 1 ? null : restore.left((length - bytes) / rate);
  return (
    <div class="progress">
      <progress aria-label={label} value={length === 0 ? 1 : bytes} max={length === 0 ? 1 : length}>
        {text}
      </progress>
      <p class="progress-text">
        <span>{text}</span>
        {rate !== null && <span>{restore.rate(rate)}</span>}
        {left !== null && <span>{left}</span>}
      </p>
    </div>
  );
}

/** How much of a space is used. */
export function Meter({ label, used, of }: { label: string; used: number; of: number }) {
  return (
    <meter class="meter" aria-label={label} min={0} max={Math.max(of, 1)} high={of * 0.9} value={Math.min(used, of)}>
      {formatBytes(used)}
    </meter>
  );
}

/** How strong a password is, out of the bits that are wanted. */
export function Strength({
  label,
  bits,
  wanted,
  acceptable,
}: {
  label: string;
  bits: number;
  wanted: number;
  acceptable: boolean;
}) {
  return (
    <meter
      class={`strength strength-${acceptable ? 'good' : 'weak'}`}
      aria-label={label}
      min={0}
      max={wanted}
      value={Math.min(bits, wanted)}
    />
  );
}
