/**
 * Gathers sealed chunks into packs and has full ones put. A few packs are open at a time and chunks go to a random one
 * that has room, so that a pack's content says nothing about one file. May not: seal chunks, speak HTTP.
 */
import type { Bytes } from '../bytes/index.ts';
import { fitsPack, packSize } from '../format/index.ts';
import { MAX_PACK, RANGE_ALIGN } from '../protocol/index.ts';

const MAX_OPEN = 3;
/** Keeps a pack's index entry small enough for one log entry. */
const MAX_BLOBS = 4_096;

/** A blob on its way: `durable` resolves when the pack that holds it is on the server's disk. */
export interface Parcel {
  readonly durable: Promise<void>;
  readonly isDurable: () => boolean;
}

export interface Blob {
  readonly cid: Bytes;
  readonly blob: Bytes;
}

interface OpenPack {
  readonly blobs: Blob[];
  size: number;
  readonly parcel: Parcel;
  readonly settle: { resolve: () => void; reject: (error: unknown) => void };
}

export interface Packer {
  /** Resolves when the chunk has a place; waits while too many packs are on their way. */
  add(blob: Blob): Promise<Parcel>;
  /** Closes what is open and resolves when everything given so far is durable. */
  flush(): Promise<void>;
}

/**
 * @param put seals and sends one pack; it resolves when the pack is durable. `accepted` is called at once when the packer
 *   may go on, which bounds the packs in flight.
 */
export function createPacker(
  put: (blobs: readonly Blob[]) => Promise<{ durable: Promise<void> }>,
  random01: () => number,
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
    let durable = false;
    promise.then(
      () => {
        durable = true;
      },
      () => {},
    );
    const pack = {
      blobs: [],
      size: 0,
      parcel: { durable: promise, isDurable: () => durable },
      settle: { resolve, reject },
    };
    open.push(pack);
    return pack;
  }

  async function close(pack: OpenPack): Promise<void> {
    open.splice(open.indexOf(pack), 1);
    try {
      const { durable } = await put(pack.blobs);
      const settled = durable
        .then(pack.settle.resolve, (error: unknown) => {
          failure ??= { error };
          pack.settle.reject(error);
        })
        .finally(() => underway.delete(settled));
      underway.add(settled);
    } catch (error) {
      pack.settle.reject(error);
      throw error;
    }
  }

  async function roomFor(length: number): Promise<OpenPack> {
    const fitting = open.filter(
      (pack) => pack.blobs.length < MAX_BLOBS && fitsPack(pack.blobs.length + 1, pack.size + length),
    );
    const chosen = fitting[Math.floor(random01() * fitting.length)];
    if (chosen !== undefined) return chosen;
    if (open.length >= MAX_OPEN) await close(open.reduce((a, b) => (b.size > a.size ? b : a)));
    return openPack();
  }

  return {
    async add(blob) {
      throwIfFailed();
      const pack = await roomFor(blob.blob.length);
      pack.blobs.push(blob);
      pack.size += blob.blob.length;
      if (MAX_PACK - packSize(pack.blobs.length, pack.size) < RANGE_ALIGN) await close(pack);
      return pack.parcel;
    },
    async flush() {
      for (const pack of [...open]) await close(pack);
      await Promise.all(underway);
      throwIfFailed();
    },
  };
}
