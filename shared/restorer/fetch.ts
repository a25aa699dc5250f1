/**
 * Gets the bytes of planned chunks, in the order they are wanted, with flat memory: of every pack the part that the plan
 * needs, the next packs and chunks while one is being used, and nothing kept that no later chunk needs. The plan may grow
 * while it is read: what comes to it shares the packs that are there.
 */
import { abortable } from '../async/index.ts';
import { type Bytes, giveBack } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { alignedRange, type PackRange, type ReadPack } from '../vault/index.ts';
import { Part, type Piece } from './part.ts';
import type { PlannedChunk } from './plan.ts';

/** Bytes of packs held at one time, the ones on their way included. */
const HELD_BYTES = 48 * 1_048_576;
const PACKS_AHEAD = 5;
/** Of what was fetched of a pack, the share after which no more of it is expected to be wanted: packs are seldom emptier. */
const SPENT = 7 / 8;
/** Opened before they are asked for: so many chunks, and no more plaintext than this beyond one chunk. */
const CHUNKS_AHEAD = 32;
const OPENED_BYTES = 8 * 1_048_576;

interface Slot {
  readonly chunk: PlannedChunk;
  readonly part: Part;
  /** Begun before it was asked for. */
  ahead: Promise<Bytes> | null;
}

export interface ChunkFetcher {
  /** Puts chunks at the end of the plan; answers the number of the first. E_INTEGRITY for a place outside its pack. */
  add(chunks: readonly PlannedChunk[]): number;
  /** Nothing more comes to the plan. */
  complete(): void;
  /**
   * Plaintexts of chunks `from` to `to` (exclusive), in order, verified. Every chunk is read once, about in the order of
   * the plan; several readers may be at it. A fetch that failed before its chunk was asked for is begun anew. Errors:
   * E_INTEGRITY, E_CANCELLED, those of `readPack`; they end this reader alone.
   */
  read(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Bytes, void, undefined>;
}

export function createFetcher(readPack: ReadPack): ChunkFetcher {
  return new Fetcher(readPack);
}

class Fetcher implements ChunkFetcher {
  readonly #readPack: ReadPack;
  /** Chunks that nobody has asked for yet, by number. */
  readonly #slots = new Map<number, Slot>();
  /** Of each pack the part that another chunk would join. */
  readonly #parts = new Map<string, Part>();
  /** Parts that chunks still need, in order of first use. */
  readonly #needed = new Set<Part>();
  /** Parts that are kept, as long as there is room, because what comes to the plan may want the rest of them. */
  readonly #spare = new Set<Part>();
  #isComplete = false;
  #added = 0;
  #ahead = 0;
  #aheadBytes = 0;
  #held = 0;

  constructor(readPack: ReadPack) {
    this.#readPack = readPack;
  }

  add(chunks: readonly PlannedChunk[]): number {
    const first = this.#added;
    for (const chunk of chunks) {
      const part = this.#join(chunk);
      part.wanted++;
      this.#slots.set(this.#added++, { chunk, part, ahead: null });
    }
    return first;
  }

  complete(): void {
    this.#isComplete = true;
    for (const part of this.#spare) this.#leavePart(part);
  }

  async *read(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Bytes, void, undefined> {
    let index = from;
    try {
      for (; index < to; index++) yield await abortable(this.#take(index), signal);
    } finally {
      // what a reader that left early will not ask for
      for (; index < to; index++) this.#leave(index);
    }
  }

  #join({ packId, packSize, off, len }: PlannedChunk): Part {
    const range = alignedRange(off, len);
    if (range.end > packSize) throw integrityError();
    const known = this.#parts.get(packId);
    if (known?.include(range)) {
      if (this.#spare.delete(known)) this.#needed.add(known);
      return known;
    }
    const part = new Part(packId, packSize);
    part.include(range);
    this.#parts.set(packId, part);
    this.#needed.add(part);
    return part;
  }

  #take(index: number): Promise<Bytes> {
    const slot = this.#slots.get(index) as Slot;
    this.#slots.delete(index);
    const bytes = slot.ahead ?? this.#open(slot);
    this.#forget(slot);
    slot.part.taken += slot.chunk.len;
    this.#releaseAfter(bytes, slot.part);
    this.#openAhead(index + 1);
    return bytes;
  }

  #leave(index: number): void {
    const slot = this.#slots.get(index);
    if (slot === undefined) return;
    this.#slots.delete(index);
    // Nor will anybody ask for the rest of it.
    slot.part.taken = slot.part.size;
    this.#releaseAfter(slot.ahead ?? Promise.resolve(), slot.part);
    this.#forget(slot);
  }

  /** The memory of a pack is in use until the chunk that is read from it is open, or has failed. */
  #releaseAfter(opened: Promise<unknown>, part: Part): void {
    const release = (): void => {
      part.wanted--;
      if (part.wanted > 0) return;
      this.#needed.delete(part);
      const isSpent = this.#isComplete || part.pieces === null || part.taken >= SPENT * part.size;
      if (isSpent) this.#leavePart(part);
      else this.#spare.add(part);
    };
    opened.then(release, release);
  }

