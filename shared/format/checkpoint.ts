/**
 * A vault's state as a device keeps it between runs: a head, and pieces of its tables as they lie in memory. Objects of
 * type 0x70 under the account's cache key. The head's context is vault ‖ seq ‖ hash, a piece's is vault ‖ the piece's name;
 * the head names all pieces, so none can be exchanged, left out or be of another time.
 */
import { type Bytes, concat, u64be } from '../bytes/index.ts';
import { OBJECT_TYPE, openObject, sealObject } from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';
import { bytes, decodeCbor, encodeCbor, int, list, nullable, text, tuple, uint, type Value } from './cbor.ts';
import { MAX_MIME_BYTES, MAX_NAME_BYTES, opCodec } from './ops.ts';

/** Another number for every change of the tables' layout or of what rows say; what has another one is read from the log again. */
const LAYOUT = 4;
const MANY = 1 << 24;
const MAX_HEAD = 1 << 28;

const section = tuple(uint(), list(bytes(16), MANY));
const device = tuple(bytes(16), bytes(32), text(MAX_NAME_BYTES), uint(1));
const head = tuple(
  uint(LAYOUT),
  nullable(int),
  uint(255),
  list(opCodec, MANY),
  list(device, MANY),
  list(bytes(16), MANY),
  list(text(MAX_MIME_BYTES), MANY),
  list(section, 6, 6),
);

/** Rows of a table or end of an arena, and the names of the pieces that hold it, in order. */
export type CheckpointSection = Value<typeof section>;

export interface CheckpointHead {
  readonly lastCommitAt: number | null;
  readonly minSuite: number;
  /** Genesis, grants and links, as the operations that made them. */
  readonly ops: Value<typeof opCodec>[];
  /** `[id, public key, name, 1 if revoked]` */
  readonly devices: Value<typeof device>[];
  readonly versionDevices: Bytes[];
  readonly mimes: string[];
  /** Nodes, versions, chunks, packs, names, facts. */
  readonly sections: CheckpointSection[];
}

/** The entry that a checkpoint is the state after. */
export interface CheckpointPlace {
  /** 16 bytes. */
  readonly vaultId: Uint8Array;
  readonly seq: number;
  /** 32 bytes. */
  readonly hash: Uint8Array;
}

const contextOf = ({ vaultId, seq, hash }: CheckpointPlace): Bytes => concat(vaultId, u64be(seq), hash);

/** `salt`: 32 random bytes. */
export function sealCheckpointHead(
  cacheKey: Uint8Array,
  place: CheckpointPlace,
  it: CheckpointHead,
  salt: Uint8Array,
): Promise<Bytes> {
  const { lastCommitAt, minSuite, ops, devices, versionDevices, mimes, sections } = it;
  const plain = encodeCbor(head, [LAYOUT, lastCommitAt, minSuite, ops, devices, versionDevices, mimes, sections]);
  return sealObject(cacheKey, OBJECT_TYPE.localCache, contextOf(place), plain, salt);
}

/** E_INTEGRITY for anything but a head of this place and of this layout. */
export async function openCheckpointHead(
  cacheKey: Uint8Array,
  place: CheckpointPlace,
  object: Uint8Array,
): Promise<CheckpointHead> {
  const plain = await openObject(cacheKey, OBJECT_TYPE.localCache, contextOf(place), object);
  const [layout, lastCommitAt, minSuite, ops, devices, versionDevices, mimes, sections] = decodeCbor(
    head,
    plain,
    MAX_HEAD,
  );
  if (layout !== LAYOUT) throw integrityError();
  return { lastCommitAt, minSuite, ops, devices, versionDevices, mimes, sections };
}

/** `name`: 16 random bytes, never used twice; `salt`: 32 random bytes. */
export function sealCheckpointPiece(
  cacheKey: Uint8Array,
  vaultId: Uint8Array,
  name: Uint8Array,
  piece: Uint8Array,
  salt: Uint8Array,
): Promise<Bytes> {
  return sealObject(cacheKey, OBJECT_TYPE.localCache, concat(vaultId, name), piece, salt);
}

/** E_INTEGRITY for anything but the piece of this name. */
export function openCheckpointPiece(
  cacheKey: Uint8Array,
  vaultId: Uint8Array,
  name: Uint8Array,
  object: Uint8Array,
): Promise<Bytes> {
  return openObject(cacheKey, OBJECT_TYPE.localCache, concat(vaultId, name), object);
}
