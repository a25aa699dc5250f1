/** Audit tokens over IndexedDB, for archiver and checker alike. It names packs by hash and holds no key. */
import type { DBSchema, IDBPTransaction } from 'idb';
import type { TokenStore } from '../checker/index.ts';
import type { AuditToken, AuditTokens } from '../format/index.ts';
import { DAY_MS } from '../protocol/index.ts';
import { connectionTo, keysOfVault } from './database.ts';

interface KeptTokens extends AuditTokens {
  /** When this pack last gave a right answer; null before the first of these tokens did. */
  readonly answeredAt: number | null;
}

interface TokenDatabase extends DBSchema {
  /** By vault id and pack id. */
  tokens: { key: [string, string]; value: KeptTokens };
  /** Packs that owe an answer, and since when. */
  owed: { key: [string, string]; value: number };
}

const STORES = ['tokens', 'owed'] as const;
type Change = IDBPTransaction<TokenDatabase, ['tokens', 'owed'], 'readwrite'>;

export function createTokenStore(databaseName = 'holdfast-tokens'): TokenStore {
  const { open } = connectionTo<TokenDatabase>(databaseName, [STORES]);
  /** What is lost of a `relaxed` change is a token that was never used, or an answer that is owed again. */
  const change = async <T>(durability: 'relaxed' | 'strict', work: (change: Change) => Promise<T>): Promise<T> => {
    const tx = (await open()).transaction(STORES, 'readwrite', { durability }) as Change;
    const result = await work(tx);
    await tx.done;
    return result;
  };
  return {
    put: (vaultId, packId, { salt, macs }) =>
      change('relaxed', async (tx) => {
        await tx.objectStore('tokens').put({ salt, macs, answeredAt: null }, [vaultId, packId]);
        await tx.objectStore('owed').delete([vaultId, packId]);
      }),
    // On the disk before a key is told to anybody.
    take: (vaultId, packIds, most, at) =>
      change('strict', async (tx) => {
        const taken = new Map<string, AuditToken>();
        for (const packId of packIds) {
          if (taken.size === most) break;
          const token = await takeOne(tx, [vaultId, packId], at);
          if (token !== null) taken.set(packId, token);
        }
        return taken;
      }),
    answered: (vaultId, packIds, at) =>
      change('relaxed', async (tx) => {
        for (const packId of packIds) {
          const kept = await tx.objectStore('tokens').get([vaultId, packId]);
          if (kept !== undefined) await tx.objectStore('tokens').put({ ...kept, answeredAt: at }, [vaultId, packId]);
          await tx.objectStore('owed').delete([vaultId, packId]);
        }
      }),
    owe: (vaultId, packIds, at) =>
      change('relaxed', async (tx) => {
        for (const packId of packIds) await tx.objectStore('owed').put(at, [vaultId, packId]);
      }),
    async owed(vaultId) {
      const keys = await (await open()).getAllKeys('owed', keysOfVault(vaultId));
      return keys.map(([, packId]) => packId);
    },
    forget: (vaultId, packId) =>
      change('relaxed', async (tx) => {
        for (const store of STORES) await tx.objectStore(store).delete([vaultId, packId]);
      }),
    prune: (vaultId, keep) =>
      change('relaxed', async (tx) => {
        for (const name of STORES) {
          const store = tx.objectStore(name);
          for (const key of await store.getAllKeys(keysOfVault(vaultId))) if (!keep(key[1])) await store.delete(key);
        }
      }),
  };
}

async function takeOne(tx: Change, key: [string, string], at: number): Promise<AuditToken | null> {
  const [tokens, owed] = [tx.objectStore('tokens'), tx.objectStore('owed')];
  const kept = await tokens.get(key);
  const mac = kept?.macs.at(-1);
  if (kept === undefined || mac === undefined || (await owed.get(key)) !== undefined) return null;
  if (kept.answeredAt !== null && at - kept.answeredAt < DAY_MS) return null;
  const index = kept.macs.length - 1;
  await tokens.put({ ...kept, macs: kept.macs.slice(0, index) }, key);
  await owed.put(at, key);
  return { salt: kept.salt, index, mac };
}
