/** What the account needs of its surroundings: a place for keys, time and randomness. */
import type { Bytes } from '../bytes/index.ts';
import type { HeadStore } from '../vault/ports.ts';

export type { Clock, Random } from '../async/ports.ts';
export type { PinnedHead } from '../vault/ports.ts';

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
  /** What the device is called in the account. */
  readonly deviceName: string;
  readonly publicKey: Bytes;
  readonly signingKey: CryptoKey;
  readonly unlockKey: CryptoKey;
}

/** Small key store; one device record at a time. All methods are durable when they resolve. */
export interface KeyStore extends HeadStore {
  load(): Promise<DeviceRecord | null>;
  save(record: DeviceRecord): Promise<void>;
  /** Forgets the heads and the cache of all vaults but these. */
  keepVaults(vaultIds: readonly string[]): Promise<void>;
  /** Forgets the device record, its heads and everything under `setting`. */
  clear(): Promise<void>;
  setting(name: string): Promise<string | null>;
  putSetting(name: string, value: string): Promise<void>;
}
