/**
 * The ways in: sign up, sign in by password or recovery words, change the password, sign out. A door of its own, because
 * it carries OPAQUE and the word lists. No password, recovery word or key leaves this file but as proofs and wraps.
 */
import { type Bytes, fromHex, toHex, utf8 } from '../bytes/index.ts';
import type { Grant, NewDevice, SealedWrap } from '../client/index.ts';
import {
  accountLogKey,
  deviceKek,
  generateSigningPair,
  hkdfKey,
  passwordKek,
  recoveryKek,
  recoveryProof,
  signingPairOfSeed,
  vaultKeys,
  WRAP_KIND,
  type WrapKind,
  wordsOfRecoveryKey,
  wrapRootKey,
} from '../crypto/index.ts';
import { finishLogin, finishRegistration, startLogin, startRegistration } from '../crypto/password.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { GRANT, type Op, sealEntry, VAULT_KIND } from '../format/index.ts';
import { normaliseLoginName, type ServerInfo } from '../protocol/index.ts';
import { emptyState, verifyNext } from '../vault/index.ts';
import { estimate } from './password-policy.ts';
import type { DeviceRecord } from './ports.ts';
import { recover } from './recovery.ts';
import { unwrapGrant, wrapOf } from './resume.ts';
import { type AccountPorts, certificate, openSession, type Session, vaultIdOf } from './session.ts';

export { generatePassphrase } from './passphrase.ts';
export { estimate, MIN_PASSWORD_BITS } from './password-policy.ts';

const EPOCH = 1;
/** Somebody waits for the keys to be gone. */
const SIGN_OUT_MS = 5_000;

/** A sign-up before the words were typed back; nothing exists on the server. */
export interface PendingSignUp {
  readonly name: string;
  readonly password: string;
  /** 16 bytes. */
  readonly recoveryKey: Bytes;
  readonly words: readonly string[];
  /** What was sent, so that the same is sent again when the answer was lost. */
  made: MadeSignUp | null;
}

interface MadeSignUp {
  readonly request: Parameters<AccountPorts['api']['registrationFinish']>[0];
  readonly record: DeviceRecord;
  readonly rootKey: Bytes;
}

/** Checks name and password and makes the recovery words. E_INPUT, E_PASSWORD_WEAK. */
export function prepareSignUp(ports: Pick<AccountPorts, 'random'>, name: string, password: string): PendingSignUp {
  if (normaliseLoginName(name) === '') throw new HoldfastError('E_INPUT', 'a name is needed');
  const { acceptable, advice } = estimate(password, [name]);
  if (!acceptable) throw new HoldfastError('E_PASSWORD_WEAK', advice);
  const recoveryKey = ports.random.bytes(16);
  return { name: name.trim(), password, recoveryKey, words: wordsOfRecoveryKey(recoveryKey), made: null };
}

interface NewKeys {
  readonly accountId: Bytes;
  readonly rootKey: Bytes;
  readonly identitySeed: Bytes;
  readonly vaultSecret: Bytes;
}

/** Creates the account, whole or not at all, and opens its session. E_NAME_TAKEN, E_REGISTRATION_CLOSED. */
export async function signUp(ports: AccountPorts, pending: PendingSignUp): Promise<Session> {
  const server = await ports.api.server();
  const before = pending.made?.record;
  if (before?.serverId !== server.serverId || before.serverUrl !== ports.serverUrl)
    pending.made = await makeSignUp(ports, pending, server);
  const { request, record, rootKey } = pending.made as MadeSignUp;
  return enter(ports, record, rootKey, await ports.api.registrationFinish(request));
}

async function makeSignUp(ports: AccountPorts, pending: PendingSignUp, server: ServerInfo): Promise<MadeSignUp> {
  const { api, random } = ports;
  const started = await startRegistration(pending.password);
  const response = await api.registrationStart(pending.name, started.request);
  const ids = { client: normaliseLoginName(pending.name), server: server.serverId };
  const opaque = finishRegistration(pending.password, started.state, response, ids);
  const keys: NewKeys = {
    accountId: random.bytes(16),
    rootKey: random.bytes(32),
    identitySeed: random.bytes(32),
    vaultSecret: random.bytes(32),
  };
  const wrap = (kek: Bytes, kind: WrapKind) => makeWrap(ports, kek, kind, keys.accountId, keys.rootKey, utf8(''));
  const proof = await recoveryProof(pending.recoveryKey);
  const { record, device } = await newDevice(
    ports,
    server,
    opaque.serverPublicKey,
    pending.name,
    keys.accountId,
    keys.rootKey,
  );
  const request = {
    name: pending.name,
    record: opaque.record,
    accountId: toHex(keys.accountId),
    wraps: [
      await wrap(await passwordKek(opaque.exportKey), WRAP_KIND.password),
      await wrap(await recoveryKek(pending.recoveryKey), WRAP_KIND.recovery),
    ],
    recovery: { lookup: toHex(proof.lookup), publicKey: (await signingPairOfSeed(proof.seed)).publicKey },
    device,
    client: ports.client,
    vaults: await foundVaults(ports, keys, record),
  };
  return { request, record, rootKey: keys.rootKey };
}

