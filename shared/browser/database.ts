/** One connection to an IndexedDB database of ours, and how its stores came to be. May not: know what is in them. */
import { type DBSchema, type IDBPDatabase, openDB, type StoreNames } from 'idb';

export interface DatabaseConnection<Schema extends DBSchema> {
  /** Opens on first use, and anew after a failure, after `close`, and after the browser ended the connection. */
  open(): Promise<IDBPDatabase<Schema>>;
  close(): Promise<void>;
}

/**
 * Steps aside for a newer version of ourselves in another page.
 * @param storesByVersion which stores each version of the database added, the first version first
 */
export function connectionTo<Schema extends DBSchema>(
  name: string,
  storesByVersion: readonly (readonly StoreNames<Schema>[])[],
): DatabaseConnection<Schema> {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;

  async function close(): Promise<void> {
    const closing = opening;
    opening = null;
    (await closing)?.close();
  }

  function open(): Promise<IDBPDatabase<Schema>> {
    opening ??= openDB<Schema>(name, storesByVersion.length, {
      upgrade(database, oldVersion) {
        for (const store of storesByVersion.slice(oldVersion).flat()) database.createObjectStore(store);
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

/** All keys that are a vault's id and a name. */
export function keysOfVault(vaultId: string): IDBKeyRange {
  return IDBKeyRange.bound([vaultId], [vaultId, []]);
}
