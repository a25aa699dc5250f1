/**
 * Captures that begin outside our own pages: context menu, shortcut, popup. Each is recorded first, waiting for its site's
 * permission; then its bytes come by the shortest way there is.
 */
import { codeOf } from '../../shared/errors/index.ts';
import { captureOf, isSameOrigin, originPattern } from '../capture/index.ts';
import { fetchDocument, type WebPort } from '../capture/worker/index.ts';
import type { WebCapture } from '../messaging/index.ts';
import type { Pointed } from '../platform/index.ts';
import type { Outbox } from '../queue/index.ts';
import { notice } from '../ui/messages/en.ts';

export interface CapturePorts {
  readonly outbox: Outbox;
  readonly hasSite: (pattern: string) => Promise<boolean>;
  readonly requestSite: (pattern: string) => Promise<boolean>;
  /** Fetches from inside a tab; E_SOURCE_PERMISSION when that is not possible. */
  readonly fetchInTab: (tabId: number, url: string) => ReturnType<WebPort['fetch']>;
  readonly notify: (cause: string, title: string, message: string) => Promise<void>;
  readonly now: () => number;
}

/**
 * What is on the page's own site comes through its tab and needs no permission. For another site it is asked for before
 * anything else: the gesture does not outlive a wait. `release`: called when a permission may have come.
 */
export async function savePointed(
  ports: CapturePorts,
  { kind, url, title, pageUrl, tabId }: Pointed,
  release: () => Promise<void>,
): Promise<void> {
  const pattern = originPattern(url);
  const own = pageUrl !== null && isSameOrigin(url, pageUrl);
  const asked = pattern === null || own ? Promise.resolve(false) : ports.requestSite(pattern).catch(() => false);
  const capture = captureOf(kind, url, title);
  if (capture === null) return ports.notify('uncatchable', notice.title, notice.uncatchable);
  try {
    await captureWeb(ports, capture, own ? tabId : null);
  } catch (error) {
    // Nobody is looking at a page of ours.
    return ports.notify('unsaved', notice.title, notice.unsaved(codeOf(error)));
  }
  await asked;
  await release();
}

/** The item is in the queue when this resolves. `tabId`: a tab of the same site, to fetch it through. */
export async function captureWeb(
  ports: CapturePorts,
  capture: WebCapture,
  tabId: number | null,
): Promise<{ needsPermission: boolean }> {
  const pattern = originPattern(capture.request.url);
  const allowed = pattern !== null && (await ports.hasSite(pattern));
  const [id] = await ports.outbox.intake.capture([{ kind: 'web', ...capture, allowed }]);
  if (allowed || id === undefined) return { needsPermission: false };
  if (tabId === null) return { needsPermission: true };
  return { needsPermission: !(await supplyFromTab(ports, id, capture, tabId)) };
}

/** False when the tab could not give the document; the item goes on waiting for its permission then. */
async function supplyFromTab(ports: CapturePorts, id: string, capture: WebCapture, tabId: number): Promise<boolean> {
  const port: WebPort = {
    fetch: (url) => ports.fetchInTab(tabId, url),
    isOnline: () => true,
    now: ports.now,
  };
  try {
    const document = await fetchDocument(capture.request, port, new AbortController().signal);
    await ports.outbox.intake.supply(id, document);
    return true;
  } catch (error) {
    if (codeOf(error) !== 'E_CAPTURE_SIGN_IN') return false;
    await ports.outbox.leases.fail(null, [{ jobId: id, fileId: id, code: 'E_CAPTURE_SIGN_IN' }]);
    return true;
  }
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
