/**
 * The way of hashed chunks into packs: only those that nobody has are sealed and packed. The same content is stored once
 * per vault, and once per run even while its pack is still open.
 */
import { toHex } from '../bytes/index.ts';
import type { Vault } from '../vault/index.ts';
import type { ChunkGroup, HashedChunk, Lane } from './lane.ts';
import { isStored, type LostPacks } from './lost.ts';
import type { Packer, Parcel } from './pack.ts';

export interface ChunkStore {
  /** For each chunk of the group the parcel it travels in, null when the vault has it already. */
  store(lane: Lane, group: ChunkGroup): Promise<(Parcel | null)[]>;
  /** These chunks are in the vault's index now and need not be remembered. */
  forget(cids: Iterable<Uint8Array>): void;
}

type Place = PromiseWithResolvers<Parcel>;

export function createChunkStore(vault: Vault, packer: Packer, lost: LostPacks): ChunkStore {
  const underWay = new Map<string, Promise<Parcel>>();

  async function sealAndPack(lane: Lane, group: ChunkGroup, wanted: readonly number[], places: readonly Place[]) {
    try {
      const blobs = await lane.seal(group.id, wanted);
      for (const [i, place] of places.entries()) {
        const { cid } = group.chunks[wanted[i] as number] as HashedChunk;
        place.resolve(await packer.add({ cid, blob: blobs[i] as (typeof blobs)[number] }));
      }
    } catch (error) {
      for (const place of places) place.reject(error);
    }
  }

  return {
    async store(lane, group) {
      const wanted: number[] = [];
      const places: Place[] = [];
      const parcels = group.chunks.map(({ cid }, i) => {
        if (isStored(vault.state, cid, lost)) return null;
        const key = toHex(cid);
        const other = underWay.get(key);
        if (other !== undefined) return other;
        const place = Promise.withResolvers<Parcel>();
        // Whoever waits for it sees the failure; nobody may be waiting yet.
        place.promise.catch(() => undefined);
        underWay.set(key, place.promise);
        wanted.push(i);
        places.push(place);
        return place.promise;
      });
      await sealAndPack(lane, group, wanted, places);
      return Promise.all(parcels);
    },

    forget(cids) {
      for (const cid of cids) underWay.delete(toHex(cid));
    },
  };
}
