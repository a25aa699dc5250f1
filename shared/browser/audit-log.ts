/** What audits found, over IndexedDB. It names packs by hash and holds no key. Same origin, same log: engine and page share it. */
import { type DBSchema, openDB } from 'idb';
import type { AuditedPack, AuditLog } from '../checker/index.ts';

interface AuditDatabase extends DBSchema {
  /** By vault id and pack id. */
  packs: { key: [string, string]; value: AuditedPack };
}

export function createAuditLog(databaseName = 'holdfast-audits'): AuditLog {
  const open = () =>
    openDB<AuditDatabase>(databaseName, 1, {
      upgrade: (database) => {
        database.createObjectStore('packs');
      },
    });
  let opening: ReturnType<typeof open> | null = null;
  const database = () => {
    opening ??= open();
    return opening;
  };
  const allOf = (vaultId: string) => IDBKeyRange.bound([vaultId], [vaultId, []]);
  return {
    async note(vaultId, { packId, damage }, at) {
      await (await database()).put('packs', { at, damage }, [vaultId, packId]);
    },
    async all(vaultId) {
      const found = new Map<string, AuditedPack>();
      const { store } = (await database()).transaction('packs');
      const [keys, values] = await Promise.all([store.getAllKeys(allOf(vaultId)), store.getAll(allOf(vaultId))]);
      for (const [i, [, packId]] of keys.entries()) found.set(packId, values[i] as AuditedPack);
      return found;
    },
    async prune(vaultId, keep) {
      const { store } = (await database()).transaction('packs', 'readwrite');
      for (const key of await store.getAllKeys(allOf(vaultId))) if (!keep(key[1])) await store.delete(key);
    },
  };
}
