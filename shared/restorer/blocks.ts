/** Pieces joined into blocks: a message, a write or a wake-up for every small file would cost more than the file. */
import type { Bytes } from '../bytes/index.ts';

const BLOCK_BYTES = 1_048_576;
/** Pieces from here on pass as they are: copying them costs more than another block. */
const LARGE_BYTES = 262_144;

/** The same bytes in fewer, larger pieces, each with a buffer of its own that the consumer may give away. */
export async function* inBlocks(pieces: AsyncIterable<Bytes>): AsyncGenerator<Bytes, void, undefined> {
  let block = new Uint8Array(BLOCK_BYTES);
  let used = 0;
  const take = (): Bytes => {
    const full = block.subarray(0, used);
    block = new Uint8Array(BLOCK_BYTES);
    used = 0;
    return full;
  };
  for await (const piece of pieces) {
    const large = piece.length >= LARGE_BYTES;
    if (used > 0 && (large || used + piece.length > BLOCK_BYTES)) yield take();
    if (large) {
      yield piece;
    } else {
      block.set(piece, used);
      used += piece.length;
    }
  }
  if (used > 0) yield take();
}
