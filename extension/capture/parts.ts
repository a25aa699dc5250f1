/**
 * Captured items in parts that the queue takes one after the other, so that a large tree is neither held nor waited for.
 * Each part is a transaction, and those of whoever empties the queue wait for it.
 */
import { BUNDLE_FILES, type CapturedItem } from '../queue/index.ts';

/** A part is full with a bundle's worth of files out of folders, or with so many that become a job each, … */
const SINGLE_FILES = 4_096;
/** … or with what a disk copies in a moment. */
const BYTES = 33_554_432;

export async function* inParts(
  items: AsyncIterable<CapturedItem> | Iterable<CapturedItem>,
): AsyncGenerator<readonly CapturedItem[]> {
  let part: CapturedItem[] = [];
  let full = 0;
  for await (const item of items) {
    part.push(item);
    full += shareOf(item);
    if (full < 1) continue;
    yield part;
    part = [];
    full = 0;
  }
  if (part.length > 0) yield part;
}

function shareOf(item: CapturedItem): number {
  if (item.kind !== 'bytes') return 1 / SINGLE_FILES;
  return 1 / (item.path.length > 0 ? BUNDLE_FILES : SINGLE_FILES) + item.blob.size / BYTES;
}
