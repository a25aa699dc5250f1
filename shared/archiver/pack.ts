/**
 * Gathers sealed chunks into packs and has full ones put. A few packs are open at a time, and the order inside a pack is
 * random, so that a pack's content says nothing about one file. May not: seal chunks, speak HTTP.
 */
import type { Release } from '../async/index.ts';
import { CHUNK_SALT, fitsPack, type PackBlob, packSize } from '../format/index.ts';
import { MAX_PACK, RANGE_ALIGN } from '../protocol/index.ts';

/**
 * Chunks are up to as long as a pack, so what is left over in packs depends on how many there are to choose from: with the
 * fullest of six that fit, packs are 4 % longer than what is in them; with any of three, 9 %.
 */
const MAX_OPEN = 6;
/** Blobs below this fill whatever gap there is, so they are strewn over all open packs. */
const STREWN = 65_536;
/** Keeps a pack's index entry small enough for one log entry. */
const MAX_BLOBS = 4_096;

/** The pack that a blob travels in. */
export interface Parcel {
  /** True once it is on the server's disk. */
  readonly isDurable: () => boolean;
}

interface OpenPack {
  readonly blobs: PackBlob[];
  size: number;
  readonly parcel: Parcel;
  /** Resolves when the pack is durable. */
  readonly promise: Promise<void>;
  readonly settle: { resolve: () => void; reject: (error: unknown) => void };
}

export interface Packer {
  /** Resolves when the chunk has a place; waits while too many packs are on their way. */
  add(blob: PackBlob): Promise<Parcel>;
  /** Closes what is open and resolves when everything given so far is durable. */
  flush(): Promise<void>;
}

/**
 * @param put seals and sends one pack: resolves as soon as it is on its way, to a promise of its being durable. Waiting
 *   here bounds the packs in flight.
 * @param hold counts the memory of a pack from its first chunk until it is durable
 * @param onDurable after each pack, when its parcels say that they are durable
 */
export function createPacker(
  put: (blobs: readonly PackBlob[]) => Promise<{ durable: Promise<void> }>,
  hold: () => Release,
  random01: () => number,
  onDurable: () => void,
): Packer {
  const open: OpenPack[] = [];
  const underway = new Set<Promise<void>>();
  // The first pack that could not be put: from then on the run has failed, whoever asks.
  let failure: { readonly error: unknown } | null = null;

  function throwIfFailed(): void {
    if (failure !== null) throw failure.error;
  }

  function openPack(): OpenPack {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const release = hold();
    let durable = false;
    promise.then(() => {
      durable = true;
      release();
      onDurable();
    }, release);
    const pack = {
      blobs: [],
      size: 0,
      promise,
      parcel: { isDurable: () => durable },
      settle: { resolve, reject },
    };
    open.push(pack);
    return pack;
  }

  /** Resolves when the pack is on its way; it counts as under way from the call on, so that a flush waits for it. */
  async function close(pack: OpenPack): Promise<void> {
    open.splice(open.indexOf(pack), 1);
    const putting = put(pack.blobs);
    const settled = putting
      .then(({ durable }) => durable)
      .then(pack.settle.resolve, (error: unknown) => {
        failure ??= { error };
        pack.settle.reject(error);
      })
      .finally(() => underway.delete(settled));
    underway.add(settled);
    await putting;
  }

  function choose(length: number): OpenPack | undefined {
    const fitting = open.filter(
      (pack) => pack.blobs.length < MAX_BLOBS && fitsPack(pack.blobs.length + 1, pack.size + length),
    );
    if (length < STREWN) return fitting[Math.floor(random01() * fitting.length)];
    return fitting.reduce((a: OpenPack | undefined, b) => (a === undefined || b.size > a.size ? b : a), undefined);
  }

  return {
    async add(blob) {
      for (;;) {
        throwIfFailed();
        // Chosen and filled in one step: nobody else may fill or close the pack in between.
        const length = CHUNK_SALT + blob.blob.sealed.length;
        const pack = choose(length) ?? (open.length < MAX_OPEN ? openPack() : null);
        if (pack === null) {
          await close(open.reduce((a, b) => (b.size > a.size ? b : a)));
          continue;
        }
        pack.blobs.push(blob);
        pack.size += length;
        if (MAX_PACK - packSize(pack.blobs.length, pack.size) < RANGE_ALIGN) await close(pack);
        return pack.parcel;
      }
    },
    async flush() {
      merge(open);
      // While it waits for the road, another call may fill one of these and close it.
      for (const pack of [...open]) if (open.includes(pack)) await close(pack);
      await Promise.all(underway);
      throwIfFailed();
    },
  };
}

function fitsBoth(a: OpenPack, b: OpenPack): boolean {
  const blobs = a.blobs.length + b.blobs.length;
  return blobs <= MAX_BLOBS && fitsPack(blobs, a.size + b.size);
}

/** Packs that are open at the end are seldom full: those that fit into one leave as one. */
function merge(open: OpenPack[]): void {
  for (const pack of [...open].sort((a, b) => a.size - b.size)) {
    const others = open.filter((other) => other !== pack && fitsBoth(other, pack));
    if (others.length === 0) continue;
    const into = others.reduce((a, b) => (b.size > a.size ? b : a));
    into.blobs.push(...pack.blobs);
    into.size += pack.size;
    into.promise.then(pack.settle.resolve, pack.settle.reject);
    open.splice(open.indexOf(pack), 1);
  }
}
