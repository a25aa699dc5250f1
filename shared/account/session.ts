/**
 * A signed-in device: its keys in memory and its two vaults open. Made by sign-up, sign-in or resume; ends with sign-out.
 * The account vault holds the keys of the personal vault; both are verified against the identity that founded them.
 */
import type { Clock, Random } from '../async/ports.ts';
import { type Bytes, equal, fromHex, info, toHex } from '../bytes/index.ts';
import type { Api, Grant, VaultKind } from '../client/index.ts';
import {
  accountLogKey,
  type DomainKeys,
  domainKeys,
  LABELS,
  localCacheKey,
  sha256,
  sign,
  signingPairOfSeed,
  type VaultKeys,
  vaultKeys,
} from '../crypto/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { certificateInput, GRANT, type Op, VAULT_KIND } from '../format/index.ts';
import { openVault, type Vault, type VaultState, type VaultWriter } from '../vault/index.ts';
import type { DeviceRecord, KeyStore } from './ports.ts';

export interface AccountPorts {
  readonly api: Api;
  readonly keyStore: KeyStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly client: 'web' | 'extension';
  /** Address of the server as the person knows it. */
  readonly serverUrl: string;
  /** What this device is called in the account, for example "Chromium on Linux". */
  readonly deviceName: string;
  /** Receives the bearer token of a new session, and the device that alone may renew it; the web has a cookie and no token. */
  readonly useToken: (token: string | null, deviceId?: string | null) => void;
}

export interface Session {
  readonly device: DeviceRecord;
  readonly ports: AccountPorts;
  /** Root key (32 bytes), for changing the ways in. */
  readonly rootKey: Bytes;
  readonly vault: Vault;
  readonly vaultKeys: VaultKeys;
  readonly domain: DomainKeys;
  /** Id of this device in entries, 16 bytes. */
  readonly deviceId: Bytes;
}

/** Opens both vaults with the root key and checks that they are this account's. Pulls the account vault. */
export async function openSession(
  ports: AccountPorts,
  device: DeviceRecord,
  rootKey: Bytes,
  grant: Grant,
): Promise<Session> {
  const deviceId = fromHex(device.deviceId);
  const cache = await localCacheKey(rootKey);
  let account: Vault | null = null;
  const writer: VaultWriter = {
    deviceId,
    signingKey: device.signingKey,
    certificate: () => certify(ports, device, (account as Vault).state),
  };
  const accountKeys = { log: await accountLogKey(rootKey), cache };
  account = await openVault(ports, vaultIdOf(grant, 'account'), accountKeys, writer);
  await account.pull();
  checkGenesis(account.state, device, VAULT_KIND.account, null);
  const personalId = vaultIdOf(grant, 'personal');
  const secrets = await secretsOf(account.state, personalId);
  const vault = await openVault(ports, personalId, { log: secrets.vaultKeys.log, cache }, writer);
  // Readable only with the vault's secret; checked once the genesis entry is there.
  if (vault.state.genesis === null) await vault.pull();
  checkGenesis(vault.state, device, VAULT_KIND.personal, secrets.identity);
  return {
    device,
    ports,
    rootKey,
    vault,
    vaultKeys: secrets.vaultKeys,
    domain: secrets.domain,
    deviceId,
  };
}

/** Id of the account's vault of this kind; E_INTEGRITY when the server withholds it. */
export function vaultIdOf({ vaults }: Pick<Grant, 'vaults'>, kind: VaultKind): string {
  const found = vaults.find((vault) => vault.kind === kind);
  if (found === undefined) throw integrityError();
  return found.vaultId;
}

/** What a genesis must say of the account it belongs to; null where there is nothing to compare with. */
export interface Expected {
  readonly accountId: string;
  readonly serverId: string | null;
  readonly serverPublicKey: string | null;
}

/** E_INTEGRITY or E_OTHER_SERVER when the vault is not this account's. `identity`: 32 bytes. */
export function checkGenesis(state: VaultState, account: Expected, kind: number, identity: Bytes | null): void {
  const genesis = state.genesis;
  if (genesis === null || genesis.kind !== kind || toHex(genesis.accountId) !== account.accountId)
    throw integrityError();
  if (identity !== null && !equal(genesis.identity, identity)) throw integrityError();
  const { serverId, serverPublicKey } = account;
  const otherServer = serverId !== null && toHex(genesis.serverId) !== serverId;
  if (otherServer || (serverPublicKey !== null && genesis.serverPublicKey !== serverPublicKey)) {
    throw new HoldfastError('E_OTHER_SERVER', 'the account was made on another server');
  }
}

/** What the account vault keeps of the personal one: the identity that founded both, and its keys. */
export interface PersonalSecrets {
  /** Ed25519 public key, 32 bytes. */
  readonly identity: Bytes;
  readonly vaultKeys: VaultKeys;
  readonly domain: DomainKeys;
}

export async function secretsOf(account: VaultState, personalId: string): Promise<PersonalSecrets> {
  const identity = await identityOf(account);
  const domain = grantOf(account, GRANT.domainSecret, null);
  return {
    identity: identity.publicKey,
    vaultKeys: await vaultKeys(grantOf(account, GRANT.vaultSecret, fromHex(personalId)).key),
    domain: await domainKeys(domain.key, domain.subject),
  };
}

function grantOf(state: VaultState, purpose: number, subject: Uint8Array | null) {
  const found = state.grants.findLast(
    (grant) => grant.purpose === purpose && (subject === null || equal(grant.subject, subject)),
  );
  if (found === undefined) throw integrityError();
  return found;
}

/** The identity key pair, re-derived from its seed and compared with the one that founded the account. */
async function identityOf(state: VaultState) {
  const pair = await signingPairOfSeed(grantOf(state, GRANT.identitySeed, null).key);
  if (state.genesis === null || !equal(pair.publicKey, state.genesis.identity)) throw integrityError();
  return pair;
}

async function certify(ports: AccountPorts, device: DeviceRecord, account: VaultState): Promise<Op> {
  const identity = await identityOf(account);
  return certificate(identity.signingKey, fromHex(device.accountId), {
    deviceId: fromHex(device.deviceId),
    publicKey: device.publicKey,
    name: device.deviceName,
    addedAt: ports.clock.now(),
  });
}

/** The operation that admits a device, signed by the identity key. */
export async function certificate(
  identityKey: CryptoKey,
  accountId: Bytes,
  device: { deviceId: Bytes; publicKey: Bytes; name: string; addedAt: number },
): Promise<Op> {
  return { op: 'device-cert', ...device, signature: await sign(identityKey, certificateInput(accountId, device)) };
}

/** The vault and its head in one hash: equal on devices that have seen the same history. */
export function stateHash({ vault }: { readonly vault: Pick<Vault, 'vaultId' | 'state'> }): Promise<Bytes> {
  return sha256(info(LABELS.stateCode, fromHex(vault.vaultId), vault.state.hash));
}
