/** What the archiver's stages need; one object made once per session. */
import type { Clock, Random } from '../async/ports.ts';
import type { Bytes } from '../bytes/index.ts';
import type { DomainKeys } from '../crypto/index.ts';
import type { AuditTokens, PackRow } from '../format/index.ts';
import type { PackRange, Vault } from '../vault/index.ts';
import type { Lane } from './lane.ts';

/** The calls on packs, as the API client offers them. */
export interface PackApi {
  putPack(vaultId: string, packId: string, pack: Bytes, signal?: AbortSignal): Promise<void>;
  pack(vaultId: string, packId: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
  /** Those of `packIds` that the server does not have. */
  packsMissing(vaultId: string, packIds: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
}

/** A pack on its way to the log: what an index-add operation says of it. */
export interface SentPack {
  readonly id: string;
  readonly size: number;
  readonly rows: readonly PackRow[];
}

/**
 * Remembers packs from before they are sent until the log names them, so that what reached the server before this device
 * died is found there and not sent again. Losing it costs traffic, never data.
 */
export interface PackJournal {
  add(vaultId: string, pack: SentPack): Promise<void>;
  all(vaultId: string): Promise<readonly SentPack[]>;
  remove(vaultId: string, packIds: readonly string[]): Promise<void>;
}

/** Keeps what later audits ask the server with. Losing it costs audits, never data. */
export interface TokenKeeper {
  put(vaultId: string, packId: string, tokens: AuditTokens): Promise<void>;
  /** These packs take the place of lost ones: the next audit reads them. `at`: milliseconds since 1970. */
  owe(vaultId: string, packIds: readonly string[], at: number): Promise<void>;
}

/** What this device knows of packs that do not come back as they were sent. Losing it costs audits, never data. */
export interface PackFindings {
  /** Ids of the packs that did not come back whole when they were last looked at. */
  damaged(vaultId: string): Promise<ReadonlySet<string>>;
  /** The sample that was to prove a backup did not come back from this pack. */
  note(vaultId: string, packId: string): Promise<void>;
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
  /** At least one; work is spread over them. */
  readonly lanes: readonly Lane[];
  readonly journal: PackJournal;
  readonly tokens: TokenKeeper;
  readonly findings: PackFindings;
}
