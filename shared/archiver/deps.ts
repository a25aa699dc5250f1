/** What the archiver's stages need; one object made once per session. */
import type { Clock, Random } from '../async/ports.ts';
import type { Bytes } from '../bytes/index.ts';
import type { Chunker } from '../chunker/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import type { PackRange, Vault } from '../vault/index.ts';

/** The two calls on packs, as the API client offers them. */
export interface PackApi {
  putPack(vaultId: string, packId: string, pack: Bytes, signal?: AbortSignal): Promise<void>;
  pack(vaultId: string, packId: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
}

export interface ArchiverDeps {
  readonly vault: Vault;
  readonly domain: DomainKeys;
  /** Index key of the vault, 32 bytes. */
  readonly indexKey: Bytes;
  /** 16 bytes. */
  readonly deviceId: Bytes;
  readonly api: PackApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly chunker: Chunker;
}
