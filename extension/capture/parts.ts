/** Captured items in parts that the queue takes one after the other, so that a large tree is neither held nor waited for. */
import type { CapturedItem } from '../queue/index.ts';

/** A part is full at either: a bundle's worth of small files, or what a disk copies in a moment. */
const FILES = 256;
const BYTES = 33_554_432;

export async function* inParts(
  items: AsyncIterable<CapturedItem> | Iterable<CapturedItem>,
): AsyncGenerator<readonly CapturedItem[]> {
  let part: CapturedItem[] = [];
  let bytes = 0;
  for await (const item of items) {
    part.push(item);
    bytes += item.kind === 'bytes' ? item.blob.size : 0;
    if (part.length < FILES && bytes < BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}
