/** Packs in memory: the same promises but durability. For tests and trials. */
import { createHash } from 'node:crypto';
import { type PackRecord, type PackStore, Refusal } from '../domain/index.ts';

export function memoryPackStore(): PackStore {
  const packs = new Map<string, Uint8Array>();
  return {
    put: async (packId, size, source) => {
      const blocks: Uint8Array[] = [];
      let received = 0;
      for await (const block of source) {
        received += block.length;
        if (received > size) throw new Refusal('bad-request');
        blocks.push(block);
      }
      const pack = Buffer.concat(blocks);
      if (received !== size) throw new Refusal('bad-request');
      if (createHash('sha256').update(pack).digest('hex') !== packId) throw new Refusal('hash-mismatch');
      packs.set(packId, pack);
    },
    get: async (packId, size, start, end) => {
      const pack = packs.get(packId);
      return pack?.length === size ? oneBlock(pack.slice(start, end)) : null;
    },
    has: async (packId, size) => packs.get(packId)?.length === size,
    remove: async (packId) => {
      packs.delete(packId);
    },
    list: () => listed(packs),
    probe: async () => {},
  };
}

async function* oneBlock(block: Uint8Array): AsyncGenerator<Uint8Array> {
  yield block;
}

async function* listed(packs: ReadonlyMap<string, Uint8Array>): AsyncGenerator<PackRecord> {
  for (const packId of [...packs.keys()].sort()) yield { packId, size: packs.get(packId)?.length ?? 0 };
}
