/**
 * The way of one chunk into a pack: hash, look it up, and only when nobody has it compress, seal and pack. The same
 * content is stored once per vault, and once per run even while its pack is still open.
 */
import { type Bytes, toHex } from '../bytes/index.ts';
import { CODEC_RAW, type CodecId, chooseCodec, compress } from '../compress/index.ts';
import { sha256 } from '../crypto/index.ts';
import { type ChunkRef, chunkId, sealChunk } from '../format/index.ts';
import { hasChunk } from '../vault/index.ts';
import type { ArchiverDeps } from './deps.ts';
import type { Packer, Parcel } from './pack.ts';

export interface StoredChunk {
  readonly ref: ChunkRef;
  /** Null when the vault has it already. */
  readonly parcel: Parcel | null;
}

export interface ChunkStore {
  /** `packed`: the bytes are of a compressed kind, so compressing them is not tried. */
  store(plaintext: Bytes, packed: boolean): Promise<StoredChunk>;
}

export function createChunkStore(deps: ArchiverDeps, packer: Packer): ChunkStore {
  const pending = new Map<string, Promise<Parcel>>();

  async function sealAndPack(plaintext: Bytes, packed: boolean, h: Bytes, cid: Bytes): Promise<Parcel> {
    const chosen = await chooseCodec(plaintext, packed);
    const compressed = await compress(chosen, plaintext);
    // The sample may have promised more than the whole keeps.
    const [codec, data]: [CodecId, Bytes] =
      compressed.length < plaintext.length ? [chosen, compressed] : [CODEC_RAW, plaintext];
    const blob = await sealChunk(deps.domain, { h, cid }, codec, data, deps.random.bytes(32));
    return packer.add({ cid, blob });
  }

  return {
    async store(plaintext, packed) {
      const h = await sha256(plaintext);
      const cid = await chunkId(deps.domain, h);
      const key = toHex(cid);
      const ref = { len: plaintext.length, h };
      if (hasChunk(deps.vault.state, cid)) return { ref, parcel: null };
      let parcel = pending.get(key);
      if (parcel === undefined) {
        parcel = sealAndPack(plaintext, packed, h, cid);
        pending.set(key, parcel);
      }
      return { ref, parcel: await parcel };
    },
  };
}
