/**
 * A pack: what the server stores. Exactly 64 KiB, 256 KiB, 1 MiB or 4 MiB; the whole of it looks random.
 *
 *   salt 16 ‖ AES-GCM(u32be footer length) 20 ‖ chunk blobs ‖ random padding ‖ footer object (type 0x31)
 *
 * The footer lists (cid, offset, length, salt) of every blob, so that the index can be rebuilt from packs alone.
 */
import { type Bytes, equal, info, readU32be, u32be } from '../bytes/index.ts';
import {
  aeadOpen,
  aeadSeal,
  type DomainKeys,
  hkdf,
  LABELS,
  OBJECT_OVERHEAD,
  OBJECT_TYPE,
  openObject,
  SUITE,
  sealObject,
} from '../crypto/index.ts';
import { integrityError } from '../errors/index.ts';
import { MAX_PACK, PACK_CLASSES } from '../protocol/limits.ts';
import { bytes, decodeCbor, encodeCbor, list, tuple, uint } from './cbor.ts';
import { CHUNK_SALT, type SealedChunk } from './chunk.ts';

/** Bytes before the first blob. */
export const PACK_HEAD = 16 + 4 + 16;
// A footer row is at most an array head, two byte strings with heads, two 32-bit integers with heads.
const FOOTER_ROW = 1 + 34 + 5 + 5 + 17;
const FOOTER_FIXED = OBJECT_OVERHEAD + 5;

/** A sealed chunk on its way into a pack. */
export interface PackBlob {
  /** 32 bytes. */
  readonly cid: Bytes;
  readonly blob: SealedChunk;
}

/** Where a blob lies in its pack. */
export interface PackRow {
  /** 32 bytes. */
  readonly cid: Bytes;
  readonly off: number;
  readonly len: number;
  /** The blob's salt, 16 bytes: with it a chunk's own key can be derived, and shared, without reading the blob. */
  readonly salt: Bytes;
}

const footerCodec = list(tuple(bytes(32), uint(MAX_PACK), uint(MAX_PACK), bytes(CHUNK_SALT)), 65_536);

/** Upper bound of a pack's size for blobs of `blobBytes` in sum. */
export function packSize(blobs: number, blobBytes: number): number {
  return PACK_HEAD + blobBytes + FOOTER_FIXED + blobs * FOOTER_ROW;
}

/** True when blobs of `blobBytes` in sum fit into the largest class. */
export function fitsPack(blobs: number, blobBytes: number): boolean {
  return packSize(blobs, blobBytes) <= MAX_PACK;
}

async function headKeys(keys: DomainKeys, salt: Uint8Array) {
  const okm = await hkdf(keys.seal, salt, info(LABELS.packHead, new Uint8Array([SUITE]), keys.domainId), 44);
  return { key: okm.subarray(0, 32), nonce: okm.subarray(32, 44) };
}

function footerContext(keys: DomainKeys, salt: Uint8Array): Bytes {
  return info(LABELS.packHead, keys.domainId, salt);
}

const NO_AAD = new Uint8Array(0);

/**
 * Assembles a pack in the smallest class that fits, blobs in the order given.
 * @param indexKey 32 bytes, the vault's index key
 * @param random source of salts and padding
 * @param allocate gives the room for the pack, all of which is written
 */
export async function sealPack(
  keys: DomainKeys,
  indexKey: Uint8Array,
  blobs: readonly PackBlob[],
  random: (length: number) => Bytes,
  allocate: (length: number) => Bytes = (length) => new Uint8Array(length),
): Promise<{ pack: Bytes; rows: PackRow[] }> {
  const salt = random(16);
  let off = PACK_HEAD;
  const rows = blobs.map(({ cid, blob }): PackRow => {
    const row = { cid, off, len: CHUNK_SALT + blob.sealed.length, salt: blob.salt };
    off += row.len;
    return row;
  });
  const footerPlain = encodeCbor(
    footerCodec,
    rows.map((row): [Bytes, number, number, Bytes] => [row.cid, row.off, row.len, row.salt]),
  );
  const footer = await sealObject(indexKey, OBJECT_TYPE.packFooter, footerContext(keys, salt), footerPlain, random(32));
  const size = PACK_CLASSES.find((each) => each >= off + footer.length);
  if (size === undefined) throw new RangeError('the blobs do not fit one pack');
  const pack = allocate(size);
  const head = await headKeys(keys, salt);
  pack.set(salt);
  pack.set(await aeadSeal(head.key, head.nonce, NO_AAD, u32be(footer.length)), 16);
  for (const [i, { off }] of rows.entries()) {
    const { salt, sealed } = (blobs[i] as PackBlob).blob;
    pack.set(salt, off);
    pack.set(sealed, off + CHUNK_SALT);
  }
  pack.set(random(size - footer.length - off), off);
  pack.set(footer, size - footer.length);
  return { pack, rows };
}

/** The rows of a pack's footer; E_INTEGRITY when the pack is not one of this domain, or was changed or cut. */
export async function readPackFooter(keys: DomainKeys, indexKey: Uint8Array, pack: Uint8Array): Promise<PackRow[]> {
  if (!PACK_CLASSES.some((size) => size === pack.length)) throw integrityError();
  const salt = pack.subarray(0, 16);
  const head = await headKeys(keys, salt);
  const footerLength = readU32be(await aeadOpen(head.key, head.nonce, NO_AAD, pack.subarray(16, PACK_HEAD)));
  const start = pack.length - footerLength;
  if (start < PACK_HEAD) throw integrityError();
  const plain = await openObject(indexKey, OBJECT_TYPE.packFooter, footerContext(keys, salt), pack.subarray(start));
  return decodeCbor(footerCodec, plain, MAX_PACK).map(([cid, off, len, chunkSalt]) => {
    const within = off >= PACK_HEAD && off + len <= start;
    if (!within || !equal(pack.subarray(off, off + CHUNK_SALT), chunkSalt)) throw integrityError();
    return { cid, off, len, salt: chunkSalt };
  });
}
