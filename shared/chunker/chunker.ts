/** The chunker: one secret, any number of files. Holds at most four chunks' worth of a file, never the file. */
import { type Bytes, concat } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { MAX_CHUNK, nextCut, TARGET_CHUNK, WINDOW } from './cut.ts';
import { createFind, type Find } from './engine.ts';
import { isPacked } from './media.ts';

export { SECRET_LENGTH } from './engine.ts';

/** Files up to this size are one chunk. */
const WHOLE = TARGET_CHUNK;
/** Bytes read at a time: an even chunk as it is; and what a browser takes to begin a read is felt with less. */
const BLOCK = MAX_CHUNK;

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

export interface Memory {
  /** Gives `length` bytes to put a chunk together in. */
  readonly allocate: (length: number) => Bytes;
  /** Is given bytes of each block that `read` gave and that is no longer needed. */
  readonly release: (bytes: Bytes) => void;
}

export interface Chunker {
  splitter(): Splitter;
  /**
   * The chunks of a file in order, none for an empty file. Each has an ArrayBuffer to itself, so it can be transferred,
   * provided that `read` and `allocate` give a new one every time. Reads every byte once, front to back, at most MAX_CHUNK
   * at a time, and begins to read on before the chunks of the last bytes are taken. `packed`: whether the file is of a
   * compressed kind; its first bytes say so where nobody does.
   * Errors: those of `read`; E_SOURCE_CHANGED when it gives another number of bytes than asked for.
   */
  split(read: Read, size: number, memory?: Memory, packed?: boolean): AsyncGenerator<Bytes, void, undefined>;
}

/** @param secret 4,112 random bytes that stay the same for a vault; E_INPUT for another length */
export async function createChunker(secret: Uint8Array): Promise<Chunker> {
  const find = await createFind(secret);
  const splitter = (): Splitter => createSplitter(find);
  return {
    splitter,
    split: (read, size, memory = FRESH, packed) => split(exactly(read), size, splitter, memory, packed),
  };
}

function createSplitter(find: Find): Splitter {
  let before = new Uint8Array(0);
  let seen = 0;
  let start = 0;
  return {
    push(bytes) {
      const seek = (from: number, to: number) => {
        const found = find(bytes, from - seen, to - seen, before);
        return found === null ? null : { position: found.position + seen, strong: found.strong };
      };
      const end = seen + bytes.length;
      const cuts: number[] = [];
      for (let cut = nextCut(start, seen + 1, end, seek); cut !== null; cut = nextCut(start, seen + 1, end, seek)) {
        cuts.push(cut);
        start = cut;
      }
      before = concat(before, bytes.subarray(-WINDOW)).slice(-WINDOW);
      seen = end;
      return cuts;
    },
  };
}

const FRESH: Memory = { allocate: (length) => new Uint8Array(length), release: () => undefined };

async function* split(
  read: Read,
  size: number,
  splitter: () => Splitter,
  { allocate, release }: Memory,
  packed: boolean | undefined,
): AsyncGenerator<Bytes, void, undefined> {
  let cutter: Splitter | null = null;
  /** What the blocks before this one ended with. */
  let open: Bytes[] = [];
  let at = 0;
  for await (const block of blocks(read, size)) {
    if (at === 0 && size > WHOLE && !(packed ?? isPacked(block))) cutter = splitter();
    let taken = 0;
    for (const cut of cutter?.push(block) ?? []) {
      const chunk = joined([...open, block.subarray(taken, cut - at)], allocate);
      open.forEach(release);
      open = [];
      taken = cut - at;
      yield chunk;
    }
    at += block.length;
    if (cutter === null) yield block;
    else if (taken < block.length) open.push(block.subarray(taken));
    else release(block);
  }
  if (open.length > 0) yield joined(open, allocate);
  open.forEach(release);
}

function joined(parts: readonly Bytes[], allocate: Memory['allocate']): Bytes {
  const out = allocate(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The file front to back. The next block is on its way while one is worked on. */
async function* blocks(read: Read, size: number): AsyncGenerator<Bytes, void, undefined> {
  const begin = (at: number): Promise<Bytes> => {
    const block = read(at, Math.min(size, at + BLOCK));
    block.catch(() => undefined); // told when its turn comes, if it does
    return block;
  };
  let next = size > 0 ? begin(0) : null;
  for (let at = BLOCK; next !== null; at += BLOCK) {
    const block: Bytes = await next;
    next = at < size ? begin(at) : null;
    yield block;
  }
}

function exactly(read: Read): Read {
  return async (start, end) => {
    const bytes = await read(start, end);
    if (bytes.length !== end - start) throw new HoldfastError('E_SOURCE_CHANGED', 'the file has another length now');
    return bytes;
  };
}