  #leavePart(part: Part): void {
    part.pieces?.then(giveAllBack, () => {});
    this.#drop(part);
    this.#spare.delete(part);
    if (this.#parts.get(part.packId) === part) this.#parts.delete(part.packId);
  }

  /** Lets go of what is spare until so many bytes more may be held; false when they may not even so. */
  #findRoom(size: number): boolean {
    for (const part of this.#spare) {
      if (this.#held + size <= HELD_BYTES) return true;
      this.#leavePart(part);
    }
    return this.#held + size <= HELD_BYTES;
  }

  #openAhead(from: number): void {
    for (let index = from; index < from + CHUNKS_AHEAD; index++) {
      const slot = this.#slots.get(index);
      if (slot === undefined || slot.ahead !== null) continue;
      const { chunk, part } = slot;
      if (this.#ahead > 0 && this.#aheadBytes + chunk.ref.len > OPENED_BYTES) return;
      if (part.pieces === null && !this.#findRoom(part.size)) return;
      slot.ahead = this.#open(slot);
      this.#ahead++;
      this.#aheadBytes += chunk.ref.len;
      // Whoever asks for it sees the error.
      slot.ahead.catch(() => {});
    }
  }

  /** Not opened ahead, or not any more. */
  #forget(slot: Slot): void {
    if (slot.ahead === null) return;
    slot.ahead = null;
    this.#ahead--;
    this.#aheadBytes -= slot.chunk.ref.len;
  }

  async #open(slot: Slot): Promise<Bytes> {
    const { chunk, part } = slot;
    const fetched = this.#begin(part);
    this.#makeRoom(part);
    this.#fetchAhead(part);
    const pieces = await fetched.catch((error: unknown) => {
      this.#forget(slot);
      throw error;
    });
    return chunk.open(blobIn(pieces, chunk));
  }

  #begin(part: Part): Promise<readonly Piece[]> {
    if (part.pieces !== null) return part.pieces;
    this.#held += part.size;
    const pieces = Promise.all(part.ranges.map((range) => this.#piece(part.packId, range)));
    part.pieces = pieces;
    // A failed fetch is not kept; whoever waits for it sees the error.
    pieces.catch(() => {
      if (part.pieces === pieces) this.#drop(part);
    });
    return pieces;
  }

  async #piece(packId: string, range: PackRange): Promise<Piece> {
    return { start: range.start, bytes: await this.#readPack(packId, range) };
  }

  #drop(part: Part): void {
    if (part.pieces === null) return;
    part.pieces = null;
    this.#held -= part.size;
  }

  #makeRoom(current: Part): void {
    if (this.#findRoom(0)) return;
    for (const part of this.#needed) {
      if (this.#held <= HELD_BYTES) return;
      if (part !== current) this.#drop(part);
    }
  }

  #fetchAhead(current: Part): void {
    let left = PACKS_AHEAD;
    let passed = false;
    for (const part of this.#needed) {
      if (passed) {
        if (left-- === 0 || !this.#findRoom(part.pieces === null ? part.size : 0)) return;
        void this.#begin(part).catch(() => {});
      } else passed = part === current;
    }
  }
}

function blobIn(pieces: readonly Piece[], { off, len }: PlannedChunk): Bytes {
  for (const { start, bytes } of pieces)
    if (start <= off && off + len <= start + bytes.length) return bytes.subarray(off - start, off - start + len);
  throw integrityError();
}

function giveAllBack(pieces: readonly Piece[]): void {
  for (const { bytes } of pieces) giveBack(bytes);
}
