/**
 * Saving in two steps, for browsers where nothing else is safe: the bytes go to a file in the browser's own storage,
 * and when all are there and verified, that file is downloaded. A browser does not tell a page when a download is done,
 * so the file stays for a while, held by a lock, and whatever a closed page left is swept at the next start.
 */
import { HoldfastError } from '../../shared/errors/index.ts';
import type { RestorePlan, RestoreTarget } from '../session/contract.ts';
import { pressLink } from './press-link.ts';
import type { SaveSlot } from './save-slot.ts';

const PREFIX = 'restore-';
const KEEP_MS = 60_000;
/** Slower than any disk that a browser runs on: bytes a millisecond. */
const SLOWEST_DISK = 10_000;
const LEFT_BEHIND_MS = 10 * 60_000;

export function opfsSlot(name: string): SaveSlot {
  const stored = `${PREFIX}${Date.now()}-${crypto.randomUUID()}`;
  let release = (): void => {};
  let length = 0;
  const remove = async (): Promise<void> => {
    await removeStored(stored);
    release();
  };
  return {
    open: async (plan: RestorePlan): Promise<RestoreTarget> => {
      length = plan.length;
      await requireSpace(length);
      void navigator.locks.request(stored, () => new Promise<void>((resolve) => (release = resolve)));
      return { kind: 'opfs', name: stored };
    },
    finish: async () => {
      const root = await navigator.storage.getDirectory();
      const url = URL.createObjectURL(await (await root.getFileHandle(stored)).getFile());
      pressLink(url, name);
      setTimeout(
        () => {
          URL.revokeObjectURL(url);
          void remove();
        },
        KEEP_MS + length / SLOWEST_DISK,
      );
    },
    discard: remove,
  };
}

/** Removes what pages that are gone have left. Call at start. */
export async function sweepStored(now: number): Promise<void> {
  const root = await navigator.storage.getDirectory();
  for await (const name of root.keys()) {
    const made = Number(/^restore-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    if (!(now - made > LEFT_BEHIND_MS)) continue;
    await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock !== null) await removeStored(name);
    });
  }
}

async function removeStored(name: string): Promise<void> {
  const root = await navigator.storage.getDirectory();
  try {
    await root.removeEntry(name);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error;
  }
}

async function requireSpace(length: number): Promise<void> {
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  if (quota - usage < length) throw new HoldfastError('E_DISK_FULL', `${length} bytes do not fit`);
}
