/** Finished downloads, newest first; only after the permission was given. */
import browser from 'webextension-polyfill';
import type { FinishedDownload } from '../capture/index.ts';

export async function finishedDownloads(limit: number): Promise<readonly FinishedDownload[]> {
  const found = await browser.downloads.search({ state: 'complete', orderBy: ['-startTime'], limit });
  return found.map((item) => ({
    id: item.id,
    // Where the browser tells it, the address after redirects is the one that gave the bytes.
    url: (item as { finalUrl?: string }).finalUrl ?? item.url ?? '',
    path: item.filename,
    bytes: item.fileSize,
    endedAt: item.endTime === undefined ? null : Date.parse(item.endTime),
  }));
}
