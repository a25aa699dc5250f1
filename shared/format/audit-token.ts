/**
 * Audit tokens: questions about a pack that only who has its bytes can answer, each good for one time. A token is what the
 * answer must be; its key, which also says which 64 KiB are asked about, is told to nobody before it is used.
 */
import { type Bytes, fromHex, info } from '../bytes/index.ts';
import { type DomainKeys, hkdf, hmac, hmacKey, LABELS } from '../crypto/index.ts';
import { AUDIT_KEY_BYTES, AUDIT_MAC_BYTES, challengedRange } from '../protocol/index.ts';

export const AUDIT_SALT_BYTES = 16;
/** Tokens made of a pack at a time. */
const TOKENS = 4;
const ZERO_SALT = new Uint8Array(32);

/** Tokens of one pack, made together. */
export interface AuditTokens {
  /** 16 random bytes: no two makings share a key, on whatever device. */
  readonly salt: Bytes;
  /** 16 bytes each; the key of each is of its place in this list. */
  readonly macs: readonly Bytes[];
}

/** One of them. */
export interface AuditToken {
  readonly salt: Bytes;
  readonly index: number;
  readonly mac: Bytes;
}

/** Four tokens of a pack; each costs the HMAC of 64 KiB. `salt`: 16 fresh random bytes. */
export async function makeAuditTokens(
  keys: Pick<DomainKeys, 'audit'>,
  packId: string,
  pack: Bytes,
  salt: Bytes,
): Promise<AuditTokens> {
  const secrets = await tokenKeys(keys, packId, salt);
  return { salt, macs: await Promise.all(secrets.map((key) => macOf(key, pack))) };
}

/** The 32-byte key to reveal with this token, and its last use. */
export async function auditTokenKey(
  keys: Pick<DomainKeys, 'audit'>,
  packId: string,
  { salt, index }: Pick<AuditToken, 'salt' | 'index'>,
): Promise<Bytes> {
  return (await tokenKeys(keys, packId, salt))[index] as Bytes;
}

async function macOf(key: Bytes, pack: Bytes): Promise<Bytes> {
  const { start, end } = challengedRange(key, pack.length);
  return (await hmac(await hmacKey(key), pack.subarray(start, end))).slice(0, AUDIT_MAC_BYTES);
}

async function tokenKeys({ audit }: Pick<DomainKeys, 'audit'>, packId: string, salt: Bytes): Promise<readonly Bytes[]> {
  const okm = await hkdf(audit, ZERO_SALT, info(LABELS.auditToken, fromHex(packId), salt), TOKENS * AUDIT_KEY_BYTES);
  return Array.from({ length: TOKENS }, (_, i) => okm.slice(i * AUDIT_KEY_BYTES, (i + 1) * AUDIT_KEY_BYTES));
}