/** Signs in by password and enrols this device. E_CREDENTIALS, whatever was wrong. */
export async function signIn(ports: AccountPorts, name: string, password: string): Promise<Session> {
  const server = await ports.api.server();
  const started = await startLogin(password);
  const { loginId, response } = await ports.api.loginStart(name, started.request);
  const ids = { client: normaliseLoginName(name), server: server.serverId };
  const opaque = finishLogin(password, started.state, response, ids);
  const grant = await ports.api.loginFinish({ loginId, finish: opaque.finish, client: ports.client });
  const rootKey = await unwrapGrant(await passwordKek(opaque.exportKey), grant, wrapOf(grant, WRAP_KIND.password));
  return enrol(ports, server, opaque.serverPublicKey, name, grant, rootKey);
}

/** Signs in by the twelve recovery words. E_RECOVERY_WORDS when they are not words; E_CREDENTIALS when nobody has them. */
export async function signInWithWords(ports: AccountPorts, name: string, words: string): Promise<Session> {
  const { server, grant, rootKey } = await recover(ports, words);
  return enrol(ports, server, null, name, grant, rootKey);
}

/** Replaces the password and its wrap in one step; other sessions end. E_PASSWORD_WEAK, E_CREDENTIALS (another name). */
export async function setPassword(session: Session, password: string): Promise<void> {
  const { ports, device } = session;
  const { acceptable, advice } = estimate(password, [device.name]);
  if (!acceptable) throw new HoldfastError('E_PASSWORD_WEAK', advice);
  const started = await startRegistration(password);
  const response = await ports.api.passwordStart(started.request);
  const ids = { client: normaliseLoginName(device.name), server: device.serverId };
  const opaque = finishRegistration(password, started.state, response, ids);
  if (opaque.serverPublicKey !== device.serverPublicKey)
    throw new HoldfastError('E_OTHER_SERVER', 'the server changed its key');
  const kek = await passwordKek(opaque.exportKey);
  const wrap = await makeWrap(ports, kek, WRAP_KIND.password, fromHex(device.accountId), session.rootKey, utf8(''));
  await ports.api.passwordFinish({ name: device.name, record: opaque.record, wrap });
}

/** Ends the session on the server if it answers in time, and forgets every key on this device. */
export async function signOut(ports: AccountPorts): Promise<void> {
  try {
    await ports.api.signOut(AbortSignal.timeout(SIGN_OUT_MS));
  } finally {
    await ports.keyStore.clear();
    ports.useToken(null);
  }
}

async function makeWrap(
  ports: Pick<AccountPorts, 'random'>,
  kek: Bytes,
  kind: WrapKind,
  accountId: Bytes,
  rootKey: Bytes,
  credentialId: Bytes,
): Promise<SealedWrap> {
  const context = { accountId, kind, epoch: EPOCH, credentialId };
  return { kind, epoch: EPOCH, credentialId, blob: await wrapRootKey(kek, context, rootKey, ports.random.bytes(32)) };
}

async function newDevice(
  ports: AccountPorts,
  server: ServerInfo,
  serverPublicKey: string,
  name: string,
  accountId: Bytes,
  rootKey: Bytes,
): Promise<{ record: DeviceRecord; device: NewDevice }> {
  const deviceId = ports.random.bytes(16);
  const half = ports.random.bytes(32);
  const pair = await generateSigningPair();
  const unlockKey = await hkdfKey(ports.random.bytes(32));
  const kek = await deviceKek(unlockKey, half, deviceId);
  const record: DeviceRecord = {
    serverUrl: ports.serverUrl,
    serverId: server.serverId,
    serverPublicKey,
    accountId: toHex(accountId),
    name: name.trim(),
    deviceId: toHex(deviceId),
    deviceName: ports.deviceName,
    ...pair,
    unlockKey,
  };
  const wrap = await makeWrap(ports, kek, WRAP_KIND.device, accountId, rootKey, deviceId);
  return { record, device: { deviceId: record.deviceId, publicKey: pair.publicKey, half, wrap } };
}

