/**
 * Checkpoints of states in the key store's database: a row for the head, a Blob for each piece. Whoever reads gets all of
 * one moment, for a Blob outlives its row; whoever writes changes all in one transaction or nothing.
 */
import type { IDBPDatabase } from 'idb';
import type { CheckpointStore } from '../vault/index.ts';
import { keysOfVault } from './database.ts';
import type { DurableStores, KeyDatabase } from './key-database.ts';

/** Runs in one transaction over all stores; resolves when it is kept. */
export type Write = <T>(
  work: (stores: DurableStores) => Promise<T>,
  durability?: IDBTransactionDurability,
) => Promise<T>;

export function checkpointStore(read: () => Promise<IDBPDatabase<KeyDatabase>>, write: Write): CheckpointStore {
  return {
    async checkpoint(vaultId) {
      const stores = (await read()).transaction(['checkpoints', 'pieces']);
      const pieces = stores.objectStore('pieces');
      const [stored, keys, blobs] = await Promise.all([
        stores.objectStore('checkpoints').get(vaultId),
        pieces.getAllKeys(keysOfVault(vaultId)),
        pieces.getAll(keysOfVault(vaultId)),
      ]);
      if (stored === undefined) return null;
      const readers = blobs.map((blob, i) => {
        const [, name] = keys[i] as [string, string];
        return [name, async () => new Uint8Array(await blob.arrayBuffer())] as const;
      });
      return { ...stored, pieces: new Map(readers) };
    },

    // Lost with the power, a piece is a checkpoint that does not open: not worth waiting for the disk each time.
    putPiece: (vaultId, name, piece) =>
      write(
        async (stores) => void (await stores.objectStore('pieces').put(new Blob([piece]), [vaultId, name])),
        'relaxed',
      ),

    putCheckpoint: (vaultId, { seq, hash, head, pieces }) =>
      write(async (stores) => {
        const [checkpoints, all] = [stores.objectStore('checkpoints'), stores.objectStore('pieces')];
        const [there, keys] = await Promise.all([checkpoints.get(vaultId), all.getAllKeys(keysOfVault(vaultId))]);
        const wanted = new Set(pieces);
        const kept = keys.filter(([, name]) => wanted.has(name));
        if (seq <= (there?.seq ?? 0) || kept.length < wanted.size) return false;
        await Promise.all([
          checkpoints.put({ seq, hash, head }, vaultId),
          ...keys.filter(([, name]) => !wanted.has(name)).map((key) => all.delete(key)),
          stores.objectStore('entries').delete(IDBKeyRange.bound([vaultId, 0], [vaultId, seq])),
        ]);
        return true;
      }),

    dropCheckpoint: (vaultId) =>
      write(async (stores) => {
        await Promise.all([
          stores.objectStore('checkpoints').delete(vaultId),
          stores.objectStore('pieces').delete(keysOfVault(vaultId)),
        ]);
      }),
  };
}
