/**
 * Gets the bytes of planned chunks, in the order they are wanted, with flat memory: of every pack the aligned part that
 * the plan needs (the whole of it when that is most), the next packs and chunks while one is being used, and nothing kept
 * that no later chunk needs.
 */
import { abortable } from '../async/index.ts';
import { type Bytes, giveBack } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { alignedRange, type PackRange, type ReadPack } from '../vault/index.ts';
import type { PlannedChunk } from './plan.ts';

/** Bytes of packs held at one time, the ones on their way included. */
const HELD_BYTES = 48 * 1_048_576;
const PACKS_AHEAD = 5;
/** Opened before they are asked for: so many chunks, and no more plaintext than this beyond one chunk. */
const CHUNKS_AHEAD = 32;
const OPENED_BYTES = 8 * 1_048_576;

interface Part {
  readonly packId: string;
  range: PackRange;
  /** Chunks that still need it. */
  wanted: number;
  bytes: Promise<Bytes> | null;
}

export interface ChunkFetcher {
  /**
   * Plaintexts of chunks `from` to `to` (exclusive), in order, verified. Every chunk is read once, about in the order of
   * the plan; several readers may be at it. A fetch that failed before its chunk was asked for is begun anew. Errors:
   * E_INTEGRITY, E_CANCELLED, those of `readPack`; they end this reader alone.
   */
  read(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Bytes, void, undefined>;
}

/** `chunks`: everything that will be read, in that order. */
export function createFetcher(chunks: readonly PlannedChunk[], readPack: ReadPack): ChunkFetcher {
  return new Fetcher(chunks, readPack);
}

class Fetcher implements ChunkFetcher {
  readonly #chunks: readonly PlannedChunk[];
  readonly #readPack: ReadPack;
  readonly #parts: Map<string, Part>;
  /** In order of first use. */
  readonly #order: readonly Part[];
  readonly #rank: Map<Part, number>;
  /** 1 for a chunk that was read or is being opened ahead. */
  readonly #begun: Uint8Array;
  readonly #ahead = new Map<number, Promise<Bytes>>();
  #aheadBytes = 0;
  #held = 0;

  constructor(chunks: readonly PlannedChunk[], readPack: ReadPack) {
    this.#chunks = chunks;
    this.#readPack = readPack;
    this.#parts = partsOf(chunks);
    this.#order = [...this.#parts.values()];
    this.#begun = new Uint8Array(chunks.length);
    this.#rank = new Map(this.#order.map((part, i) => [part, i]));
  }

  async *read(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Bytes, void, undefined> {
    let index = from;
    try {
      for (; index < to; index++) yield await abortable(this.#take(index), signal);
    } finally {
      // what a reader that left early will not ask for
      for (; index < to; index++) {
        this.#forget(index);
        this.#begun[index] = 1;
      }
    }
  }

  #take(index: number): Promise<Bytes> {
    const bytes = this.#ahead.get(index) ?? this.#open(index);
    this.#forget(index);
    this.#begun[index] = 1;
    this.#openAhead(index + 1);
    return bytes;
  }

  #openAhead(from: number): void {
    const to = Math.min(this.#chunks.length, from + CHUNKS_AHEAD);
    for (let index = from; index < to; index++) {
      if (this.#begun[index] === 1) continue;
      const { len } = this.#chunk(index).ref;
      if (this.#ahead.size > 0 && this.#aheadBytes + len > OPENED_BYTES) return;
      const part = this.#part(index);
      if (part.bytes === null && this.#held + sizeOf(part) > HELD_BYTES) return;
      const bytes = this.#open(index);
      this.#begun[index] = 1;
      this.#ahead.set(index, bytes);
      this.#aheadBytes += len;
      bytes.catch(() => this.#forget(index));
    }
  }

  #forget(index: number): void {
    if (!this.#ahead.delete(index)) return;
    this.#begun[index] = 0;
    this.#aheadBytes -= this.#chunk(index).ref.len;
  }

  async #open(index: number): Promise<Bytes> {
    const chunk = this.#chunk(index);
    const part = this.#part(index);
    const fetched = this.#begin(part);
    this.#makeRoom(part);
    this.#fetchAhead(part);
    const at = chunk.off - part.range.start;
    const blob = (await fetched).subarray(at, at + chunk.len);
    if (blob.length !== chunk.len) throw integrityError();
    const plaintext = await chunk.open(blob);
    part.wanted--;
    if (part.wanted === 0) this.#finish(part);
    return plaintext;
  }

  #begin(part: Part): Promise<Bytes> {
    if (part.bytes !== null) return part.bytes;
    this.#held += sizeOf(part);
    const bytes = this.#readPack(part.packId, part.range);
    part.bytes = bytes;
    // A failed fetch is not kept; whoever waits for it sees the error.
    bytes.catch(() => {
      if (part.bytes === bytes) this.#drop(part);
    });
    return bytes;
  }

  /** Nobody looks at it any more, and nobody will. */
  #finish(part: Part): void {
    part.bytes?.then(giveBack, () => {});
    this.#drop(part);
  }

  #drop(part: Part): void {
    if (part.bytes === null) return;
    part.bytes = null;
    this.#held -= sizeOf(part);
  }

  #makeRoom(current: Part): void {
    for (const part of this.#order) {
      if (this.#held <= HELD_BYTES) return;
      if (part !== current) this.#drop(part);
    }
  }

  #fetchAhead(part: Part): void {
    const at = this.#rank.get(part) as number;
    for (const later of this.#order.slice(at + 1, at + 1 + PACKS_AHEAD)) {
      if (this.#held + sizeOf(later) > HELD_BYTES) return;
      if (later.wanted > 0) void this.#begin(later).catch(() => {});
    }
  }

  #chunk(index: number): PlannedChunk {
    return this.#chunks[index] as PlannedChunk;
  }

  #part(index: number): Part {
    return this.#parts.get(this.#chunk(index).packId) as Part;
  }
}

function sizeOf({ range }: Part): number {
  return range.end - range.start;
}

function partsOf(chunks: readonly PlannedChunk[]): Map<string, Part> {
  const parts = new Map<string, Part>();
  for (const { packId, packSize, off, len } of chunks) {
    const range = alignedRange(off, len);
    if (range.end > packSize) throw integrityError();
    const part = parts.get(packId);
    if (part === undefined) {
      parts.set(packId, { packId, range, wanted: 1, bytes: null });
    } else {
      part.range = { start: Math.min(part.range.start, range.start), end: Math.max(part.range.end, range.end) };
      part.wanted++;
    }
  }
  return parts;
}
