/**
 * The API client against the real server over loopback: what one sends the other takes, and the other way round. Keys and
 * sealed objects are random bytes here, for the server reads neither.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { client as opaque, ready } from '@serenity-kit/opaque';
import { systemRandom } from '../../shared/browser/index.ts';
import { type Bytes, fromHex, toBase64url, toHex } from '../../shared/bytes/index.ts';
import {
  type Api,
  createApi,
  createShareApi,
  type Grant,
  type Registration,
  type SealedWrap,
  withAuth,
} from '../../shared/client/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import {
  challengedRange,
  challengeInput,
  DEVICE_SESSION_IDLE_MS,
  entryHashInput,
  type Head,
  LINK_FAILURES_PER_HOUR,
  MAX_LINK_RECORD,
} from '../../shared/protocol/index.ts';
import { withCookies } from '../support/cookie-jar.ts';
import { openShelf, type Shelf } from '../support/shelf.ts';

const { bytes: random } = systemRandom;
const id = () => toHex(random(16));
const newTicket = () => toBase64url(random(32));
const code = (expected: ErrorCode) => (error: unknown) => codeOf(error) === expected;
const sha256 = async (bytes: Bytes) => new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const ed25519 = async () => (await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])) as CryptoKeyPair;
const rawKey = async (key: CryptoKey) => new Uint8Array(await crypto.subtle.exportKey('raw', key));

/** Weak on purpose: these passwords guard nothing. */
const QUICK = { 'argon2id-custom': { iterations: 1, memory: 16, parallelism: 1 } };
const GENESIS: Head = { seq: 0, hash: '0'.repeat(64) };

let shelf: Shelf;
before(async () => {
  await ready;
  shelf = await openShelf();
});
after(() => shelf.close());

const anonymous = () => createApi(shelf.transport);
const bearer = (token: string | null) =>
  createApi(
    withAuth(shelf.transport, {
      token: async () => token,
      renew: async () => {
        throw new HoldfastError('E_SESSION', 'nothing to renew with');
      },
    }),
  );

const wrap = (kind: number, credentialId = random(0)): SealedWrap => ({
  kind,
  epoch: 1,
  credentialId,
  blob: random(120),
});

function newDevice() {
  const deviceId = id();
  return { deviceId, half: random(32), wrap: wrap(4, fromHex(deviceId)) };
}

interface Member {
  readonly name: string;
  readonly password: string;
  readonly registration: Registration;
  readonly grant: Grant;
  readonly api: Api;
  readonly device: CryptoKeyPair;
  readonly recovery: CryptoKeyPair;
  readonly vault: string;
}

async function identifiers(name: string) {
  return { client: name, server: (await anonymous().server()).serverId };
}

async function opaqueRecord(api: Api, name: string, password: string): Promise<string> {
  const { clientRegistrationState, registrationRequest } = opaque.startRegistration({ password });
  const registrationResponse = await api.registrationStart(name, registrationRequest);
  return opaque.finishRegistration({
    password,
    clientRegistrationState,
    registrationResponse,
    identifiers: await identifiers(name),
    keyStretching: QUICK,
  }).registrationRecord;
}

async function signUp(client: 'web' | 'extension' = 'extension', api: Api = anonymous()): Promise<Member> {
  const [name, password] = [`anna-${id()}`, toHex(random(8))];
  const [device, recovery] = [await ed25519(), await ed25519()];
  const [account, vault] = [id(), id()];
  const registration: Registration = {
    name,
    record: await opaqueRecord(api, name, password),
    accountId: id(),
    wraps: [wrap(1), wrap(2)],
    recovery: { lookup: id(), publicKey: await rawKey(recovery.publicKey) },
    device: { ...newDevice(), publicKey: await rawKey(device.publicKey) },
    client,
    vaults: [
      { vaultId: account, kind: 'account', genesis: random(1_024) },
      { vaultId: vault, kind: 'personal', genesis: random(1_024) },
    ],
  };
  const grant = await api.registrationFinish(registration);
  const own = client === 'web' ? api : bearer(grant.token);
  return { name, password, registration, grant, api: own, device, recovery, vault };
}

