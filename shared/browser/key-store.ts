/**
 * KeyStore over IndexedDB: the device's non-extractable keys, the heads it has verified, log entries and checkpoints of
 * states as ciphertext, small settings. One transaction a call, flushed to disk before it resolves. Holds no key in readable form.
 */
import type { KeyStore } from '../account/ports.ts';
import { HoldfastError } from '../errors/index.ts';
import { nextPin } from '../vault/index.ts';
import { checkpointStore } from './checkpoint-store.ts';
import { type DurableStores, keyDatabase, STORES } from './key-database.ts';

/** The device store has one row. */
const DEVICE = 'device';
/** Those whose rows are of one vault each, by their key. */
const VAULT_STORES = ['heads', 'entries', 'checkpoints', 'pieces'] as const;

export interface IndexedDbKeyStore extends KeyStore {
  /** Closes the connection; the next call opens it again. */
  close(): Promise<void>;
}

export function createKeyStore(databaseName = 'holdfast-keys'): IndexedDbKeyStore {
  const connection = keyDatabase(databaseName);

  const read = () => connection.open();

  async function write<T>(
    work: (stores: DurableStores) => Promise<T>,
    durability: IDBTransactionDurability = 'strict',
  ): Promise<T> {
    try {
      const transaction = (await connection.open()).transaction(STORES, 'readwrite', { durability });
      const [result] = await Promise.all([work(transaction), transaction.done]);
      return result;
    } catch (cause) {
      if (!(cause instanceof DOMException) || cause.name !== 'QuotaExceededError') throw cause;
      throw new HoldfastError('E_DISK_FULL', 'the browser has no room left for keys', { cause });
    }
  }

  return {
    close: connection.close,

    load: async () => (await (await read()).get('device', DEVICE)) ?? null,

    save: (record) => write(async (stores) => void (await stores.objectStore('device').put(record, DEVICE))),

    keepVaults: (vaultIds) =>
      write(async (stores) => {
        const isKept = (key: string | [string, string | number]) =>
          vaultIds.includes(typeof key === 'string' ? key : key[0]);
        for (const name of VAULT_STORES) {
          const store = stores.objectStore(name);
          const keys = (await store.getAllKeys()).filter((key) => !isKept(key));
          await Promise.all(keys.map((key) => store.delete(key as never)));
        }
      }),

    clear: () =>
      write(async (stores) => void (await Promise.all(STORES.map((name) => stores.objectStore(name).clear())))),

    pinnedHead: async (vaultId) => (await (await read()).get('heads', vaultId)) ?? null,

    pinHead: (vaultId, after, hashes) =>
      write(async (stores) => {
        const heads = stores.objectStore('heads');
        const pinned = await heads.get(vaultId);
        const head = nextPin(pinned ?? null, after, hashes);
        if (head !== pinned) await heads.put(head, vaultId);
        return head;
      }),

    async cachedEntries(vaultId, afterSeq) {
      const entries = (await read()).transaction('entries').store;
      const range = entriesAfter(vaultId, afterSeq);
      const [keys, bodies] = await Promise.all([entries.getAllKeys(range), entries.getAll(range)]);
      const gap = keys.findIndex(([, seq], at) => seq !== afterSeq + 1 + at);
      return gap === -1 ? bodies : bodies.slice(0, gap);
    },

    cacheEntries: (vaultId, firstSeq, bodies) =>
      write(async (stores) => {
        const entries = stores.objectStore('entries');
        await Promise.all(bodies.map((body, at) => entries.put(body, [vaultId, firstSeq + at])));
      }),

    ...checkpointStore(read, write),

    setting: async (name) => (await (await read()).get('settings', name)) ?? null,

    putSetting: (name, value) => write(async (stores) => void (await stores.objectStore('settings').put(value, name))),
  };
}

function entriesAfter(vaultId: string, afterSeq: number): IDBKeyRange {
  return IDBKeyRange.bound([vaultId, afterSeq], [vaultId, Number.MAX_SAFE_INTEGER], true);
}
