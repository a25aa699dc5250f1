/**
 * The account by its twelve words: from a server, or from a copy of what a server keeps. Reading it makes no device and
 * writes nothing. Promises: nothing computed from a secret leaves but the proof that the server asks for.
 */
import { type Bytes, fromHex, toHex } from '../bytes/index.ts';
import type { Api, Grant } from '../client/index.ts';
import {
  accountLogKey,
  type DomainKeys,
  recoveryKek,
  recoveryKeyOfWords,
  recoveryProof,
  sign,
  signingPairOfSeed,
  type VaultKeys,
  WRAP_KIND,
} from '../crypto/index.ts';
import { VAULT_KIND } from '../format/index.ts';
import { challengeInput, type ServerInfo } from '../protocol/index.ts';
import { type LogReader, type ReadLogOptions, readLog, type VaultState } from '../vault/index.ts';
import { unwrapGrant, wrapOf } from './resume.ts';
import { type AccountPorts, checkGenesis, secretsOf, vaultIdOf } from './session.ts';

export interface Recovered {
  readonly server: ServerInfo;
  readonly grant: Grant;
  /** 32 bytes. */
  readonly rootKey: Bytes;
}

/** A session by the words, without a device. E_RECOVERY_WORDS when they are not words; E_CREDENTIALS when nobody has them. */
export async function recover(
  ports: Pick<AccountPorts, 'client'> & { readonly api: Pick<Api, 'server' | 'recoveryStart' | 'recoveryFinish'> },
  words: string,
): Promise<Recovered> {
  const recoveryKey = recoveryKeyOfWords(words);
  const server = await ports.api.server();
  const proof = await recoveryProof(recoveryKey);
  const lookup = toHex(proof.lookup);
  const challenge = await ports.api.recoveryStart(lookup);
  const pair = await signingPairOfSeed(proof.seed);
  const signature = await sign(
    pair.signingKey,
    challengeInput('recovery', fromHex(server.serverId), proof.lookup, challenge),
  );
  const grant = await ports.api.recoveryFinish(lookup, { challenge, signature, client: ports.client });
  return { server, grant, rootKey: await rootKeyOf(recoveryKey, grant) };
}

/** The root key (32 bytes) of a copied account. E_RECOVERY_WORDS; E_INTEGRITY for other words or another wrap. */
export function openCopy(account: Pick<Grant, 'accountId' | 'wraps'>, words: string): Promise<Bytes> {
  return rootKeyOf(recoveryKeyOfWords(words), account);
}

async function rootKeyOf(recoveryKey: Bytes, account: Pick<Grant, 'accountId' | 'wraps'>): Promise<Bytes> {
  return unwrapGrant(await recoveryKek(recoveryKey), account, wrapOf(account, WRAP_KIND.recovery));
}

/** An account's files and the keys to read them. */
export interface ReadAccount {
  readonly vaultId: string;
  readonly state: VaultState;
  readonly vaultKeys: VaultKeys;
  readonly domain: DomainKeys;
  /** Entries in the account vault's log. */
  readonly accountEntries: number;
}

/**
 * Reads and verifies both logs from their start.
 * @param serverId the server that answers, or null for a copy
 * @param options for the personal vault's log
 * Errors: those of `readLog`; E_INTEGRITY when the vaults are not this account's; E_OTHER_SERVER.
 */
export async function readAccount(
  reader: LogReader,
  account: Pick<Grant, 'accountId' | 'vaults'>,
  rootKey: Bytes,
  serverId: string | null,
  options: ReadLogOptions = {},
): Promise<ReadAccount> {
  const expected = { accountId: account.accountId, serverId, serverPublicKey: null };
  const keys = await readLog(reader, vaultIdOf(account, 'account'), await accountLogKey(rootKey));
  checkGenesis(keys, expected, VAULT_KIND.account, null);
  const vaultId = vaultIdOf(account, 'personal');
  const { identity, vaultKeys, domain } = await secretsOf(keys, vaultId);
  const state = await readLog(reader, vaultId, vaultKeys.log, options);
  checkGenesis(state, expected, VAULT_KIND.personal, identity);
  return { vaultId, state, vaultKeys, domain, accountEntries: keys.seq };
}
