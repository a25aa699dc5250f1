/**
 * The archiver's pack journal over IndexedDB. It names packs by hash and chunks by keyed hash and holds no key. What it
 * loses is sent again, so its writes do not wait for the disk.
 */
import type { DBSchema } from 'idb';
import type { PackJournal, SentPack } from '../archiver/index.ts';
import { connectionTo, keysOfVault } from './database.ts';

interface JournalDatabase extends DBSchema {
  /** By vault id and pack id. */
  packs: { key: [string, string]; value: SentPack };
}

export function createPackJournal(databaseName = 'holdfast-packs'): PackJournal {
  const { open } = connectionTo<JournalDatabase>(databaseName, [['packs']]);
  const store = async () => (await open()).transaction('packs', 'readwrite', { durability: 'relaxed' }).store;
  return {
    async add(vaultId, pack) {
      await (await store()).put(pack, [vaultId, pack.id]);
    },
    async all(vaultId) {
      return (await store()).getAll(keysOfVault(vaultId));
    },
    async remove(vaultId, packIds) {
      const packs = await store();
      await Promise.all(packIds.map((id) => packs.delete([vaultId, id])));
    },
  };
}
