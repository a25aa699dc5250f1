/**
 * A lane: the part of a backup that costs arithmetic. It reads and cuts files, hashes their chunks, and compresses and
 * seals those that the vault lacks. It knows neither the vault nor the road, so several can work side by side, each in a
 * worker of its own; buffers change hands and are not copied.
 */
import type { Random } from '../async/ports.ts';
import { addBallast, BufferPool, type Bytes, concat } from '../bytes/index.ts';
import { createChunker, isPacked, MAX_CHUNK } from '../chunker/index.ts';
import { createCodecs } from '../compress/index.ts';
import { type DomainKeys, sha256 } from '../crypto/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { type ChunkRef, chunkId, type SealedChunk, sealChunk } from '../format/index.ts';
import { openReading, type Reading, readInOne, readWhole, STRETCH } from './source.ts';

/** Files up to this many bytes are read many at a time; the chunker leaves them whole. */
export const SMALL_FILE = 262_144;
/** Chunks of a file are handed on together up to about this many bytes. */
const GROUP = 4_194_304;
/** Most chunks have at most this many bytes: these do not lie in buffers for the longest. */
const COMMON_CHUNK = 2_097_152;
/** Buffers that are kept while they are not needed, of each of the two sizes: more take memory and save no time. */
const ROOM = 2;
const COMMON_ROOM = 2;
/** Bytes that tell the kind of a file. */
const HEAD = 64;
/** The most bytes that the chunks of one group have. */
export const MAX_GROUP = 2 * GROUP;

export interface HashedChunk extends ChunkRef {
  /** 32 bytes. */
  readonly cid: Bytes;
}

/** Chunks that were cut and hashed and now wait in their lane to be sealed. */
export interface ChunkGroup {
  readonly id: number;
  readonly chunks: readonly HashedChunk[];
}

export interface Lane {
  /**
   * Reads small files of these lengths in bytes, which lie one after another, each one chunk. None is empty. E_SOURCE_CHANGED
   * when together they have another length, and what the first refusal of the browser says; then nothing is held.
   */
  whole(files: Blob, lengths: readonly number[]): Promise<ChunkGroup>;
  /**
   * Begins to cut a file of `size` bytes at an offset, as if there were a cut; answers the number of this cutting. An offset
   * is a multiple of STRETCH. Errors: as `next`.
   */
  open(file: Blob, size: number, from: number): Promise<number>;
  /** Reads on from a copy of the whole file, in pieces of STRETCH bytes, as soon as it can. */
  turnTo(cutting: number, pieces: readonly Blob[]): Promise<void>;
  /** The next chunks, null after the last. Errors: E_SOURCE_CHANGED, E_SOURCE_GONE, E_SOURCE_UNREADABLE, … */
  next(cutting: number): Promise<ChunkGroup | null>;
  /** Ends a cutting, wherever it is. */
  close(cutting: number): Promise<void>;
  /** Seals the chunks at these places of a group, in this order, and forgets the group. */
  seal(group: number, wanted: readonly number[]): Promise<SealedChunk[]>;
}

interface Held {
  readonly chunk: HashedChunk;
  readonly plaintext: Bytes;
  /** The file is of a compressed kind, so compressing is not tried. */
  readonly packed: boolean;
  /** The chunk has its buffer to itself. */
  readonly alone: boolean;
}

interface Cutting {
  readonly from: number;
  readonly cuts: AsyncGenerator<Bytes, void, undefined>;
  readonly reading: Reading;
  /** The file is of a compressed kind; undefined until its first bytes were seen. */
  packed: boolean | undefined;
}

export interface LaneDeps {
  readonly random: Random;
  /** This browser can be trusted to fill the caller's memory with the bytes of a file. */
  readonly fillsFromFiles: boolean;
}

