/** What a link's form offers, and what its fields mean. Pure. */
import { MAX_LINK_DOWNLOADS } from '../../../shared/protocol/index.ts';
import type { LinkSummary } from '../../session/index.ts';
import { text } from '../../ui/messages/index.ts';

const DAYS = [1, 7, 30, 90, 365] as const;
const ALWAYS = 'always';

export const AS_NOW = 'unchanged';

export const DEFAULT_DAYS = '7';

const expiryOptions = (label: (days: number) => string) => [
  ...DAYS.map((days) => ({ value: String(days), label: label(days) })),
  { value: ALWAYS, label: text.createLink.always },
];

export const EXPIRY_OPTIONS = expiryOptions(text.createLink.days);

/** What a link that works may become; one that has expired cannot stay as it is and work again. */
export function editOptions({ state, expiresAt }: LinkSummary) {
  const options = expiryOptions(text.links.fromToday);
  return state === 'expired' ? options : [{ value: AS_NOW, label: text.links.asNow(expiresAt) }, ...options];
}

/** Whole days, or null for no end. */
export function daysOf(choice: string): number | null {
  return choice === ALWAYS ? null : Number(choice);
}

/** Null for no limit; undefined when what was typed is not a number that can be. */
export function limitOf(typed: string): number | null | undefined {
  const trimmed = typed.trim();
  if (trimmed === '') return null;
  const value = /^\d{1,7}$/.test(trimmed) ? Number(trimmed) : 0;
  return value >= 1 && value <= MAX_LINK_DOWNLOADS ? value : undefined;
}
