/**
 * Where restored bytes go. Two ways for one file, the better one that the browser has: a download streamed by the service
 * worker; a file in the browser's own storage that is then downloaded. Only Chromium gets the first: Firefox stops a
 * service worker in the middle and calls the short file complete. A save dialog is not asked for: Chromium reads a file
 * that a page wrote once more before it gives it its name, and a GiB takes more than twice as long.
 */
import { safeFileName } from './file-name.ts';
import { canPickFolder, folderSlot } from './save-folder.ts';
import { opfsSlot, sweepStored } from './save-opfs.ts';
import type { SaveSlot } from './save-slot.ts';
import { streamSlot } from './save-stream.ts';

export interface Saver {
  begin(name: string): Promise<SaveSlot>;
  /**
   * The same for a folder that the person picks; null where the browser gives none. Call in the click itself, before
   * anything is awaited. E_CANCELLED when the person closes the dialog.
   */
  readonly beginFolder: (() => Promise<SaveSlot>) | null;
}

/** `serviceWorkerUrl` is approved by the page's URL policy; null where no service worker can be, as in Firefox's extensions. */
export function createSaver(serviceWorkerUrl: string | null): Saver {
  // what a closed page left; a browser without that storage has nothing to sweep
  void sweepStored(Date.now()).catch(() => {});
  return {
    begin: async (name) => {
      const safe = safeFileName(name);
      const streams = serviceWorkerUrl !== null && 'userAgentData' in navigator && 'serviceWorker' in navigator;
      const streamed = streams ? await streamSlot(serviceWorkerUrl, safe) : null;
      return streamed ?? opfsSlot(safe);
    },
    beginFolder: canPickFolder() ? folderSlot : null,
  };
}
