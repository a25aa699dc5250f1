/** One finished download, on request: fetched once more from where it came, and believed only at its exact length. Pure. */
import type { WebCapture } from '../messaging/index.ts';
import { originPattern } from './link.ts';
import { addressName, captureName, DOWNLOADS_FOLDER } from './worker/naming.ts';

/** What the browser knows of a download. */
export interface FinishedDownload {
  readonly id: number;
  /** Address that gave the bytes, after redirects. */
  readonly url: string;
  /** Path on this device, in the system's own notation. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly endedAt: number | null;
}

export function downloadName(download: FinishedDownload): string {
  const last = download.path.split(/[/\\]/).at(-1) ?? '';
  return last === '' ? captureName(addressName(download.url), '') : last;
}

/** Null for a download that has no address on the web any more, such as one that a page made itself. */
export function captureOfDownload(download: FinishedDownload): WebCapture | null {
  if (originPattern(download.url) === null) return null;
  const name = downloadName(download);
  return {
    request: {
      url: download.url,
      kind: 'download',
      title: null,
      fileName: name,
      length: download.bytes >= 0 ? download.bytes : null,
    },
    path: DOWNLOADS_FOLDER,
    name,
  };
}
