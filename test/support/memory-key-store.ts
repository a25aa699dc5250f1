/** KeyStore in memory, for tests. Clones on the way in and out, as IndexedDB does. */
import type { DeviceRecord, KeyStore, PinnedHead } from '../../shared/account/ports.ts';
import type { Bytes } from '../../shared/bytes/index.ts';
import { nextPin } from '../../shared/vault/index.ts';

export function createMemoryKeyStore(): KeyStore {
  let device: DeviceRecord | null = null;
  const heads = new Map<string, PinnedHead>();
  const entries = new Map<string, Map<number, Bytes>>();
  const settings = new Map<string, string>();
  const checkpoints = new Map<string, PinnedHead & { head: Bytes }>();
  const pieces = new Map<string, Map<string, Bytes>>();
  return {
    load: async () => device && { ...device },
    async save(record) {
      device = { ...record };
    },
    async keepVaults(vaultIds) {
      for (const map of [heads, entries, checkpoints, pieces])
        for (const vaultId of [...map.keys()]) if (!vaultIds.includes(vaultId)) map.delete(vaultId);
    },
    async clear() {
      device = null;
      for (const map of [heads, entries, settings, checkpoints, pieces]) map.clear();
    },
    pinnedHead: async (vaultId) => heads.get(vaultId) ?? null,
    async pinHead(vaultId, after, hashes) {
      const head = nextPin(heads.get(vaultId) ?? null, after, hashes);
      heads.set(vaultId, { ...head });
      return head;
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
    async checkpoint(vaultId) {
      const stored = checkpoints.get(vaultId);
      const readers = [...(pieces.get(vaultId) ?? [])].map(
        ([name, piece]) => [name, async () => piece.slice()] as const,
      );
      return stored === undefined ? null : { ...stored, head: stored.head.slice(), pieces: new Map(readers) };
    },
    async putPiece(vaultId, name, piece) {
      const kept = pieces.get(vaultId) ?? new Map<string, Bytes>();
      pieces.set(vaultId, kept.set(name, piece.slice()));
    },
    async putCheckpoint(vaultId, { seq, hash, head, pieces: names }) {
      const kept = pieces.get(vaultId);
      if (seq <= (checkpoints.get(vaultId)?.seq ?? 0) || names.some((name) => kept?.has(name) !== true)) return false;
      checkpoints.set(vaultId, { seq, hash, head: head.slice() });
      for (const name of [...(kept?.keys() ?? [])]) if (!names.includes(name)) kept?.delete(name);
      for (const each of [...(entries.get(vaultId)?.keys() ?? [])]) if (each <= seq) entries.get(vaultId)?.delete(each);
      return true;
    },
    async dropCheckpoint(vaultId) {
      checkpoints.delete(vaultId);
      pieces.delete(vaultId);
    },
    setting: async (name) => settings.get(name) ?? null,
    async putSetting(name, value) {
      settings.set(name, value);
    },
  };
}
