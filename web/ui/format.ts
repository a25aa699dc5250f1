/** Numbers, sizes, rates and dates as a person reads them, in the browser's language. Pure but for Intl. */

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const counts = new Intl.NumberFormat();
const days = new Intl.DateTimeFormat(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
const moments = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const ages = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

export function formatCount(value: number): string {
  return counts.format(value);
}

/** Decimal units, three significant digits at most after the first thousand: 12 bytes, 1.2 kB, 341 MB. */
export function formatBytes(bytes: number): string {
  const power = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const unitDisplay = power === 0 ? 'long' : 'short';
  return inUnit(UNITS[power] as string, unitDisplay, power === 0 || value >= 100 ? 0 : 1).format(value);
}

/** A formatter takes longer to make than a list of a hundred sizes to write. */
const made = new Map<string, Intl.NumberFormat>();

function inUnit(unit: string, unitDisplay: 'long' | 'short', maximumFractionDigits: number): Intl.NumberFormat {
  const key = `${unit} ${unitDisplay} ${maximumFractionDigits}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat(undefined, { style: 'unit', unit, unitDisplay, maximumFractionDigits });
  made.set(key, format);
  return format;
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(Math.round(bytesPerSecond))}/s`;
}

/** Whole seconds, minutes or hours, rounded up: what remains is never said to be less than it is. */
export function formatDuration(seconds: number): string {
  const [value, unit] =
    seconds < MINUTE
      ? [Math.max(1, Math.ceil(seconds)), 'second']
      : seconds < HOUR
        ? [Math.ceil(seconds / MINUTE), 'minute']
        : [Math.ceil(seconds / HOUR), 'hour'];
  return inUnit(unit, 'long', 0).format(value);
}

export function formatDay(ms: number): string {
  return days.format(ms);
}

export function formatMoment(ms: number): string {
  return moments.format(ms);
}

/** "2 hours ago", "yesterday"; older than a month: the date. */
export function formatAge(ms: number, now: number): string {
  const seconds = Math.round((ms - now) / 1000);
  const distance = Math.abs(seconds);
  if (distance < MINUTE) return ages.format(0, 'minute');
  if (distance < HOUR) return ages.format(Math.trunc(seconds / MINUTE), 'minute');
  if (distance < DAY) return ages.format(Math.trunc(seconds / HOUR), 'hour');
  if (distance < 30 * DAY) return ages.format(Math.trunc(seconds / DAY), 'day');
  return formatDay(ms);
}
