/**
 * Where a vault is read from: a server, or an export. Nouns: source, open vault. Whatever a source says is verified by who
 * reads it; a source checks lengths and forms only.
 */
import { type ReadAccount, readAccount } from '../shared/account/index.ts';
import type { Bytes } from '../shared/bytes/index.ts';
import type { Grant, PackRange } from '../shared/client/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../shared/errors/index.ts';
import type { LogReader, ReadLogOptions } from '../shared/vault/index.ts';
import type { SourceOptions } from './arguments.ts';
import { openExport } from './export-directory.ts';
import { openServer } from './server-source.ts';

export interface Source extends LogReader {
  readonly account: Pick<Grant, 'accountId' | 'vaults' | 'wraps'>;
  /** Which server the account was made on, as far as the source knows it. */
  readonly serverId: string | null;
  readonly rootKey: Bytes;
  /** The whole pack, or an aligned part. E_NOT_FOUND, E_INTEGRITY when it has lost bytes. */
  pack(vaultId: string, id: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
  /** Those of `ids` that are not there. */
  missing(vaultId: string, ids: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
  /** Leaves nothing behind at the source. */
  close(): Promise<void>;
}

/** A vault whose log was read and verified, and its packs. */
export interface OpenVault extends ReadAccount {
  readPack(id: string, range?: PackRange, signal?: AbortSignal): Promise<Bytes>;
  missing(ids: readonly string[], signal?: AbortSignal): Promise<readonly string[]>;
}

export function openSource({ server, directory }: SourceOptions, words: string): Promise<Source> {
  if (server !== null) return openServer(server, words);
  if (directory !== null) return openExport(directory, words);
  throw new HoldfastError('E_INPUT', 'neither a server nor a directory');
}

/** @param reader of the logs, when it is not the source itself */
export async function openVault(
  source: Source,
  options: ReadLogOptions = {},
  reader: LogReader = source,
): Promise<OpenVault> {
  const account = await readAccount(reader, source.account, source.rootKey, source.serverId, options);
  return {
    ...account,
    readPack: (id, range, signal) => source.pack(account.vaultId, id, range, signal),
    missing: (ids, signal) => source.missing(account.vaultId, ids, signal),
  };
}

const DAMAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['E_INTEGRITY', 'E_NOT_FOUND', 'E_SOURCE_UNREADABLE']);

/** True for a failure of the very thing that was read; false for one that everything else would have too. */
export const isDamage = (error: unknown): boolean => DAMAGE.has(codeOf(error));
