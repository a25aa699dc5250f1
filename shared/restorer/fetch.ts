/**
 * Gets the bytes of planned chunks, in the order they are wanted, with flat memory: of every pack the aligned part that
 * the plan needs (the whole of it when that is most), the next packs while one is being opened, and nothing kept that no
 * later chunk needs.
 */
import { mapConcurrent } from '../async/index.ts';
import type { Bytes } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { alignedRange, type PackRange, type ReadPack } from '../vault/index.ts';
import type { PlannedChunk } from './plan.ts';

/** Bytes of packs held at one time, the ones on their way included. */
const HELD_BYTES = 48 * 1_048_576;
const OPENING = 4;
const PACKS_AHEAD = 3;

interface Part {
  readonly packId: string;
  range: PackRange;
  /** Chunks that still need it. */
  wanted: number;
  bytes: Promise<Bytes> | null;
}

export interface ChunkFetcher {
  /** Plaintexts of chunks `from` to `to` (exclusive) of the plan, in order, verified. */
  read(from: number, to: number, signal: AbortSignal): AsyncGenerator<Bytes>;
}

/** `chunks`: everything that will be read, in reading order. */
export function createFetcher(chunks: readonly PlannedChunk[], readPack: ReadPack): ChunkFetcher {
  const parts = partsOf(chunks);
  // In order of first use.
  const order = [...parts.values()];
  const rank = new Map(order.map((part, i) => [part.packId, i]));
  let held = 0;

  function drop(part: Part): void {
    if (part.bytes === null) return;
    part.bytes = null;
    held -= part.range.end - part.range.start;
  }

  function begin(part: Part): Promise<Bytes> {
    if (part.bytes !== null) return part.bytes;
    held += part.range.end - part.range.start;
    const bytes = readPack(part.packId, part.range);
    part.bytes = bytes;
    // A failed fetch is not kept; whoever waits for it sees the error.
    bytes.catch(() => {
      if (part.bytes === bytes) drop(part);
    });
    return bytes;
  }

  function makeRoom(current: Part): void {
    for (const part of order) {
      if (held <= HELD_BYTES) return;
      if (part !== current) drop(part);
    }
  }

  function lookAhead(part: Part): void {
    const at = rank.get(part.packId) as number;
    for (const later of order.slice(at + 1, at + 1 + PACKS_AHEAD)) {
      if (held + (later.range.end - later.range.start) > HELD_BYTES) return;
      if (later.wanted > 0) void begin(later).catch(() => {});
    }
  }

  async function open(index: number): Promise<Bytes> {
    const chunk = chunks[index] as PlannedChunk;
    const part = parts.get(chunk.packId) as Part;
    const bytes = begin(part);
    makeRoom(part);
    lookAhead(part);
    const at = chunk.off - part.range.start;
    const blob = (await bytes).subarray(at, at + chunk.len);
    if (blob.length !== chunk.len) throw integrityError();
    const plaintext = await chunk.open(blob);
    part.wanted--;
    if (part.wanted === 0) drop(part);
    return plaintext;
  }

  return {
    read: (from, to, signal) => mapConcurrent(indices(from, to), OPENING, (index) => open(index), signal),
  };
}

function* indices(from: number, to: number): Generator<number> {
  for (let index = from; index < to; index++) yield index;
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
