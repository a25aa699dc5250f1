/**
 * A signed-in device: its keys in memory and its two vaults open. Made by sign-up, sign-in or resume; ends with sign-out.
 * The account vault holds the keys of the personal vault; both are verified against the identity that founded them.
 */
import type { Clock, Random } from '../async/ports.ts';
import { type Bytes, equal, fromHex, info, toHex } from '../bytes/index.ts';
import type { Api, Grant } from '../client/index.ts';
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
  /** Receives the bearer token of a new session; unused on the web, which has a cookie. */
  readonly useToken: (token: string | null) => void;
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
  const idOf = (kind: 'account' | 'personal'): string => {
    const found = grant.vaults.find((vault) => vault.kind === kind);
    if (found === undefined) throw integrityError();
    return found.vaultId;
  };
  const deviceId = fromHex(device.deviceId);
  const cache = await localCacheKey(rootKey);
  let account: Vault | null = null;
  const writer: VaultWriter = {
    deviceId,
    signingKey: device.signingKey,
    certificate: () => certify(ports, device, (account as Vault).state),
  };
  account = await openVault(ports, idOf('account'), { log: await accountLogKey(rootKey), cache }, writer);
  await account.pull();
  checkGenesis(account.state, device, VAULT_KIND.account, null);
  const identity = await identityOf(account.state);

  const personalId = idOf('personal');
  const secrets = await vaultKeys(grantOf(account.state, GRANT.vaultSecret, fromHex(personalId)).key);
  const domainGrant = grantOf(account.state, GRANT.domainSecret, null);
  const vault = await openVault(ports, personalId, { log: secrets.log, cache }, writer);
  // Readable only with the vault's secret; checked once the genesis entry is there.
  if (vault.state.genesis === null) await vault.pull();
  checkGenesis(vault.state, device, VAULT_KIND.personal, identity.publicKey);
  return {
    device,
    ports,
    rootKey,
    vault,
    vaultKeys: secrets,
    domain: await domainKeys(domainGrant.key, domainGrant.subject),
    deviceId,
  };
}

function checkGenesis(state: VaultState, device: DeviceRecord, kind: number, identity: Bytes | null): void {
  const genesis = state.genesis;
  if (genesis === null || genesis.kind !== kind || toHex(genesis.accountId) !== device.accountId)
    throw integrityError();
  if (identity !== null && !equal(genesis.identity, identity)) throw integrityError();
  if (toHex(genesis.serverId) !== device.serverId || genesis.serverPublicKey !== device.serverPublicKey) {
    throw new HoldfastError('E_OTHER_SERVER', 'the account was made on another server');
  }
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
export function stateHash({ vault }: Pick<Session, 'vault'>): Promise<Bytes> {
  return sha256(info(LABELS.stateCode, fromHex(vault.vaultId), vault.state.hash));
}
