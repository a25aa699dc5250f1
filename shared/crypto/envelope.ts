/**
 * The object envelope: everything that is stored and is not a chunk. Committing AES-256-GCM with single-use keys:
 *
 *   "EBK" | fmt 0x01 | suite 0x01 | type u8 | salt 32 | commit 32 | AES-256-GCM ciphertext | tag 16
 *
 * The context is never inside the object: it is what the reader already knows (vault, seq, prev; account, kind, epoch …),
 * so an object can only be opened where it belongs.
 */
import { type Bytes, concat, equal, info } from '../bytes/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { LABELS } from './labels.ts';
import { aeadOpen, aeadSeal, hkdf, hkdfKey } from './primitives.ts';

export const SUITE = 0x01;
const FORMAT = 0x01;
const MAGIC = new Uint8Array([0x45, 0x42, 0x4b]);
const HEADER = 6;
/** Bytes an object is longer than its plaintext. */
export const OBJECT_OVERHEAD = 86;

/** Object types. A key's purpose and the type are both bound into every object. */
export const OBJECT_TYPE = {
  wrap: 0x10,
  logEntry: 0x20,
  packFooter: 0x31,
  linkRecord: 0x40,
  localCache: 0x70,
} as const;

async function expand(key: CryptoKey, salt: Uint8Array, type: number, context: Uint8Array) {
  const suiteAndType = new Uint8Array([SUITE, type]);
  const okm = await hkdf(key, salt, info(LABELS.objectAead, suiteAndType, context), 76);
  return {
    key: okm.subarray(0, 32),
    nonce: okm.subarray(32, 44),
    commit: okm.subarray(44, 76),
    aad: info(LABELS.objectAad, suiteAndType, context),
  };
}

/**
 * Seals `plaintext` under `key` (32 bytes) for one context.
 * @param salt 32 fresh random bytes
 * @returns plaintext length + OBJECT_OVERHEAD bytes
 */
export async function sealObject(
  key: Uint8Array,
  type: number,
  context: Uint8Array,
  plaintext: Uint8Array,
  salt: Uint8Array,
): Promise<Bytes> {
  const keys = await expand(await hkdfKey(key), salt, type, context);
  const sealed = await aeadSeal(keys.key, keys.nonce, keys.aad, plaintext);
  return concat(MAGIC, new Uint8Array([FORMAT, SUITE, type]), salt, keys.commit, sealed);
}

/**
 * Opens an object. Errors: E_DOWNGRADE for a suite below `minSuite`; E_INTEGRITY for everything else that is not exactly
 * what `sealObject` made with this key, type and context.
 */
export async function openObject(
  key: Uint8Array,
  type: number,
  context: Uint8Array,
  object: Uint8Array,
  minSuite: number = SUITE,
): Promise<Bytes> {
  if (object.length < OBJECT_OVERHEAD || !equal(object.subarray(0, 3), MAGIC) || object[3] !== FORMAT)
    throw integrityError();
  const suite = object[4] as number;
  if (suite < minSuite) throw new HoldfastError('E_DOWNGRADE', `suite ${suite} is below the floor`);
  if (suite !== SUITE || object[5] !== type) throw integrityError();
  const salt = object.subarray(HEADER, HEADER + 32);
  const keys = await expand(await hkdfKey(key), salt, type, context);
  if (!equal(object.subarray(HEADER + 32, HEADER + 64), keys.commit)) throw integrityError();
  return aeadOpen(keys.key, keys.nonce, keys.aad, object.subarray(HEADER + 64));
}