/** `domain`: keys of the vault's domain; they stay in this lane. */
export async function createLane(domain: DomainKeys, { random, fillsFromFiles }: LaneDeps): Promise<Lane> {
  const [chunker, codecs] = await Promise.all([createChunker(domain.chunkerSecret), createCodecs()]);
  const groups = new Map<number, readonly Held[]>();
  const cuttings = new Map<number, Cutting>();
  const { blocks, memory, empty } = createRoom(() => cuttings.size > 0);
  let last = 0;

  async function hold(plaintext: Bytes, packed: boolean, alone: boolean): Promise<Held> {
    const h = await sha256(plaintext);
    return { chunk: { len: plaintext.length, h, cid: await chunkId(domain, h) }, plaintext, packed, alone };
  }

  function group(held: readonly Held[]): ChunkGroup {
    const id = ++last;
    groups.set(id, held);
    return { id, chunks: held.map(({ chunk }) => chunk) };
  }

  function seal({ chunk, plaintext, packed }: Held, random32: Bytes): Promise<SealedChunk> {
    const { codec, data } = codecs.compress(plaintext, packed);
    return sealChunk(domain, chunk, codec, data, random32);
  }

  return {
    async whole(files, lengths) {
      const parts = cut(await readInOne(files, lengths), lengths);
      return group(await Promise.all(parts.map((plaintext) => hold(plaintext, isPacked(plaintext), false))));
    },

    async open(file, size, from) {
      const id = ++last;
      const packed = from === 0 ? undefined : isPacked(await readWhole(file.slice(0, HEAD)));
      const reading = openReading(file.slice(from), blocks, fillsFromFiles);
      const cuts = chunker.split(reading.read, size - from, memory, packed);
      cuttings.set(id, { from, cuts, reading, packed });
      return id;
    },

    async turnTo(id, pieces) {
      const cutting = cuttings.get(id);
      cutting?.reading.turnTo(pieces.slice(cutting.from / STRETCH));
    },

    async next(id) {
      const cutting = cuttings.get(id);
      if (cutting === undefined) return null;
      const held: Promise<Held>[] = [];
      for (let sum = 0; sum < GROUP; ) {
        const { value } = await cutting.cuts.next();
        if (value === undefined) break;
        cutting.packed ??= isPacked(value);
        held.push(hold(value, cutting.packed, true));
        sum += value.length;
        addBallast(value.length);
      }
      return held.length === 0 ? null : group(await Promise.all(held));
    },

    async close(id) {
      const cutting = cuttings.get(id);
      cuttings.delete(id);
      await cutting?.cuts.return();
      await cutting?.reading.close();
      if (cuttings.size === 0) empty();
    },

    async seal(id, wanted) {
      const held = groups.get(id);
      groups.delete(id);
      if (held === undefined) throw new HoldfastError('E_INTERNAL', 'the lane holds no such chunks');
      const noise = random.bytes(32 * wanted.length);
      const sealed = await Promise.all(
        wanted.map((place, i) => seal(held[place] as Held, noise.subarray(32 * i, 32 * i + 32))),
      );
      for (const { plaintext, alone } of held) if (alone) memory.release(plaintext);
      return held.some(({ alone }) => alone) ? sealed : inOneBuffer(sealed);
    },
  };
}

/** What files are read into, and what their chunks are put together in. Nothing is kept while nothing is cut. */
function createRoom(isCutting: () => boolean) {
  const blocks = new BufferPool(MAX_CHUNK, ROOM);
  const common = new BufferPool(COMMON_CHUNK, COMMON_ROOM);
  const memory = {
    allocate: (length: number) => (length > COMMON_CHUNK ? blocks : common).take(length),
    release(bytes: Bytes) {
      if (!isCutting()) return;
      blocks.give(bytes);
      common.give(bytes);
    },
  };
  const empty = (): void => {
    blocks.empty();
    common.empty();
  };
  return { blocks, memory, empty };
}

/** Views of `bytes`, one after another. */
function cut(bytes: Bytes, lengths: readonly number[]): Bytes[] {
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return bytes.subarray(end - length, end);
  });
}

/** The same chunks as views of one buffer: what changes hands is counted in buffers, and small chunks are many. */
function inOneBuffer(chunks: readonly SealedChunk[]): SealedChunk[] {
  const parts = chunks.flatMap(({ salt, sealed }) => [salt, sealed]);
  const views = cut(
    concat(...parts),
    parts.map(({ length }) => length),
  );
  return chunks.map((_, i) => ({ salt: views[2 * i] as Bytes, sealed: views[2 * i + 1] as Bytes }));
}
