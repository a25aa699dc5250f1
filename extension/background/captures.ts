/** Captures that begin outside our own pages: context menu, shortcut, popup. Recorded first, permitted afterwards. */
import { originPattern } from '../capture/index.ts';
import type { WebCapture } from '../messaging/index.ts';
import type { Outbox } from '../queue/index.ts';

export interface CapturePorts {
  readonly outbox: Outbox;
  readonly hasSite: (pattern: string) => Promise<boolean>;
}

/** The item is in the queue when this resolves, waiting for a permission unless the site may be read already. */
export async function captureWeb(ports: CapturePorts, capture: WebCapture): Promise<{ allowed: boolean }> {
  const pattern = originPattern(capture.request.url);
  const allowed = pattern !== null && (await ports.hasSite(pattern));
  await ports.outbox.intake.capture([{ kind: 'web', ...capture, allowed }]);
  return { allowed };
}

/** A permission has come: what waited for one that is there now goes on. */
export async function releaseAllowed({ outbox, hasSite }: CapturePorts): Promise<void> {
  const waiting = await outbox.intake.awaitingSite();
  const ids: string[] = [];
  for (const { id, url } of waiting) {
    const pattern = originPattern(url);
    if (pattern !== null && (await hasSite(pattern))) ids.push(id);
  }
  if (ids.length > 0) await outbox.controls.retry(ids);
}