async function signIn(api: Api, name: string, password: string): Promise<Grant> {
  const { clientLoginState, startLoginRequest } = opaque.startLogin({ password });
  const { loginId, response } = await api.loginStart(name, startLoginRequest);
  const finished = opaque.finishLogin({
    clientLoginState,
    loginResponse: response,
    password,
    identifiers: await identifiers(name),
    keyStretching: QUICK,
  });
  // A wrong password cannot make a KE3; whoever sends one all the same is told no more than that.
  const finish = finished?.finishLoginRequest ?? 'A'.repeat(86);
  return api.loginFinish({ loginId, finish, client: 'extension' });
}

async function signChallenge(purpose: 'device' | 'recovery', subject: string, key: CryptoKey, challenge: Bytes) {
  const { serverId } = await anonymous().server();
  const input = challengeInput(purpose, fromHex(serverId), fromHex(subject), challenge);
  return {
    challenge,
    signature: new Uint8Array(await crypto.subtle.sign('Ed25519', key, input)),
    client: 'extension',
  } as const;
}

async function deviceLogin(member: Member, key = member.device.privateKey): Promise<Grant> {
  const { deviceId } = member.registration.device;
  const challenge = await anonymous().deviceChallenge(deviceId);
  return anonymous().deviceLogin(deviceId, await signChallenge('device', deviceId, key, challenge));
}

async function nextHead(vault: string, head: Head, body: Bytes): Promise<Head> {
  const input = entryHashInput(fromHex(vault), head.seq + 1, fromHex(head.hash), await sha256(body));
  return { seq: head.seq + 1, hash: toHex(await sha256(input)) };
}

async function storedPack(member: Member, size: number): Promise<{ packId: string; pack: Bytes }> {
  const pack = random(size);
  const packId = toHex(await sha256(pack));
  await member.api.putPack(member.vault, packId, pack);
  return { packId, pack };
}

