/** Puts captured items into the queue. A file that cannot be kept keeps out no other. */
import { codeOf } from '../../shared/errors/index.ts';
import type { CapturedItem } from '../queue/index.ts';
import { unreadableIn } from './files.ts';

export type Capture = (items: readonly CapturedItem[]) => Promise<unknown>;

/** Rejects when nothing more can be kept: E_DISK_FULL, or a fault of the queue itself. */
export async function keep(capture: Capture, items: readonly CapturedItem[]): Promise<void> {
  const present = await Promise.all(items.map(presentOrUnreadable));
  try {
    await capture(present);
  } catch (error) {
    if (codeOf(error) === 'E_DISK_FULL' || present.every(({ kind }) => kind !== 'bytes')) throw error;
    for (const item of present) await keepOne(capture, item);
  }
}

async function keepOne(capture: Capture, item: CapturedItem): Promise<void> {
  try {
    await capture([item]);
  } catch (error) {
    if (codeOf(error) === 'E_DISK_FULL' || item.kind !== 'bytes') throw error;
    await capture([unreadableIn(item.path, item.name, error)]);
  }
}

/** A file that is gone looks like an empty one, and would be kept as such. */
async function presentOrUnreadable(item: CapturedItem): Promise<CapturedItem> {
  if (item.kind !== 'bytes' || item.blob.size > 0) return item;
  try {
    await item.blob.arrayBuffer();
    return item;
  } catch (error) {
    return unreadableIn(item.path, item.name, error);
  }
}
