/**
 * Operations of the vault log, each a numbered body. Numbers are for ever; a number that is not here is refused. All facts
 * of a file version stand in one operation, so no field of it can be moved elsewhere.
 */
import { MAX_PACK } from '../protocol/limits.ts';
import { bytes, int, list, nullable, record, text, textMap, tuple, uint, type Value, variant } from './cbor.ts';
import { MAX_CHUNK } from './chunk.ts';

export const MAX_NAME_BYTES = 4_096;
export const MAX_TEXT_BYTES = 65_536;
export const MAX_MIME_BYTES = 255;
const id = bytes(16);
const hash = bytes(32);
const name = text(MAX_NAME_BYTES);
const time = int;

const chunkRef = tuple(uint(MAX_CHUNK), hash);
/** A manifest lists at most this many chunks per segment. */
export const MAX_SEGMENT_CHUNKS = 262_144;
/** Chunks of a manifest segment: `[length, SHA-256]` each. */
export const segmentCodec = list(chunkRef, MAX_SEGMENT_CHUNKS);

/** A manifest is either the chunks themselves, or the chunks that hold its segments (each one encoded `segmentCodec`). */
const manifest = variant({
  inline: [0, record({ chunks: [0, segmentCodec] })],
  segments: [1, record({ segments: [0, list(chunkRef, 4_096)] })],
});
export type Manifest = Value<typeof manifest>;

export const VAULT_KIND = { account: 0, personal: 1 } as const;
export const NODE_KIND = { file: 0, folder: 1, symlink: 2 } as const;
export const GRANT = { identitySeed: 0, kemSeed: 1, vaultSecret: 2, domainSecret: 3 } as const;
export const VERSION_FLAG = { pinned: 1, partialRead: 2, changedDuringRead: 4 } as const;

const genesis = record({
  kind: [0, uint(1)],
  minSuite: [1, uint(255)],
  /** Ed25519 public key of the founder's identity. */
  identity: [2, hash],
  accountId: [3, id],
  createdAt: [4, time],
  serverId: [5, id],
  serverPublicKey: [6, text(256)],
});

const deviceCert = record({
  deviceId: [0, id],
  publicKey: [1, hash],
  name: [2, name],
  addedAt: [3, time],
  /** Identity key over the four fields above and the account. */
  signature: [4, bytes(64)],
});

const grantKey = record({ purpose: [0, uint(3)], subject: [1, id], epoch: [2, uint(0xffffffff)], key: [3, hash] });

const putVersion = record({
  fileId: [0, id],
  versionId: [1, id],
  prevVersion: [2, nullable(id)],
  /** The root folder is sixteen zero bytes. */
  parent: [3, id],
  name: [4, name],
  nameNfc: [5, name],
  size: [6, uint()],
  mtime: [7, time],
  btime: [8, nullable(time)],
  mode: [9, nullable(uint(0o7777))],
  kind: [10, uint(2)],
  rootHash: [11, hash],
  manifest: [12, manifest],
  deviceId: [13, id],
  sourcePathHash: [14, bytes(8)],
  capturedAt: [15, time],
  flags: [16, uint(7)],
  mime: [17, nullable(text(MAX_MIME_BYTES))],
  /** Provenance and other named facts: `url`, `title`. */
  attributes: [18, textMap(16, MAX_TEXT_BYTES)],
});

const linkCreate = record({
  secret: [0, id],
  fileId: [1, id],
  hasPassword: [2, uint(1)],
  name: [3, name],
  note: [4, text(MAX_NAME_BYTES)],
  createdAt: [5, time],
  size: [6, uint()],
});

const indexAdd = record({
  pack: [0, hash],
  size: [1, uint(MAX_PACK)],
  /** `[cid, offset, length, salt]` of each blob. */
  blobs: [2, list(tuple(hash, uint(MAX_PACK), uint(MAX_PACK), id), 65_536)],
});

export const opCodec = variant({
  genesis: [1, genesis],
  'device-cert': [2, deviceCert],
  'device-revoke': [3, record({ deviceId: [0, id] })],
  'grant-key': [4, grantKey],
  'put-version': [5, putVersion],
  move: [6, record({ fileId: [0, id], parent: [1, id], name: [2, name], nameNfc: [3, name] })],
  tombstone: [7, record({ fileId: [0, id] })],
  restore: [8, record({ fileId: [0, id] })],
  'index-add': [9, indexAdd],
  'link-create': [10, linkCreate],
  'link-revoke': [11, record({ secret: [0, id] })],
  'suite-raise': [12, record({ minSuite: [0, uint(255)] })],
});

export type Op = Value<typeof opCodec>;
export type OpOf<K extends Op['op']> = Extract<Op, { op: K }>;
export type PutVersion = OpOf<'put-version'>;