describe('sign-up and sign-in', () => {
  test('an account is made whole, and its grant says what was put in', async () => {
    const { registration, grant, api } = await signUp();
    assert.equal(grant.accountId, registration.accountId);
    assert.deepEqual(grant.device, { deviceId: registration.device.deviceId, half: registration.device.half });
    assert.deepEqual(grant.wraps.map(({ kind }) => kind).sort(), [1, 2, 4]);
    assert.deepEqual(
      grant.wraps.find(({ kind }) => kind === 2),
      registration.wraps[1],
    );
    for (const { vaultId, genesis, kind } of registration.vaults) {
      assert.ok(grant.vaults.some((vault) => vault.vaultId === vaultId && vault.kind === kind));
      assert.deepEqual((await api.readLog(vaultId, 0)).head, await nextHead(vaultId, GENESIS, genesis));
    }
    assert.equal((await api.account()).accountId, registration.accountId);
  });

  test('a sign-up whose answer was lost may be sent again; a taken name is taken', async () => {
    const { registration, name } = await signUp();
    assert.equal((await anonymous().registrationFinish(registration)).accountId, registration.accountId);
    const other = await signUp();
    const record = await opaqueRecord(anonymous(), name, 'another password');
    const stolen = { ...other.registration, accountId: id(), name, record };
    await assert.rejects(anonymous().registrationFinish(stolen), code('E_NAME_TAKEN'));
  });

  test('the password opens a session; a wrong one and an unknown name are told apart by nobody', async () => {
    const { name, password, registration } = await signUp();
    const grant = await signIn(anonymous(), name, password);
    assert.equal(grant.accountId, registration.accountId);
    assert.equal(grant.device, null);
    assert.equal((await bearer(grant.token).session()).sessionId, grant.sessionId);
    await assert.rejects(signIn(anonymous(), name, 'wrong'), code('E_CREDENTIALS'));
    await assert.rejects(signIn(anonymous(), `nobody-${id()}`, password), code('E_CREDENTIALS'));
  });

  test('a device signs in with its key, a challenge once; another key does not', async () => {
    const member = await signUp();
    const grant = await deviceLogin(member);
    assert.deepEqual(grant.device?.half, member.registration.device.half);
    await assert.rejects(deviceLogin(member, member.recovery.privateKey), code('E_CREDENTIALS'));
    const { deviceId } = member.registration.device;
    const challenge = await anonymous().deviceChallenge(deviceId);
    const signed = await signChallenge('device', deviceId, member.device.privateKey, challenge);
    await anonymous().deviceLogin(deviceId, signed);
    await assert.rejects(anonymous().deviceLogin(deviceId, signed), code('E_CREDENTIALS'));
  });

  test('the recovery key signs in, and its session takes a new device and a new password', async () => {
    const { name, recovery, registration } = await signUp();
    const { lookup } = registration.recovery;
    const challenge = await anonymous().recoveryStart(lookup);
    const signed = await signChallenge('recovery', lookup, recovery.privateKey, challenge);
    const grant = await anonymous().recoveryFinish(lookup, signed);
    const api = bearer(grant.token);

    const device = { ...newDevice(), publicKey: await rawKey((await ed25519()).publicKey) };
    await api.addDevice(device);
    await api.addDevice(device);
    assert.deepEqual((await api.session()).device, { deviceId: device.deviceId, half: device.half });

    const { clientRegistrationState, registrationRequest } = opaque.startRegistration({ password: 'new' });
    const { registrationRecord: record } = opaque.finishRegistration({
      password: 'new',
      clientRegistrationState,
      registrationResponse: await api.passwordStart(registrationRequest),
      identifiers: await identifiers(name),
      keyStretching: QUICK,
    });
    await api.passwordFinish({ name, record, wrap: wrap(1) });
    assert.equal((await signIn(anonymous(), name, 'new')).accountId, registration.accountId);
  });

  test('sessions are listed and ended', async () => {
    const member = await signUp();
    const other = await signIn(anonymous(), member.name, member.password);
    const rows = await member.api.sessions();
    assert.deepEqual(
      new Set(rows.map(({ sessionId }) => sessionId)),
      new Set([member.grant.sessionId, other.sessionId]),
    );
    assert.deepEqual(
      rows.filter(({ current }) => current).map(({ sessionId }) => sessionId),
      [member.grant.sessionId],
    );
    await member.api.revokeSession(other.sessionId);
    await assert.rejects(bearer(other.token).account(), code('E_SESSION'));
    await member.api.signOut();
    await assert.rejects(member.api.account(), code('E_SESSION'));
  });

  test('an expired session is renewed by the device key, once for all who wait', async () => {
    const member = await signUp();
    let { token } = member.grant;
    let renewals = 0;
    const api = createApi(
      withAuth(shelf.transport, {
        token: async () => token,
        async renew() {
          renewals++;
          token = (await deviceLogin(member)).token;
        },
      }),
    );
    shelf.pass(DEVICE_SESSION_IDLE_MS + 1);
    const accounts = await Promise.all([api.account(), api.account(), api.account()]);
    assert.ok(accounts.every(({ accountId }) => accountId === member.registration.accountId));
    assert.equal(renewals, 1);
  });

  test('the web has a cookie instead of a token, and loses it by signing out', async () => {
    const web = createApi(withCookies(shelf.transport));
    const { grant } = await signUp('web', web);
    assert.equal(grant.token, null);
    assert.equal((await web.session()).sessionId, grant.sessionId);
    await web.signOut();
    await assert.rejects(web.session(), code('E_SESSION'));
  });

  test('a change without the anti-forgery header is refused', async () => {
    const response = await shelf.transport.send({ method: 'DELETE', path: '/v1/session' });
    assert.equal(response.status, 403);
  });
});

