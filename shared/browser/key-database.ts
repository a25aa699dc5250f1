/** The database of the key store: what is in it. */
import type { DBSchema, IDBPTransaction } from 'idb';
import type { DeviceRecord, PinnedHead } from '../account/ports.ts';
import type { Bytes } from '../bytes/index.ts';
import { connectionTo, type DatabaseConnection } from './database.ts';

/** The first four came with version 1, the rest with version 2. */
export const STORES = ['device', 'heads', 'entries', 'settings', 'checkpoints', 'pieces'] as const;

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

export function keyDatabase(name: string): DatabaseConnection<KeyDatabase> {
  return connectionTo(name, [STORES.slice(0, 4), STORES.slice(4)]);
}
