/** What the account needs of its surroundings: a place for keys, time and randomness. */
import type { Bytes } from '../bytes/index.ts';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`, or rejects with E_CANCELLED when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Random {
  bytes(length: number): Bytes;
}

/** The newest state of a vault that this device has verified; anything that does not extend it is a rollback or a fork. */
export interface PinnedHead {
  readonly seq: number;
  /** 32 bytes as hex. */
  readonly hash: string;
}

/**
 * What a signed-in device keeps. Both keys are non-extractable; `unlockKey` (HKDF) opens the root key only together with
 * a half that the server releases to the device's session, so a copied profile alone opens nothing.
 */
export interface DeviceRecord {
  readonly serverUrl: string;
  /** 16 bytes as hex: which server this account lives on. */
  readonly serverId: string;
  /** The server's static OPAQUE public key, pinned at sign-up or first sign-in. */
  readonly serverPublicKey: string;
  readonly accountId: string;
  readonly name: string;
  readonly deviceId: string;
  readonly publicKey: Bytes;
  readonly signingKey: CryptoKey;
  readonly unlockKey: CryptoKey;
}

/** Small key store; one device record at a time. All methods are durable when they resolve. */
export interface KeyStore {
  load(): Promise<DeviceRecord | null>;
  save(record: DeviceRecord): Promise<void>;
  /** Forgets the device record, its heads and everything under `setting`. */
  clear(): Promise<void>;
  pinnedHead(vaultId: string): Promise<PinnedHead | null>;
  /** Keeps the higher sequence number when two contexts race. */
  pinHead(vaultId: string, head: PinnedHead): Promise<void>;
  /** Verified log entries' bodies kept as ciphertext, so that a restart reads only the log's tail. */
  cachedEntries(vaultId: string, afterSeq: number): Promise<readonly Bytes[]>;
  cacheEntries(vaultId: string, firstSeq: number, bodies: readonly Bytes[]): Promise<void>;
  setting(name: string): Promise<string | null>;
  putSetting(name: string, value: string): Promise<void>;
}