describe('the log', () => {
  test('grows only at its head', async () => {
    const { api, vault, registration } = await signUp();
    const genesis = registration.vaults[1]?.genesis ?? assert.fail('there are two vaults');
    const head = await nextHead(vault, GENESIS, genesis);
    const bodies = [random(1_024), random(4_096)];
    const last = await nextHead(vault, await nextHead(vault, head, bodies[0] as Bytes), bodies[1] as Bytes);

    assert.deepEqual(await api.append(vault, head, bodies, []), { ok: true, head: last });
    assert.deepEqual(await api.append(vault, head, bodies, []), { ok: false, reason: 'head-moved', head: last });

    const page = await api.readLog(vault, 0);
    assert.deepEqual(page.head, last);
    assert.deepEqual(
      page.entries.map(({ body }) => body),
      [genesis, ...bodies],
    );
    assert.deepEqual(
      (await api.readLog(vault, 1, 1)).entries.map(({ body }) => body),
      bodies.slice(0, 1),
    );
    assert.deepEqual((await api.readLog(vault, 3)).entries, []);
  });

  test('shows its head to a reader who has seen more: whether that is a rollback is the reader’s to judge', async () => {
    const { api, vault } = await signUp();
    const { head } = await api.readLog(vault, 0);
    assert.deepEqual(await api.readLog(vault, head.seq + 5), { entries: [], head });
  });

  test('takes no entry before its packs', async () => {
    const member = await signUp();
    const { api, vault } = member;
    const { head } = await api.readLog(vault, 0);
    const { packId } = await storedPack(member, 65_536);
    const absent = toHex(random(32));
    assert.deepEqual(await api.append(vault, head, [random(1_024)], [packId, absent]), {
      ok: false,
      reason: 'packs-missing',
      missing: [absent],
    });
    assert.equal((await api.append(vault, head, [random(1_024)], [packId])).ok, true);
  });

  test('one of many writers wins each race', async () => {
    const { api, vault } = await signUp();
    const { head } = await api.readLog(vault, 0);
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => api.append(vault, head, [random(1_024)], [])));
    assert.equal(outcomes.filter(({ ok }) => ok).length, 1);
    assert.equal((await api.readLog(vault, 0)).head.seq, head.seq + 1);
  });

  test('is nobody else’s', async () => {
    const [mine, other] = [await signUp(), await signUp()];
    await assert.rejects(other.api.readLog(mine.vault, 0), code('E_NOT_FOUND'));
    const { head } = await mine.api.readLog(mine.vault, 0);
    await assert.rejects(other.api.append(mine.vault, head, [random(1_024)], []), code('E_NOT_FOUND'));
  });

  test('takes bodies of the agreed sizes only', async () => {
    const { api, vault } = await signUp();
    const { head } = await api.readLog(vault, 0);
    await assert.rejects(api.append(vault, head, [random(1_000)], []), code('E_PROTOCOL'));
  });
});

describe('packs', () => {
  test('come back as they went, whole and in parts', async () => {
    const member = await signUp();
    const { api, vault } = member;
    for (const size of [65_536, 262_144, 4_194_304]) {
      const { packId, pack } = await storedPack(member, size);
      assert.ok(Buffer.from(await api.pack(vault, packId)).equals(pack));
      assert.ok(Buffer.from(await api.pack(vault, packId, { start: 0, end: size })).equals(pack));
      if (size === 65_536) continue;
      const [start, end] = [65_536, 196_608];
      assert.ok(Buffer.from(await api.pack(vault, packId, { start, end })).equals(pack.subarray(start, end)));
    }
  });

  test('are stored once and known by name', async () => {
    const member = await signUp();
    const { api, vault } = member;
    const { packId, pack } = await storedPack(member, 65_536);
    await api.putPack(vault, packId, pack);
    const absent = toHex(random(32));
    assert.deepEqual(await api.packsMissing(vault, [packId, absent]), [absent]);
    assert.equal((await api.account()).packs, 1);
  });

  test('are asked about instead of read: the HMAC of the range that the key chooses, null for what is not there', async () => {
    const member = await signUp();
    const { packId, pack } = await storedPack(member, 262_144);
    const key = random(32);
    const hmac = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
    const { start, end } = challengedRange(key, pack.length);
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', hmac, pack.subarray(start, end)));
    const absent = { packId: toHex(random(32)), key: random(32) };
    const given = await member.api.challengePacks(member.vault, [absent, { packId, key }]);
    assert.deepEqual(given, [null, mac.slice(0, 16)]);
    const stranger = await signUp();
    await assert.rejects(stranger.api.challengePacks(member.vault, [{ packId, key }]), code('E_NOT_FOUND'));
    await assert.rejects(anonymous().challengePacks(member.vault, []), code('E_SESSION'));
  });

  test('under another name, of another size, or asked for crooked are refused', async () => {
    const member = await signUp();
    const { api, vault } = member;
    await assert.rejects(api.putPack(vault, toHex(random(32)), random(65_536)), code('E_INTEGRITY'));
    const odd = random(1_000);
    await assert.rejects(api.putPack(vault, toHex(await sha256(odd)), odd), code('E_PROTOCOL'));
    const { packId } = await storedPack(member, 262_144);
    await assert.rejects(api.pack(vault, packId, { start: 1, end: 65_537 }), code('E_PROTOCOL'));
    await assert.rejects(api.pack(vault, toHex(random(32))), code('E_NOT_FOUND'));
  });

  test('do not fit beyond the quota', async () => {
    const small = await openShelf({ HOLDFAST_QUOTA_BYTES: '300000' });
    const whole = shelf;
    shelf = small;
    try {
      const member = await signUp();
      await storedPack(member, 65_536);
      await assert.rejects(storedPack(member, 262_144), code('E_QUOTA'));
    } finally {
      shelf = whole;
      await small.close();
    }
  });
});

