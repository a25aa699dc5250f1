/**
 * Where restored bytes go. Three ways, the best that the browser has: a file the person picks; a download streamed by
 * the service worker; a file in the browser's own storage that is then downloaded. Only Chromium gets the second:
 * Firefox stops a service worker in the middle and calls the short file complete.
 */
import { safeFileName } from './file-name.ts';
import { canPickFolder, folderSlot } from './save-folder.ts';
import { opfsSlot, sweepStored } from './save-opfs.ts';
import { canPick, pickedSlot } from './save-picker.ts';
import type { SaveSlot } from './save-slot.ts';
import { streamSlot } from './save-stream.ts';

export interface Saver {
  /**
   * Call in the click itself, before anything is awaited: it may open the browser's save dialog. E_CANCELLED when the
   * person closes that.
   */
  begin(name: string): Promise<SaveSlot>;
  /** The same for a folder; null where the browser gives none. */
  readonly beginFolder: (() => Promise<SaveSlot>) | null;
}

/** `serviceWorkerUrl` is approved by the page's URL policy; null where no service worker can be, as in an extension. */
export function createSaver(serviceWorkerUrl: string | null): Saver {
  // what a closed page left; a browser without that storage has nothing to sweep
  void sweepStored(Date.now()).catch(() => {});
  return {
    begin: async (name) => {
      const safe = safeFileName(name);
      const picked = canPick() ? await pickedSlot(safe) : null;
      if (picked !== null) return picked;
      const streams = serviceWorkerUrl !== null && 'userAgentData' in navigator && 'serviceWorker' in navigator;
      return (streams ? await streamSlot(serviceWorkerUrl, safe) : null) ?? opfsSlot(safe);
    },
    beginFolder: canPickFolder() ? folderSlot : null,
  };
}
