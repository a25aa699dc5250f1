/**
 * The key hierarchy below the account's root key (ARK), and the wraps that hold the root key. One key per purpose, all
 * derived by label; a wrap is bound to account, kind, epoch and credential.
 */
import { type Bytes, concat, info, u32be } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { OBJECT_TYPE, openObject, sealObject } from './envelope.ts';
import { derive } from './kdf.ts';
import { LABELS } from './labels.ts';
import { hkdf, hkdfKey, hmacKey } from './primitives.ts';

export const WRAP_KIND = { password: 1, recovery: 2, passkey: 3, device: 4, escrow: 5, groupAdmin: 6 } as const;
export type WrapKind = (typeof WRAP_KIND)[keyof typeof WRAP_KIND];

/** What a wrap is bound to. `credentialId` is at most 64 bytes; empty for password and recovery words. */
export interface WrapContext {
  readonly accountId: Uint8Array;
  readonly kind: WrapKind;
  readonly epoch: number;
  readonly credentialId: Uint8Array;
}

function wrapContext(c: WrapContext): Bytes {
  return concat(c.accountId, new Uint8Array([c.kind]), u32be(c.epoch), c.credentialId);
}

/** Wraps the 32-byte root key under a 32-byte key-encryption key. `salt`: 32 random bytes. */
export function wrapRootKey(
  kek: Uint8Array,
  context: WrapContext,
  rootKey: Uint8Array,
  salt: Uint8Array,
): Promise<Bytes> {
  return sealObject(kek, OBJECT_TYPE.wrap, wrapContext(context), rootKey, salt);
}

/** The 32-byte root key of a wrap; E_INTEGRITY for a wrong key or any change, without distinction. */
export async function unwrapRootKey(kek: Uint8Array, context: WrapContext, blob: Uint8Array): Promise<Bytes> {
  const rootKey = await openObject(kek, OBJECT_TYPE.wrap, wrapContext(context), blob);
  if (rootKey.length !== 32) throw integrityError();
  return rootKey;
}

/** Key-encryption key of an OPAQUE export key (64 bytes). */
export function passwordKek(exportKey: Uint8Array): Promise<Bytes> {
  return derive(exportKey, 32, LABELS.kekPassword);
}

/** Key-encryption key of the 16-byte recovery key. */
export function recoveryKek(recoveryKey: Uint8Array): Promise<Bytes> {
  return derive(recoveryKey, 32, LABELS.kekRecovery);
}

/** Seed of the Ed25519 key that proves possession of the recovery key to the server, and the id it is found by (16). */
export async function recoveryProof(recoveryKey: Uint8Array): Promise<{ seed: Bytes; lookup: Bytes }> {
  return {
    seed: await derive(recoveryKey, 32, LABELS.recoveryAuth),
    lookup: await derive(recoveryKey, 16, LABELS.recoveryLookup),
  };
}

/**
 * Key-encryption key of a device: the local half is a non-extractable HKDF key, the server's half (32 bytes) is the salt,
 * so neither a copied profile nor the server alone can open the wrap.
 */
export function deviceKek(unlockKey: CryptoKey, serverHalf: Uint8Array, deviceId: Uint8Array): Promise<Bytes> {
  return hkdf(unlockKey, serverHalf, info(LABELS.kekDevice, deviceId), 32);
}

/** Log key of the account vault. */
export function accountLogKey(rootKey: Uint8Array): Promise<Bytes> {
  return derive(rootKey, 32, LABELS.accountLog);
}

/** Key of what a device keeps of its vaults' states between runs. */
export function localCacheKey(rootKey: Uint8Array): Promise<Bytes> {
  return derive(rootKey, 32, LABELS.accountCache);
}

export interface VaultKeys {
  /** Seals log entries. */
  readonly log: Bytes;
  /** Seals pack footers. */
  readonly index: Bytes;
}

/** Keys of a vault's secret SK (32 bytes). */
export async function vaultKeys(vaultSecret: Uint8Array): Promise<VaultKeys> {
  return {
    log: await derive(vaultSecret, 32, LABELS.vaultLog),
    index: await derive(vaultSecret, 32, LABELS.vaultIndex),
  };
}

/** Keys of a deduplication domain, imported once and used for every chunk. */
export interface DomainKeys {
  /** 16 bytes. */
  readonly domainId: Bytes;
  readonly chunkId: CryptoKey;
  readonly seal: CryptoKey;
  readonly hedge: CryptoKey;
  /** Keys of audit tokens come from it. */
  readonly audit: CryptoKey;
  /** 4096 + 16 bytes for the content-defined chunker. */
  readonly chunkerSecret: Bytes;
}

export async function domainKeys(domainSecret: Uint8Array, domainId: Bytes): Promise<DomainKeys> {
  return {
    domainId,
    chunkId: await hmacKey(await derive(domainSecret, 32, LABELS.chunkId)),
    seal: await hkdfKey(await derive(domainSecret, 32, LABELS.chunkSeal)),
    hedge: await hmacKey(await derive(domainSecret, 32, LABELS.hedge)),
    audit: await hkdfKey(await derive(domainSecret, 32, LABELS.audit)),
    chunkerSecret: await derive(domainSecret, 4096 + 16, LABELS.chunker),
  };
}
