/**
 * The link record (object type 0x40, context = lookup 16): what a recipient gets after proving the link's secret and
 * password. Per-chunk keys only: neither the vault's nor the domain's keys leave it. Padded to an entry class.
 */
import type { Bytes } from '../bytes/index.ts';
import { OBJECT_TYPE, openObject, sealObject } from '../crypto/index.ts';
import { MAX_ENTRY_BODY, MAX_PACK } from '../protocol/limits.ts';
import { bytes, decodeCbor, encodeCbor, int, list, nullable, record, text, tuple, uint, type Value, variant } from './cbor.ts';
import { MAX_CHUNK } from './chunk.ts';
import { padToClass, unpadFromClass } from './entry.ts';
import { MAX_NAME_BYTES, MAX_SEGMENT_CHUNKS } from './ops.ts';

const name = text(MAX_NAME_BYTES);
const hash = bytes(32);

/** pack number, offset, blob length, plaintext length, key, nonce, cid, SHA-256 of the plaintext. */
const sharedChunk = tuple(uint(0xffffffff), uint(MAX_PACK), uint(MAX_PACK), uint(MAX_CHUNK), hash, bytes(12), hash, hash);
export type SharedChunk = Value<typeof sharedChunk>;

const sharedFile = record({
  path: [0, list(name, 256)],
  size: [1, uint()],
  mtime: [2, int],
  mime: [3, nullable(text(255))],
  rootHash: [4, hash],
  chunks: [5, list(sharedChunk, MAX_SEGMENT_CHUNKS)],
});
export type SharedFile = Value<typeof sharedFile>;

/** All files of a share and the packs their chunks lie in. */
const shareManifest = record({
  domainId: [0, bytes(16)],
  packs: [1, list(hash, 1_048_576)],
  files: [2, list(sharedFile, 1_048_576)],
});
export type ShareManifest = Value<typeof shareManifest>;
const MAX_MANIFEST = 512 * 1_048_576;

/** The manifest itself, or, when it is too large for a record, the vault chunks that hold its bytes. */
const body = variant({
  inline: [0, record({ manifest: [0, shareManifest] })],
  pointer: [1, record({ domainId: [0, bytes(16)], packs: [1, list(hash, 4_096)], chunks: [2, list(sharedChunk, 4_096)] })],
});

const linkRecord = record({
  name: [0, name],
  /** 0 file, 1 folder. */
  kind: [1, uint(1)],
  from: [2, name],
  note: [3, name],
  createdAt: [4, int],
  body: [5, body],
});
export type LinkRecord = Value<typeof linkRecord>;

export function encodeShareManifest(manifest: ShareManifest): Bytes {
  return encodeCbor(shareManifest, manifest);
}

export function decodeShareManifest(input: Uint8Array): ShareManifest {
  return decodeCbor(shareManifest, input, MAX_MANIFEST);
}

/** Largest encoded manifest that stays inside the record, with room for names and note. */
export const MAX_INLINE_MANIFEST = 1_000_000;

/** Seals a record under the link's `enc` key. `salt`: 32 random bytes. RangeError beyond 1 MiB. */
export function sealLinkRecord(enc: Uint8Array, lookup: Uint8Array, value: LinkRecord, salt: Uint8Array): Promise<Bytes> {
  return sealObject(enc, OBJECT_TYPE.linkRecord, lookup, padToClass(encodeCbor(linkRecord, value)), salt);
}

export async function openLinkRecord(enc: Uint8Array, lookup: Uint8Array, object: Uint8Array): Promise<LinkRecord> {
  const plain = await openObject(enc, OBJECT_TYPE.linkRecord, lookup, object);
  return decodeCbor(linkRecord, unpadFromClass(plain), MAX_ENTRY_BODY);
}
