/** Sign-in by password, by device key and by recovery words, and the change of the password. */
import { createPublicKey, verify } from 'node:crypto';
import { equal, fromHex } from '../../shared/bytes/index.ts';
import { challengeInput, type Device, type LoginStartAnswer, type Wrap } from '../../shared/protocol/index.ts';
import type { Deps, PendingChallenge } from './deps.ts';
import { decode, encode, loginName, newId, newToken } from './fields.ts';
import { loginProven, registrationResponse, startLogin as startOpaque } from './opaque.ts';
import type { ClientKind, SessionRecord } from './ports.ts';
import { Refusal } from './refusal.ts';
import { deviceOf, opaqueRecord, passwordWrap } from './registration.ts';
import { type OpenedSession, openSession } from './sessions.ts';

/** More devices than a person has. */
const MOST_DEVICES = 256;

/** A name that nobody has gets an answer of the same form from a fake record, and fails at the finish. */
export async function startLogin(deps: Deps, rawName: string, request: string): Promise<LoginStartAnswer> {
  const { secrets } = deps;
  const { name, mac, userIdentifier } = loginName(secrets.nameKey, rawName);
  const account = await deps.metadata.accountByName(mac);
  const record = account === null ? null : encode(account.record);
  const identifiers = { client: name, server: secrets.serverId };
  const { state, response } = await startOpaque(
    secrets.opaqueServerSetup,
    userIdentifier,
    record,
    request,
    identifiers,
  );
  const loginId = newId();
  deps.logins.put(loginId, { state, name, account });
  return { loginId, response };
}

export async function finishLogin(
  deps: Deps,
  request: { loginId: string; finish: string; client: ClientKind },
): Promise<OpenedSession> {
  const login = deps.logins.take(request.loginId);
  if (login === null) throw new Refusal('credentials');
  const identifiers = { client: login.name, server: deps.secrets.serverId };
  const proven = await loginProven(login.state, request.finish, identifiers);
  if (!proven || login.account === null) throw new Refusal('credentials');
  const { accountId, record } = login.account;
  const opened = await openSession(deps, { accountId, client: request.client, deviceId: null });
  // Compared when the session is there: a password that changes later ends it with all others.
  const account = await deps.metadata.accountById(accountId);
  if (account !== null && equal(account.record, record)) return opened;
  await deps.metadata.endSession(accountId, opened.session.sessionId);
  throw new Refusal('credentials');
}

/** Also for subjects that do not exist. */
export function challenge(deps: Deps, purpose: PendingChallenge['purpose'], subject: string): string {
  const token = newToken();
  deps.challenges.put(token, { purpose, subject });
  return token;
}

export interface SignedChallenge {
  readonly challenge: string;
  readonly signature: string;
  readonly client: ClientKind;
}

export async function loginWithDevice(
  deps: Deps,
  request: SignedChallenge & { deviceId: string },
): Promise<OpenedSession> {
  const { deviceId, client } = request;
  const device = await deps.metadata.deviceById(deviceId);
  checkSignature(deps, { purpose: 'device', subject: deviceId }, request, device?.publicKey ?? null);
  if (device === null) throw new Refusal('credentials');
  return openSession(deps, { accountId: device.accountId, client, deviceId });
}

export async function loginWithRecovery(
  deps: Deps,
  request: SignedChallenge & { lookup: string },
): Promise<OpenedSession> {
  const { lookup, client } = request;
  const recovery = await deps.metadata.recoveryByLookup(lookup);
  checkSignature(deps, { purpose: 'recovery', subject: lookup }, request, recovery?.publicKey ?? null);
  if (recovery === null) throw new Refusal('credentials');
  return openSession(deps, { accountId: recovery.accountId, client, deviceId: null });
}

/** Stands in for the key of a subject that does not exist, so that its answer takes as long as any other. */
const NOBODY = new Uint8Array(32).fill(1);

function checkSignature(
  deps: Deps,
  expected: PendingChallenge,
  request: SignedChallenge,
  publicKey: Uint8Array | null,
): void {
  const pending = deps.challenges.take(request.challenge);
  const input = challengeInput(
    expected.purpose,
    fromHex(deps.secrets.serverId),
    fromHex(expected.subject),
    decode(request.challenge, 32),
  );
  const issued = pending?.purpose === expected.purpose && pending.subject === expected.subject;
  const signed = isSigned(input, decode(request.signature, 64), publicKey ?? NOBODY);
  if (!issued || !signed || publicKey === null) throw new Refusal('credentials');
}

function isSigned(input: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: encode(publicKey) }, format: 'jwk' });
  return verify(null, input, key, signature);
}

/** Gives the session's account one more device and binds the session to it. Repeating the same request changes nothing. */
export async function addDevice(deps: Deps, session: SessionRecord, request: Device): Promise<void> {
  const { device, wrap } = deviceOf(request);
  if (session.deviceId === device.deviceId) return;
  if (session.deviceId !== null) throw new Refusal('already-exists');
  const outcome = await deps.metadata.addDevice(session, device, wrap, MOST_DEVICES);
  if (outcome === 'session-ended') throw new Refusal('unauthorized');
  if (outcome === 'exists') throw new Refusal('already-exists');
  if (outcome === 'too-many') throw new Refusal('forbidden');
}

export async function startPasswordChange(deps: Deps, session: SessionRecord, request: string): Promise<string> {
  const account = await deps.metadata.accountById(session.accountId);
  if (account === null) throw new Refusal('unauthorized');
  return registrationResponse(deps.secrets.opaqueServerSetup, Buffer.from(account.nameMac).toString('hex'), request);
}

/** The name is asked for because OPAQUE binds it into the record: another one would lock the account's owner out. */
export async function finishPasswordChange(
  deps: Deps,
  session: SessionRecord,
  request: { name: string; record: string; wrap: Wrap },
): Promise<void> {
  const account = await deps.metadata.accountById(session.accountId);
  const { userIdentifier } = loginName(deps.secrets.nameKey, request.name);
  if (account === null) throw new Refusal('unauthorized');
  if (Buffer.from(account.nameMac).toString('hex') !== userIdentifier) throw new Refusal('credentials');
  const record = await opaqueRecord(deps, request.record);
  const wrap = passwordWrap(request.wrap);
  const replaced = await deps.metadata.replacePassword(session.accountId, record, wrap, session.sessionId);
  if (!replaced) throw new Refusal('unauthorized');
}
