/** What this browser is called in the account's list of devices: product and system, no more. */
const BROWSERS = [
  ['Firefox', /Firefox\//],
  ['Edge', /Edg\//],
  ['Opera', /OPR\//],
  ['Chrome', /Chrom(e|ium)\//],
  ['Safari', /Safari\//],
] as const;
const SYSTEMS = [
  ['Android', /Android/],
  ['iOS', /iPhone|iPad/],
  ['ChromeOS', /CrOS/],
  ['Windows', /Windows/],
  ['macOS', /Mac OS X/],
  ['Linux', /Linux/],
] as const;

function first(table: readonly (readonly [string, RegExp])[], agent: string, otherwise: string): string {
  return table.find(([, pattern]) => pattern.test(agent))?.[0] ?? otherwise;
}

export function deviceName(userAgent: string, client: 'web' | 'extension'): string {
  const name = `${first(BROWSERS, userAgent, 'Browser')} on ${first(SYSTEMS, userAgent, 'another system')}`;
  return client === 'web' ? `${name} (web)` : `${name} (extension)`;
}
