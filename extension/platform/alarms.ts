/** Named alarms; they outlive the background script. */
import browser from 'webextension-polyfill';

export type AlarmName = 'engine-wake' | 'retry' | 'audit';

/** Fires every so many minutes, beginning one period from now; leaves an alarm of the same period alone. */
export async function repeat(name: AlarmName, minutes: number): Promise<void> {
  const present = await browser.alarms.get(name);
  if (present?.periodInMinutes !== minutes) browser.alarms.create(name, { periodInMinutes: minutes });
}

/** The same where there is no such alarm at all. */
export async function repeatUnlessSet(name: AlarmName, minutes: number): Promise<void> {
  if ((await browser.alarms.get(name)) === undefined) await repeat(name, minutes);
}

/** Fires once at a time (milliseconds since 1970); null takes it away. */
export async function fireAt(name: AlarmName, when: number | null): Promise<void> {
  if (when === null) await browser.alarms.clear(name);
  else browser.alarms.create(name, { when });
}

export function onAlarm(listener: (name: string) => void): void {
  browser.alarms.onAlarm.addListener((alarm) => listener(alarm.name));
}
