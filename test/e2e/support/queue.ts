/** The extension's queue, looked at from one of its pages: what is in it, and what a person may ask of it. */
import type { Page } from 'playwright-core';
import type { Envelope } from '../../../extension/messaging/contract.ts';
import type { Counts, Hold } from '../../../extension/queue/db.ts';

export interface QueueNow {
  /** Files not proven yet. */
  readonly open: number;
  readonly failed: number;
  /** Folders still to be read. */
  readonly walks: number;
  /** Dropped things of which not everything may be in the queue. */
  readonly drops: number;
  readonly hold: Hold | null;
  /** Of its jobs. */
  readonly names: readonly string[];
}

export function readQueue(page: Page): Promise<QueueNow> {
  return page.evaluate(async () => {
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const db = await done(indexedDB.open('holdfast-queue'));
    try {
      const read = db.transaction(['jobs', 'walks', 'drops', 'settings']);
      const [jobs, walks, drops, settings] = await Promise.all([
        done<{ name: string }[]>(read.objectStore('jobs').getAll()),
        done(read.objectStore('walks').count()),
        done(read.objectStore('drops').count()),
        done<{ name: string; value: unknown }[]>(read.objectStore('settings').getAll()),
      ]);
      const setting = (name: string): unknown => settings.find((row) => row.name === name)?.value;
      const { proven: _, cancelled: __, failed = 0, ...rest } = (setting('counts') ?? {}) as Counts;
      const open = Object.values(rest).reduce((sum: number, files) => sum + (files ?? 0), 0);
      return {
        open,
        failed,
        walks,
        drops,
        hold: (setting('hold') ?? null) as Hold | null,
        names: jobs.map((job) => job.name),
      };
    } finally {
      db.close();
    }
  });
}

/** What "Try now" does: whatever waits for this reason waits no longer, and the engine looks again. */
export async function release(page: Page, reason: Hold['reason']): Promise<void> {
  const envelope: Envelope = { holdfast: 1, to: 'background', message: { type: 'release', reason, sourceId: null } };
  await page.evaluate(async (sent) => {
    const { chrome } = globalThis as unknown as {
      chrome: { runtime: { sendMessage(message: unknown): Promise<unknown> } };
    };
    await chrome.runtime.sendMessage(sent);
  }, envelope);
}
