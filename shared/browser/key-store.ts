/**
 * KeyStore over IndexedDB: the device's non-extractable keys, the heads it has verified, log entries as ciphertext, small
 * settings. One transaction a call, flushed to disk before it resolves. Holds no key in readable form.
 */
import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { DeviceRecord, KeyStore, PinnedHead } from '../account/ports.ts';
import type { Bytes } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';

const VERSION = 1;
/** The device store has one row. */
const DEVICE = 'device';
const STORES = ['device', 'heads', 'entries', 'settings'] as const;
const DURABLE = { durability: 'strict' } as const;

interface KeyDatabase extends DBSchema {
  device: { key: string; value: DeviceRecord };
  /** By vault id. */
  heads: { key: string; value: PinnedHead };
  /** By vault id and sequence number. */
  entries: { key: [string, number]; value: Bytes };
  settings: { key: string; value: string };
}

export interface IndexedDbKeyStore extends KeyStore {
  /** Closes the connection; the next call opens it again. */
  close(): Promise<void>;
}

export function createKeyStore(name = 'holdfast-keys'): IndexedDbKeyStore {
  const connection = connectionTo(name);

  async function write<T>(work: (database: IDBPDatabase<KeyDatabase>) => Promise<T>): Promise<T> {
    try {
      return await work(await connection.open());
    } catch (cause) {
      if (!(cause instanceof DOMException) || cause.name !== 'QuotaExceededError') throw cause;
      throw new HoldfastError('E_DISK_FULL', 'the browser has no room left for keys', { cause });
    }
  }

  return {
    close: connection.close,

    load: async () => (await (await connection.open()).get('device', DEVICE)) ?? null,

    save: (record) =>
      write(async (database) => {
        const transaction = database.transaction('device', 'readwrite', DURABLE);
        await Promise.all([transaction.store.put(record, DEVICE), transaction.done]);
      }),

    clear: () =>
      write(async (database) => {
        const transaction = database.transaction(STORES, 'readwrite', DURABLE);
        await Promise.all([...STORES.map((store) => transaction.objectStore(store).clear()), transaction.done]);
      }),

    pinnedHead: async (vaultId) => (await (await connection.open()).get('heads', vaultId)) ?? null,

    pinHead: (vaultId, head) =>
      write(async (database) => {
        const transaction = database.transaction('heads', 'readwrite', DURABLE);
        const pinned = await transaction.store.get(vaultId);
        if (pinned === undefined || head.seq > pinned.seq) await transaction.store.put(head, vaultId);
        await transaction.done;
      }),

    async cachedEntries(vaultId, afterSeq) {
      const transaction = (await connection.open()).transaction('entries');
      const range = entriesAfter(vaultId, afterSeq);
      const [keys, bodies] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
      const gap = keys.findIndex(([, seq], at) => seq !== afterSeq + 1 + at);
      return gap === -1 ? bodies : bodies.slice(0, gap);
    },

    cacheEntries: (vaultId, firstSeq, bodies) =>
      write(async (database) => {
        const transaction = database.transaction('entries', 'readwrite', DURABLE);
        const puts = bodies.map((body, at) => transaction.store.put(body, [vaultId, firstSeq + at]));
        await Promise.all([...puts, transaction.done]);
      }),

    setting: async (key) => (await (await connection.open()).get('settings', key)) ?? null,

    putSetting: (key, value) =>
      write(async (database) => {
        const transaction = database.transaction('settings', 'readwrite', DURABLE);
        await Promise.all([transaction.store.put(value, key), transaction.done]);
      }),
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
