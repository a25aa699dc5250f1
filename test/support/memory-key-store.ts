/** KeyStore in memory, for tests. Clones on the way in and out, as IndexedDB does. */
import type { DeviceRecord, KeyStore, PinnedHead } from '../../shared/account/ports.ts';
import type { Bytes } from '../../shared/bytes/index.ts';

export function createMemoryKeyStore(): KeyStore {
  let device: DeviceRecord | null = null;
  const heads = new Map<string, PinnedHead>();
  const entries = new Map<string, Map<number, Bytes>>();
  const settings = new Map<string, string>();
  return {
    load: async () => device && { ...device },
    async save(record) {
      device = { ...record };
    },
    async clear() {
      device = null;
      for (const map of [heads, entries, settings]) map.clear();
    },
    pinnedHead: async (vaultId) => heads.get(vaultId) ?? null,
    async pinHead(vaultId, head) {
      if (head.seq > (heads.get(vaultId)?.seq ?? -1)) heads.set(vaultId, { ...head });
    },
    async cachedEntries(vaultId, afterSeq) {
      const kept = entries.get(vaultId);
      const bodies: Bytes[] = [];
      for (let body = kept?.get(afterSeq + 1); body !== undefined; body = kept?.get(afterSeq + 1 + bodies.length)) {
        bodies.push(body.slice());
      }
      return bodies;
    },
    async cacheEntries(vaultId, firstSeq, bodies) {
      const kept = entries.get(vaultId) ?? new Map<number, Bytes>();
      for (const [at, body] of bodies.entries()) kept.set(firstSeq + at, body.slice());
      entries.set(vaultId, kept);
    },
    setting: async (name) => settings.get(name) ?? null,
    async putSetting(name, value) {
      settings.set(name, value);
    },
  };
}
