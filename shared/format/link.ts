/**
 * The link record (object type 0x40, context = lookup 16): what a recipient gets after proving the link's secret and
 * password. Per-chunk keys only: neither the vault's nor the domain's keys leave it. Padded to a size class.
 */
import type { Bytes } from '../bytes/index.ts';
import { OBJECT_TYPE, openObject, sealObject } from '../crypto/index.ts';
import { LINK_RECORD_CLASSES, MAX_LINK_RECORD, MAX_PACK } from '../protocol/limits.ts';
import { bytes, decodeCbor, encodeCbor, int, list, nullable, record, text, tuple, uint, type Value } from './cbor.ts';
import { MAX_CHUNK } from './chunk.ts';
import { padToClass, unpadFromClass } from './entry.ts';
import { MAX_MIME_BYTES, MAX_NAME_BYTES, MAX_SEGMENT_CHUNKS } from './ops.ts';

const name = text(MAX_NAME_BYTES);
const hash = bytes(32);

/** pack number, offset, blob length, plaintext length, key, nonce, cid, SHA-256 of the plaintext, size of the pack, salt. */
const sharedChunk = tuple(
  uint(0xffffffff),
  uint(MAX_PACK),
  uint(MAX_PACK),
  uint(MAX_CHUNK),
  hash,
  bytes(12),
  hash,
  hash,
  uint(MAX_PACK),
  bytes(16),
);
export type SharedChunk = Value<typeof sharedChunk>;

const sharedFile = record({
  path: [0, list(name, 256)],
  size: [1, uint()],
  mtime: [2, int],
  mime: [3, nullable(text(MAX_MIME_BYTES))],
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

const linkRecord = record({
  name: [0, name],
  /** 0 file, 1 folder. */
  kind: [1, uint(1)],
  from: [2, name],
  note: [3, name],
  createdAt: [4, int],
  manifest: [5, shareManifest],
});
export type LinkRecord = Value<typeof linkRecord>;

/** Seals a record under the link's `enc` key. `salt`: 32 random bytes. RangeError beyond 16 MiB. */
export function sealLinkRecord(
  enc: Uint8Array,
  lookup: Uint8Array,
  value: LinkRecord,
  salt: Uint8Array,
): Promise<Bytes> {
  return sealObject(
    enc,
    OBJECT_TYPE.linkRecord,
    lookup,
    padToClass(encodeCbor(linkRecord, value), LINK_RECORD_CLASSES),
    salt,
  );
}

export async function openLinkRecord(enc: Uint8Array, lookup: Uint8Array, object: Uint8Array): Promise<LinkRecord> {
  const plain = await openObject(enc, OBJECT_TYPE.linkRecord, lookup, object);
  return decodeCbor(linkRecord, unpadFromClass(plain, LINK_RECORD_CLASSES), MAX_LINK_RECORD);
}
