/** The chunker: one secret, any number of files. Holds at most two chunks of a file, never the file. */
import { type Bytes, concat } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { MAX_CHUNK, nextCut, TARGET_CHUNK, WINDOW } from './cut.ts';
import { createFind, type Find } from './engine.ts';
import { isPacked } from './media.ts';

export { SECRET_LENGTH } from './engine.ts';

/** Files up to this size are one chunk. */
const WHOLE = TARGET_CHUNK;
/** Bytes read at a time where cuts follow the content. */
const READ = 1_048_576;

/** Gives bytes `[start, end)` of a file. */
export type Read = (start: number, end: number) => Promise<Bytes>;

/** Content-defined cuts of one stream. */
export interface Splitter {
  /**
   * Takes the next bytes of the stream; gives the cuts they decide, as offsets from the stream's start. What follows the
   * last cut when the stream ends is the last chunk.
   */
  push(bytes: Uint8Array): number[];
}

export interface Chunker {
  splitter(): Splitter;
  /**
   * The chunks of a file in order, none for an empty file. Reads every byte once, front to back. Errors: those of
   * `read`; E_SOURCE_CHANGED when it gives another number of bytes than asked for.
   */
  split(read: Read, size: number): AsyncGenerator<Bytes, void, undefined>;
}

/** @param secret 4,112 random bytes that stay the same for a vault; E_INPUT for another length */
export async function createChunker(secret: Uint8Array): Promise<Chunker> {
  const find = await createFind(secret);
  const splitter = (): Splitter => createSplitter(find);
  return { splitter, split: (read, size) => split(exactly(read), size, splitter) };
}

function createSplitter(find: Find): Splitter {
  let context = new Uint8Array(0);
  let offset = 0;
  let start = 0;
  return {
    push(bytes) {
      const held = concat(context, bytes);
      const origin = offset - context.length;
      const seek = (from: number, to: number) => {
        const found = find(held, from - origin, to - origin);
        return found === null ? null : { position: found.position + origin, strong: found.strong };
      };
      const seen = offset;
      offset += bytes.length;
      context = held.slice(-WINDOW);
      const cuts: number[] = [];
      for (;;) {
        const cut = nextCut(start, seen + 1, offset, seek);
        if (cut === null) return cuts;
        cuts.push(cut);
        start = cut;
      }
    },
  };
}

async function* split(read: Read, size: number, splitter: () => Splitter): AsyncGenerator<Bytes, void, undefined> {
  if (size === 0) return;
  const head = await read(0, Math.min(size, READ));
  if (size <= WHOLE) yield head;
  else if (isPacked(head)) yield* splitEvenly(read, size, head);
  else yield* splitByContent(read, size, head, splitter());
}

async function* splitEvenly(read: Read, size: number, head: Bytes): AsyncGenerator<Bytes, void, undefined> {
  const first = Math.min(size, MAX_CHUNK);
  yield concat(head, await read(head.length, first));
  for (let at = first; at < size; at += MAX_CHUNK) yield await read(at, Math.min(size, at + MAX_CHUNK));
}

async function* splitByContent(
  read: Read,
  size: number,
  head: Bytes,
  splitter: Splitter,
): AsyncGenerator<Bytes, void, undefined> {
  let open: Bytes[] = [];
  let block = head;
  for (let at = 0; ; block = await read(at, Math.min(size, at + READ))) {
    let taken = 0;
    for (const cut of splitter.push(block)) {
      yield concat(...open, block.subarray(taken, cut - at));
      open = [];
      taken = cut - at;
    }
    if (taken < block.length) open.push(block.subarray(taken));
    at += block.length;
    if (at >= size) break;
  }
  if (open.length > 0) yield concat(...open);
}

function exactly(read: Read): Read {
  return async (start, end) => {
    if (start === end) return new Uint8Array(0);
    const bytes = await read(start, end);
    if (bytes.length !== end - start) throw new HoldfastError('E_SOURCE_CHANGED', 'the file has another length now');
    return bytes;
  };
}
