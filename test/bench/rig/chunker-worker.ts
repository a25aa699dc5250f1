/** Runs in a worker of the browser: cuts the same bytes each time it is asked, from memory, and tells how fast. */
import { createChunker, MAX_CHUNK, SECRET_LENGTH } from '../../../shared/chunker/index.ts';

export interface Cutting {
  /** MiB a second of the search alone. */
  readonly search: number;
  /** MiB a second with building chunks, in memory that is used again. */
  readonly chunks: number;
  /** Lengths of the chunks. */
  readonly lengths: readonly number[];
}

const MIB = 1_048_576;

/** xorshift32: bytes without pattern, the same in every browser. */
function patternless(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(length / 4));
  let x = seed;
  for (let i = 0; i < words.length; i++) {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    words[i] = x;
  }
  return new Uint8Array(words.buffer, 0, length);
}

async function cut(bytes: Uint8Array<ArrayBuffer>): Promise<Cutting> {
  const chunker = await createChunker(patternless(1, SECRET_LENGTH));
  const speed = (since: number): number => bytes.length / MIB / ((performance.now() - since) / 1000);

  const searched = performance.now();
  const splitter = chunker.splitter();
  for (let at = 0; at < bytes.length; at += MAX_CHUNK) splitter.push(bytes.subarray(at, at + MAX_CHUNK));
  const search = speed(searched);

  const split = performance.now();
  const lengths: number[] = [];
  const chunks = chunker.split(async (start, end) => bytes.subarray(start, end), bytes.length, {
    allocate: (length) => room.subarray(0, length),
    release: () => undefined,
  });
  for await (const chunk of chunks) lengths.push(chunk.length);
  return { search, chunks: speed(split), lengths };
}

const room = new Uint8Array(MAX_CHUNK);
let bytes = new Uint8Array(0);

self.onmessage = async ({ data: length }: MessageEvent<number>) => {
  if (bytes.length !== length) bytes = patternless(2, length);
  await cut(bytes.subarray(0, 8 * MIB));
  self.postMessage(await cut(bytes));
};
