/**
 * A sealed chunk: a piece of at most 4 MiB − 4 KiB of a file, under a single-use key derived from its vault's domain.
 *
 *   h    = SHA-256(P)                         cid  = HMAC(chunk-id key, h)
 *   salt = HMAC(hedge key, R32 ‖ codec ‖ SHA-256(data))[0..16]
 *   okm  = HKDF(chunk-seal key, salt, info("ebk1/chunk/aead", suite, domainId, cid), 44) = key 32 ‖ nonce 12
 *   blob = salt ‖ AES-256-GCM(key, nonce, info("ebk1/chunk/aad", suite, domainId, cid), codec ‖ data)
 *
 * The salt is hedged with the exact input of the cipher: even a dead random source never meets the same key and nonce
 * with two different messages. SHA-256 of the plaintext is checked after opening and is the commitment.
 */
import { type Bytes, concat, equal, info } from '../bytes/index.ts';
import { MAX_CHUNK } from '../chunker/index.ts';
import { CODEC_RAW, type CodecId, contentLength, decompress } from '../compress/index.ts';
import { aeadOpen, aeadSeal, type DomainKeys, hkdf, hmac, LABELS, SUITE, sha256 } from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';

export { MAX_CHUNK };

/** Bytes a blob is longer than the data in it. */
export const CHUNK_OVERHEAD = 16 + 1 + 16;
export const CHUNK_SALT = 16;

/** What a manifest says of a chunk: plaintext length and SHA-256. */
export interface ChunkRef {
  readonly len: number;
  /** 32 bytes. */
  readonly h: Bytes;
}

/** Keys that open exactly one blob; what a share hands over. */
export interface ChunkKey {
  /** 16 bytes that the blob must begin with. */
  readonly salt: Bytes;
  readonly key: Bytes;
  readonly nonce: Bytes;
  readonly cid: Bytes;
}

const SUITE_BYTE = new Uint8Array([SUITE]);

/** Chunk id: a keyed hash, so that nobody outside the vault can confirm content by it. */
export function chunkId(keys: DomainKeys, h: Uint8Array): Promise<Bytes> {
  return hmac(keys.chunkId, h);
}

/** Key and nonce of the blob with this salt. */
export async function chunkKey(keys: DomainKeys, cid: Bytes, salt: Bytes): Promise<ChunkKey> {
  const okm = await hkdf(keys.seal, salt, info(LABELS.chunkAead, SUITE_BYTE, keys.domainId, cid), 44);
  return { salt, key: okm.slice(0, 32), nonce: okm.slice(32, 44), cid };
}

function chunkAad(domainId: Uint8Array, cid: Uint8Array): Bytes {
  return info(LABELS.chunkAad, SUITE_BYTE, domainId, cid);
}

/** A blob in the two parts that it is made of; together they are the blob. */
export interface SealedChunk {
  /** 16 bytes. */
  readonly salt: Bytes;
  readonly sealed: Bytes;
}

/**
 * Seals one chunk.
 * @param codec how `data` was made from the plaintext
 * @param h SHA-256 of the plaintext
 * @param random32 32 fresh random bytes
 */
export async function sealChunk(
  keys: DomainKeys,
  ids: { h: Uint8Array; cid: Bytes },
  codec: CodecId,
  data: Uint8Array,
  random32: Uint8Array,
): Promise<SealedChunk> {
  const codecByte = new Uint8Array([codec]);
  const dataHash = codec === CODEC_RAW ? ids.h : await sha256(data);
  const salt = (await hmac(keys.hedge, concat(random32, codecByte, dataHash))).slice(0, CHUNK_SALT);
  const { key, nonce } = await chunkKey(keys, ids.cid, salt);
  const sealed = await aeadSeal(key, nonce, chunkAad(keys.domainId, ids.cid), codecByte, data);
  return { salt, sealed };
}

/** Opens a blob with its own key and verifies it against the manifest's length and hash; E_INTEGRITY otherwise. */
export async function openChunk(
  domainId: Uint8Array,
  chunk: ChunkKey,
  ref: ChunkRef,
  blob: Uint8Array,
): Promise<Bytes> {
  const { codec, data } = await unseal(domainId, chunk, blob);
  const plaintext = await decompress(codec, data, ref.len);
  if (!equal(await sha256(plaintext), ref.h)) throw integrityError();
  return plaintext;
}

/**
 * Opens a blob where no manifest is at hand and verifies it against its id, which is a hash of its content under a key of
 * the domain; E_INTEGRITY otherwise. Of a codec that does not say how long its content is, the seal alone is checked and
 * the compressed bytes are answered.
 */
export async function openChunkById(keys: DomainKeys, chunk: ChunkKey, blob: Uint8Array): Promise<Bytes> {
  const { codec, data } = await unseal(keys.domainId, chunk, blob);
  const length = contentLength(codec, data);
  if (length === null) return data;
  const plaintext = await decompress(codec, data, length);
  if (!equal(await chunkId(keys, await sha256(plaintext)), chunk.cid)) throw integrityError();
  return plaintext;
}

async function unseal(
  domainId: Uint8Array,
  chunk: ChunkKey,
  blob: Uint8Array,
): Promise<{ codec: number; data: Bytes }> {
  if (blob.length < CHUNK_OVERHEAD || !equal(blob.subarray(0, CHUNK_SALT), chunk.salt)) throw integrityError();
  const opened = await aeadOpen(chunk.key, chunk.nonce, chunkAad(domainId, chunk.cid), blob.subarray(CHUNK_SALT));
  return { codec: opened[0] as number, data: opened.subarray(1) };
}
