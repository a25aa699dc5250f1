/** The database of the key store: its stores by version, and a connection that opens again when it has to. */
import { type DBSchema, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb';
import type { DeviceRecord, PinnedHead } from '../account/ports.ts';
import type { Bytes } from '../bytes/index.ts';

const VERSION = 2;
export const STORES = ['device', 'heads', 'entries', 'settings', 'checkpoints', 'pieces'] as const;
/** How many of them each version of the database had. */
const STORES_OF_VERSION = [0, 4, 6] as const;

export interface KeyDatabase extends DBSchema {
  device: { key: string; value: DeviceRecord };
  /** By vault id. */
  heads: { key: string; value: PinnedHead };
  /** By vault id and sequence number. */
  entries: { key: [string, number]; value: Bytes };
  settings: { key: string; value: string };
  /** By vault id. */
  checkpoints: { key: string; value: PinnedHead & { head: Bytes } };
  /** By vault id and name. Blobs are read from disk only when they are asked for, and outlive their row. */
  pieces: { key: [string, string]; value: Blob };
}

export type DurableStores = IDBPTransaction<KeyDatabase, typeof STORES, 'readwrite'>;

/** Opens on first use, steps aside for a newer version of ourselves in another page, and opens again when needed. */
export function connectionTo(name: string): { open(): Promise<IDBPDatabase<KeyDatabase>>; close(): Promise<void> } {
  let opening: Promise<IDBPDatabase<KeyDatabase>> | null = null;

  async function close(): Promise<void> {
    const closing = opening;
    opening = null;
    (await closing)?.close();
  }

  function open(): Promise<IDBPDatabase<KeyDatabase>> {
    opening ??= openDB<KeyDatabase>(name, VERSION, {
      upgrade(database, oldVersion) {
        const from = STORES_OF_VERSION[oldVersion] as number;
        for (const store of STORES.slice(from)) database.createObjectStore(store);
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
