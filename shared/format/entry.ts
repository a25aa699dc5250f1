/**
 * A log entry: the only way state changes. Plaintext, inside an object of type 0x20 whose context is vault ‖ seq ‖ prev:
 *
 *   u32be length ‖ CBOR [1, device, grant, t, seen, [1*64 op], signature] ‖ zeros up to the class
 *
 * The signature is inside the ciphertext, so the server cannot tell which device wrote. The whole object is exactly one
 * of the entry classes, the smallest that fits.
 */
import { type Bytes, concat, info, readU32be, u32be, u64be } from '../bytes/index.ts';
import {
  LABELS,
  OBJECT_OVERHEAD,
  OBJECT_TYPE,
  openObject,
  SUITE,
  sealObject,
  sha256,
  sign,
  verify,
} from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';
import { ENTRY_CLASSES, MAX_ENTRY_BODY } from '../protocol/limits.ts';
import { bytes, decodeCbor, encodeCbor, int, list, tuple, uint, type Value } from './cbor.ts';
import { type Op, opCodec } from './ops.ts';

export const MAX_OPS = 64;
const VERSION = 1;

/** Other vaults' heads this device knows: `[vault, seq, hash cut to 16 bytes]`, sorted by vault. */
const seen = list(tuple(bytes(16), uint(), bytes(16)), 64);
const unsigned = [uint(VERSION), bytes(16), uint(0xffffffff), int, seen, list(opCodec, MAX_OPS, 1)] as const;
const signedPart = tuple(...unsigned);
const whole = tuple(...unsigned, bytes(64));

export interface EntryPlace {
  /** 16 bytes. */
  readonly vaultId: Uint8Array;
  /** The first entry is 1. */
  readonly seq: number;
  /** Hash of the entry before, 32 bytes; zeros before the first. */
  readonly prev: Uint8Array;
}

export interface Entry {
  readonly device: Bytes;
  readonly grant: number;
  /** The writer's clock in milliseconds; for show only. */
  readonly t: number;
  readonly seen: Value<typeof seen>;
  readonly ops: readonly Op[];
}

export interface OpenedEntry extends Entry {
  readonly signature: Bytes;
  /** The bytes that were signed: the entry as it was written, without the signature. */
  readonly signed: Bytes;
}

function context(place: EntryPlace): Bytes {
  return concat(place.vaultId, u64be(place.seq), place.prev);
}

function unsignedBytes(entry: Entry): Bytes {
  return encodeCbor(signedPart, [VERSION, entry.device, entry.grant, entry.t, entry.seen, [...entry.ops]]);
}

async function signatureInput(place: EntryPlace, unsignedPart: Bytes): Promise<Bytes> {
  return info(LABELS.logSignature, place.vaultId, u64be(place.seq), place.prev, await sha256(unsignedPart));
}

/** Heads of arrays of six and seven and of a string of 64 bytes. */
const ARRAY_OF_SIX = new Uint8Array([0x86]);
const ARRAY_OF_SEVEN = new Uint8Array([0x87]);
const BYTES_64 = new Uint8Array([0x58, 64]);

/** The unsigned part, an array of six, with the signature as its seventh: the operations are written down once. */
function withSignature(unsignedPart: Bytes, signature: Bytes): Bytes {
  return concat(ARRAY_OF_SEVEN, unsignedPart.subarray(1), BYTES_64, signature);
}

/** The opposite, of bytes that were decoded as a whole entry: as there is one encoding of a value, this is its unsigned part. */
function withoutSignature(cbor: Bytes): Bytes {
  return concat(ARRAY_OF_SIX, cbor.subarray(1, cbor.length - BYTES_64.length - 64));
}

/** Number of bytes an operation adds to an entry. */
export function opSize(op: Op): number {
  return encodeCbor(opCodec, op).length;
}

/** The rest of an entry at its longest: its fields, one sighting of another device, the signature and the heads of all. */
const BESIDE_OPS = 192;

/** Bytes of operations that fit an entry of this class beside everything else. */
export function roomInClass(entryClass: number): number {
  return entryClass - OBJECT_OVERHEAD - 4 - BESIDE_OPS;
}

/** Seals one entry: the body to append. `salt`: 32 random bytes. RangeError when it exceeds the largest class. */
export async function sealEntry(
  logKey: Uint8Array,
  place: EntryPlace,
  entry: Entry,
  signingKey: CryptoKey,
  salt: Uint8Array,
): Promise<Bytes> {
  const unsignedPart = unsignedBytes(entry);
  const cbor = withSignature(unsignedPart, await sign(signingKey, await signatureInput(place, unsignedPart)));
  return sealObject(logKey, OBJECT_TYPE.logEntry, context(place), padToClass(cbor), salt);
}

/** Decrypts and decodes an entry in its place. The signature is not checked yet: see `entrySigned`. E_INTEGRITY, E_DOWNGRADE. */
export async function openEntry(
  logKey: Uint8Array,
  place: EntryPlace,
  body: Uint8Array,
  minSuite = SUITE,
): Promise<OpenedEntry> {
  const plain = await openObject(logKey, OBJECT_TYPE.logEntry, context(place), body, minSuite);
  const cbor = unpadFromClass(plain);
  const [version, device, grant, t, gossip, ops, signature] = decodeCbor(whole, cbor, MAX_ENTRY_BODY);
  if (version !== VERSION) throw integrityError();
  return { device, grant, t, seen: gossip, ops, signature, signed: withoutSignature(cbor) };
}

/** True when the device with this public key wrote the entry for this place. */
export async function entrySigned(place: EntryPlace, entry: OpenedEntry, publicKey: Uint8Array): Promise<boolean> {
  return verify(publicKey, entry.signature, await signatureInput(place, entry.signed));
}

/** `u32be length ‖ content ‖ zeros`, so that the sealed object has the size of the smallest class that fits. */
export function padToClass(content: Uint8Array, classes: readonly number[] = ENTRY_CLASSES): Bytes {
  const size = classes.find((each) => each - OBJECT_OVERHEAD - 4 >= content.length);
  if (size === undefined) throw new RangeError('too large for one object');
  return concat(u32be(content.length), content, new Uint8Array(size - OBJECT_OVERHEAD - 4 - content.length));
}

/** The content of `padToClass`; E_INTEGRITY when the padding is not exactly the one it makes. */
export function unpadFromClass(padded: Uint8Array, classes: readonly number[] = ENTRY_CLASSES): Bytes {
  if (padded.length < 4) throw integrityError();
  const length = readU32be(padded);
  const size = classes.find((each) => each - OBJECT_OVERHEAD - 4 >= length);
  if (size === undefined || padded.length !== size - OBJECT_OVERHEAD) throw integrityError();
  if (padded.subarray(4 + length).some((byte) => byte !== 0)) throw integrityError();
  return padded.slice(4, 4 + length);
}
