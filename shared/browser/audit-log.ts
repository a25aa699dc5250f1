/** What audits found, over IndexedDB. It names packs by hash and holds no key. Same origin, same log: engine and page share it. */
import type { DBSchema } from 'idb';
import type { AuditedPack, AuditLog } from '../checker/index.ts';
import { connectionTo, keysOfVault } from './database.ts';

interface AuditDatabase extends DBSchema {
  /** By vault id and pack id. */
  packs: { key: [string, string]; value: AuditedPack };
}

export function createAuditLog(databaseName = 'holdfast-audits'): AuditLog {
  const { open } = connectionTo<AuditDatabase>(databaseName, [['packs']]);
  return {
    async note(vaultId, { packId, damage }, at) {
      await (await open()).put('packs', { at, damage }, [vaultId, packId]);
    },
    async all(vaultId) {
      const found = new Map<string, AuditedPack>();
      const { store } = (await open()).transaction('packs');
      const [keys, values] = await Promise.all([
        store.getAllKeys(keysOfVault(vaultId)),
        store.getAll(keysOfVault(vaultId)),
      ]);
      for (const [i, [, packId]] of keys.entries()) found.set(packId, values[i] as AuditedPack);
      return found;
    },
    async prune(vaultId, keep) {
      const { store } = (await open()).transaction('packs', 'readwrite');
      for (const key of await store.getAllKeys(keysOfVault(vaultId))) if (!keep(key[1])) await store.delete(key);
    },
  };
}