describe('links', () => {
  const limits = { expiresDay: null, maxDownloads: null };

  async function shared(policy: { expiresDay: number | null; maxDownloads: number | null } = limits) {
    const member = await signUp();
    const stored = await storedPack(member, 65_536);
    const proof = { lookup: id(), auth: random(32) };
    const authHash = toHex(await sha256(proof.auth));
    const link = { lookup: proof.lookup, vaultId: member.vault, authHash, record: random(1_024), ...policy };
    await member.api.createLink(link);
    return { ...member, ...stored, link, proof, share: createShareApi(shelf.shareTransport) };
  }

  test('open with the proof, hand out packs for a ticket, and count what arrived', async () => {
    const { api, share, proof, link, packId, pack } = await shared({ expiresDay: null, maxDownloads: 2 });
    assert.deepEqual(await share.open(proof), { record: link.record, expiresDay: null, downloadsLeft: 2 });
    const ticket = newTicket();
    await share.ticket(proof, ticket);
    assert.ok(Buffer.from(await share.pack(ticket, packId)).equals(pack));
    assert.ok(Buffer.from(await share.pack(ticket, packId, { start: 0, end: 65_536 })).equals(pack));
    await share.complete(ticket);
    const [row] = await api.links();
    assert.deepEqual([row?.lookup, row?.received, row?.abandoned, row?.state], [link.lookup, 1, 0, 'live']);
    await assert.rejects(share.complete(ticket), code('E_LINK_GONE'));
    await assert.rejects(share.pack(ticket, packId), code('E_LINK_GONE'));
  });

  test('may be made again with the same content only', async () => {
    const { api, link } = await shared();
    await api.createLink(link);
    await assert.rejects(api.createLink({ ...link, record: random(1_024) }), code('E_INPUT'));
  });

  test('end with their downloads, and begin again when the owner allows more', async () => {
    const { api, share, proof, link } = await shared({ expiresDay: null, maxDownloads: 1 });
    const ticket = newTicket();
    await share.ticket(proof, ticket);
    await share.complete(ticket);
    await assert.rejects(share.ticket(proof, newTicket()), code('E_LINK_GONE'));
    assert.equal((await api.links())[0]?.state, 'used-up');
    await api.updateLink(link.lookup, { expiresDay: null, maxDownloads: 2 });
    assert.equal((await share.open(proof)).downloadsLeft, 1);
  });

  test('are gone when revoked, also for a download that runs', async () => {
    const { api, share, proof, link, packId } = await shared();
    const ticket = newTicket();
    await share.ticket(proof, ticket);
    await api.revokeLink(link.lookup);
    await assert.rejects(share.open(proof), code('E_LINK_GONE'));
    await assert.rejects(share.pack(ticket, packId), code('E_LINK_GONE'));
    await assert.rejects(api.revokeLink(link.lookup), code('E_NOT_FOUND'));
  });

  test('lock after too many wrong passwords, and the owner unlocks them', async () => {
    const { api, share, proof, link } = await shared();
    const wrong = { ...proof, auth: random(32) };
    for (let i = 0; i < LINK_FAILURES_PER_HOUR; i++) await assert.rejects(share.open(wrong), code('E_LINK_PASSWORD'));
    await assert.rejects(share.open(proof), code('E_LINK_LOCKED'));
    await api.updateLink(link.lookup, limits);
    await share.open(proof);
  });

  test('that nobody made are gone', () =>
    assert.rejects(createShareApi(shelf.shareTransport).open({ lookup: id(), auth: random(32) }), code('E_LINK_GONE')));

  test('of the largest record travel whole', async () => {
    const { api, share, vault } = await shared();
    const proof = { lookup: id(), auth: random(32) };
    const record = random(MAX_LINK_RECORD);
    const authHash = toHex(await sha256(proof.auth));
    await api.createLink({ lookup: proof.lookup, vaultId: vault, authHash, record, ...limits });
    assert.ok(Buffer.from((await share.open(proof)).record).equals(record));
  });
});