/** After a sign-in by password or words: this device gets keys of its own. */
async function enrol(
  ports: AccountPorts,
  server: ServerInfo,
  serverPublicKey: string | null,
  name: string,
  grant: Grant,
  rootKey: Bytes,
): Promise<Session> {
  ports.useToken(grant.token);
  const pinned = serverPublicKey ?? (await pinnedServerKey(ports, grant, rootKey));
  const { record, device } = await newDevice(ports, server, pinned, name, fromHex(grant.accountId), rootKey);
  await ports.api.addDevice(device);
  return enter(ports, record, rootKey, grant);
}

async function enter(ports: AccountPorts, record: DeviceRecord, rootKey: Bytes, grant: Grant): Promise<Session> {
  const { keyStore } = ports;
  ports.useToken(grant.token, record.deviceId);
  const before = await keyStore.load();
  // What this device has seen of the account must not be forgotten because the server shows another of the same name.
  if (before !== null && before.accountId !== record.accountId && isSamePerson(before, record))
    throw new HoldfastError('E_FORK', 'the server shows another account under this name than this device has seen');
  const session = await openSession(ports, record, rootKey, grant);
  await keyStore.save(record);
  await keyStore.keepVaults(grant.vaults.map(({ vaultId }) => vaultId));
  return session;
}

function isSamePerson(one: DeviceRecord, other: DeviceRecord): boolean {
  return one.serverId === other.serverId && normaliseLoginName(one.name) === normaliseLoginName(other.name);
}

/** Recovery words carry no OPAQUE run, so the server's key is taken from the account's own first entry. */
async function pinnedServerKey(ports: AccountPorts, grant: Grant, rootKey: Bytes): Promise<string> {
  const vaultId = vaultIdOf(grant, 'account');
  const { entries } = await ports.api.readLog(vaultId, 0, 1);
  const body = entries[0]?.body ?? new Uint8Array(0);
  const { entry } = await verifyNext(emptyState(), fromHex(vaultId), await accountLogKey(rootKey), body);
  const [genesis] = entry.ops;
  if (genesis?.op !== 'genesis') throw integrityError();
  return genesis.serverPublicKey;
}

/** Genesis entries of both vaults; everything an account is made of is in the first. */
async function foundVaults(ports: AccountPorts, keys: NewKeys, record: DeviceRecord) {
  const { random, clock } = ports;
  const identity = await signingPairOfSeed(keys.identitySeed);
  const deviceId = fromHex(record.deviceId);
  const device = { deviceId, publicKey: record.publicKey, name: ports.deviceName, addedAt: clock.now() };
  const cert = await certificate(identity.signingKey, keys.accountId, device);
  const [accountVault, personalVault, domainId] = [random.bytes(16), random.bytes(16), random.bytes(16)];
  const genesis = (kind: number): Op => ({
    op: 'genesis',
    kind,
    minSuite: 1,
    identity: identity.publicKey,
    accountId: keys.accountId,
    createdAt: clock.now(),
    serverId: fromHex(record.serverId),
    serverPublicKey: record.serverPublicKey,
  });
  const grantKey = (purpose: number, subject: Bytes, key: Bytes): Op => ({
    op: 'grant-key',
    purpose,
    subject,
    epoch: EPOCH,
    key,
  });
  const first = (vaultId: Bytes, logKey: Bytes, ops: readonly Op[]) =>
    sealEntry(
      logKey,
      { vaultId, seq: 1, prev: new Uint8Array(32) },
      { device: deviceId, grant: 0, t: clock.now(), seen: [], ops },
      record.signingKey,
      random.bytes(32),
    );
  const accountOps = [
    genesis(VAULT_KIND.account),
    cert,
    grantKey(GRANT.identitySeed, keys.accountId, keys.identitySeed),
    grantKey(GRANT.kemSeed, keys.accountId, random.bytes(32)),
    grantKey(GRANT.vaultSecret, personalVault, keys.vaultSecret),
    grantKey(GRANT.domainSecret, domainId, random.bytes(32)),
  ];
  const personalLog = (await vaultKeys(keys.vaultSecret)).log;
  return [
    {
      vaultId: toHex(accountVault),
      kind: 'account' as const,
      genesis: await first(accountVault, await accountLogKey(keys.rootKey), accountOps),
    },
    {
      vaultId: toHex(personalVault),
      kind: 'personal' as const,
      genesis: await first(personalVault, personalLog, [genesis(VAULT_KIND.personal), cert]),
    },
  ];
}
