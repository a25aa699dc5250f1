/**
 * KeyStore over IndexedDB: the device's non-extractable keys, the heads it has verified, log entries as ciphertext, small
 * settings. One transaction a call, flushed to disk before it resolves. Holds no key in readable form.
 */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { DeviceRecord, KeyStore, PinnedHead } from '../account/ports.ts';
import type { Bytes } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';

const VERSION = 1;
/** The device store has one row. */
const DEVICE = 'device';
const STORES = ['device', 'heads', 'entries', 'settings'] as const;

interface KeyDatabase extends DBSchema {
  device: { key: string; value: DeviceRecord };
  /** By vault id. */
  heads: { key: string; value: PinnedHead };
  /** By vault id and sequence number. */
  entries: { key: [string, number]; value: Bytes };
  settings: { key: string; value: string };
}

type DurableStores = IDBPTransaction<KeyDatabase, typeof STORES, 'readwrite'>;

export interface IndexedDbKeyStore extends KeyStore {
  /** Closes the connection; the next call opens it again. */
  close(): Promise<void>;
}

export function createKeyStore(databaseName = 'holdfast-keys'): IndexedDbKeyStore {
  const connection = connectionTo(databaseName);

  const read = () => connection.open();

  async function write(work: (stores: DurableStores) => Promise<unknown>): Promise<void> {
    try {
      const transaction = (await connection.open()).transaction(STORES, 'readwrite', { durability: 'strict' });
      await Promise.all([work(transaction), transaction.done]);
    } catch (cause) {
      if (!(cause instanceof DOMException) || cause.name !== 'QuotaExceededError') throw cause;
      throw new HoldfastError('E_DISK_FULL', 'the browser has no room left for keys', { cause });
    }
  }

  return {
    close: connection.close,

    load: async () => (await (await read()).get('device', DEVICE)) ?? null,

    save: (record) => write((stores) => stores.objectStore('device').put(record, DEVICE)),

    clear: () => write((stores) => Promise.all(STORES.map((name) => stores.objectStore(name).clear()))),

    pinnedHead: async (vaultId) => (await (await read()).get('heads', vaultId)) ?? null,

    pinHead: (vaultId, head) =>
      write(async (stores) => {
        const heads = stores.objectStore('heads');
        const pinned = await heads.get(vaultId);
        if (pinned === undefined || head.seq > pinned.seq) await heads.put(head, vaultId);
      }),

    async cachedEntries(vaultId, afterSeq) {
      const entries = (await read()).transaction('entries').store;
      const range = entriesAfter(vaultId, afterSeq);
      const [keys, bodies] = await Promise.all([entries.getAllKeys(range), entries.getAll(range)]);
      const gap = keys.findIndex(([, seq], at) => seq !== afterSeq + 1 + at);
      return gap === -1 ? bodies : bodies.slice(0, gap);
    },

    cacheEntries: (vaultId, firstSeq, bodies) =>
      write((stores) => {
        const entries = stores.objectStore('entries');
        return Promise.all(bodies.map((body, at) => entries.put(body, [vaultId, firstSeq + at])));
      }),

    setting: async (name) => (await (await read()).get('settings', name)) ?? null,

    putSetting: (name, value) => write((stores) => stores.objectStore('settings').put(value, name)),
  };
}

function entriesAfter(vaultId: string, afterSeq: number): IDBKeyRange {
  return IDBKeyRange.bound([vaultId, afterSeq], [vaultId, Number.MAX_SAFE_INTEGER], true);
}

/** Opens on first use, steps aside for a newer version of ourselves in another page, and opens again when needed. */
function connectionTo(name: string): { open(): Promise<IDBPDatabase<KeyDatabase>>; close(): Promise<void> } {
  let opening: Promise<IDBPDatabase<KeyDatabase>> | null = null;

  async function close(): Promise<void> {
    const closing = opening;
    opening = null;
    (await closing)?.close();
  }

  function open(): Promise<IDBPDatabase<KeyDatabase>> {
    opening ??= openDB<KeyDatabase>(name, VERSION, {
      upgrade(database, oldVersion) {
        if (oldVersion < 1) for (const store of STORES) database.createObjectStore(store);
      },
      blocking: () => void close(),
      terminated: () => {
        opening = null;
      },
    }).catch((cause: unknown) => {
      opening = null;
      throw cause;
    });
    return opening;
  }

  return { open, close };
}
