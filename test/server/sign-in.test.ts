import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { client } from '@serenity-kit/opaque';
import { DAY_MS, ROUTES, sessionPath } from '../../shared/protocol/index.ts';
import {
  AccountInfo,
  ChallengeAnswer,
  LoginStartAnswer,
  RegistrationStartAnswer,
  SessionGrant,
  SessionList,
} from '../../shared/protocol/schemas.ts';
import { type Bench, bench, ORIGINS } from './support/bench.ts';
import { device, hexId, Person } from './support/person.ts';

describe('sign-in', () => {
  let server: Bench;
  before(async () => {
    server = await bench();
  });
  after(() => server.close());

  it('registers an account whole and opens a session with its device', async () => {
    const person = new Person(server);
    const grant = await person.register();
    assert.equal(grant.accountId, person.accountId);
    assert.deepEqual(
      grant.vaults.map(({ kind }) => kind),
      ['account', 'personal'],
    );
    assert.deepEqual(grant.device, { deviceId: person.device.wire.deviceId, half: person.device.wire.half });
    assert.deepEqual(
      grant.wraps.map(({ kind }) => kind),
      [1, 2, 4],
    );
    const account = (await person.ask('GET', ROUTES.account)).as(AccountInfo);
    assert.equal(account.usedBytes, 2_048);
    assert.equal(account.createdDay, Math.floor(server.now / DAY_MS));
  });

  it('answers a repeated registration like the first, because the answer may have been lost', async () => {
    const person = new Person(server);
    const json = await person.registration();
    const first = (await server.ask('POST', ROUTES.registrationFinish, { json })).as(SessionGrant);
    const second = (await server.ask('POST', ROUTES.registrationFinish, { json })).as(SessionGrant);
    assert.equal(second.accountId, first.accountId);
    assert.notEqual(second.token, first.token);
  });

  it('answers no registration that was repeated late or in other words', async () => {
    const person = new Person(server);
    const json = await person.registration();
    const finish = async (change = {}) =>
      (await server.ask('POST', ROUTES.registrationFinish, { json: { ...json, ...change } })).code;
    assert.equal(await finish(), 200);
    const own = device(person.device.wire.deviceId).wire;
    const wraps = [person.wrap(1), { ...person.wrap(2), blob: 'bmV3' }];
    for (const change of [{ device: own }, { wraps }, { client: 'web' }, { name: ` ${person.name}` }])
      assert.equal(await finish(change), 'name-taken');
    assert.equal(await finish({ name: 'another@example.org' }), 'already-exists');
    assert.equal(await finish(), 200);
    server.now += 600_000;
    assert.equal(await finish(), 'name-taken');
  });

  it('says that a name is taken at the finish only, in any spelling of it', async () => {
    const first = await Person.registered(server, 'Ärger@Example.org');
    const second = new Person(server, '  ärger@EXAMPLE.org ');
    const json = await second.registration();
    assert.equal((await server.ask('POST', ROUTES.registrationFinish, { json })).code, 'name-taken');
    assert.equal((await first.ask('GET', ROUTES.account)).status, 200);
  });

  it('refuses ids that another account has', async () => {
    const first = await Person.registered(server);
    for (const taken of ['accountId', 'device', 'recovery', 'vault'] as const) {
      const person = new Person(server);
      const json = await person.registration();
      const clash = {
        accountId: { accountId: first.accountId },
        device: { device: first.device.wire },
        recovery: { recovery: { ...json.recovery, lookup: first.lookup } },
        vault: { vaults: json.vaults.map((vault, i) => (i === 0 ? { ...vault, vaultId: first.vault } : vault)) },
      }[taken];
      const answer = await server.ask('POST', ROUTES.registrationFinish, { json: { ...json, ...clash } });
      assert.equal(answer.code, 'already-exists', taken);
      assert.equal(await person.login(), null, 'nothing of it was kept');
    }
  });

  it('refuses registrations that are not whole', async () => {
    const person = new Person(server);
    const json = await person.registration();
    const [account, personal] = json.vaults;
    const broken: Record<string, object> = {
      'no recovery wrap': { wraps: [person.wrap(1), person.wrap(3)] },
      'a wrap twice': { wraps: [person.wrap(1), person.wrap(1), person.wrap(2)] },
      'a device wrap among the others': { wraps: [...json.wraps, json.device.wrap] },
      'a wrap for another device': { device: { ...json.device, deviceId: hexId() } },
      'a short public key': { device: { ...json.device, publicKey: 'AAAA' } },
      'two account vaults': { vaults: [account, { ...personal, kind: 'account' }] },
      'one id for both vaults': { vaults: [account, { ...personal, vaultId: account?.vaultId }] },
      'an entry of no class': { vaults: [account, { ...personal, genesis: { body: 'AAAA' } }] },
      'a record that is none': { record: Buffer.alloc(192, 255).toString('base64url') },
      'a short record': { record: 'AAAA' },
      'text that is not canonical base64url': { device: { ...json.device, half: `${'A'.repeat(42)}B` } },
      'an unknown field': { isAdmin: true },
      'an empty name': { name: '  ' },
      'a name too long': { name: 'a'.repeat(255) },
    };
    for (const [why, change] of Object.entries(broken)) {
      const answer = await server.ask('POST', ROUTES.registrationFinish, { json: { ...json, ...change } });
      assert.equal(answer.code, 'bad-request', why);
    }
    assert.equal((await server.ask('POST', ROUTES.registrationFinish, { json })).status, 200);
  });

  it('signs in by password, from any spelling of the name', async () => {
    const person = await Person.registered(server, 'Zoë@example.org');
    const again = new Person(server, ' ZOE\u0308@EXAMPLE.ORG ');
    await again.learnServer();
    const granted = (await again.login())?.as(SessionGrant);
    assert.equal(granted?.accountId, person.accountId);
    assert.equal(granted?.device, undefined);
    assert.deepEqual(
      granted?.wraps.map(({ kind }) => kind),
      [1, 2],
      'the wraps of devices stay with their devices',
    );
  });

  it('answers unknown names in the form of known ones', async () => {
    const person = await Person.registered(server);
    const { startLoginRequest: request } = client.startLogin({ password: 'x' });
    const answers = [];
    for (const name of [person.name, 'nobody@example.org']) {
      answers.push(await server.ask('POST', ROUTES.loginStart, { json: { name, request } }));
    }
    const [known, unknown] = answers.map((answer) => ({ ...answer, body: answer.as(LoginStartAnswer) }));
    assert.equal(known?.bytes.length, unknown?.bytes.length);
    assert.equal(known?.body.response.length, unknown?.body.response.length);
    assert.deepEqual(Object.keys(known?.headers ?? {}), Object.keys(unknown?.headers ?? {}));
    const refusals = [];
    for (const { body } of [known, unknown].filter((answer) => answer !== undefined)) {
      const json = { loginId: body.loginId, finish: 'A'.repeat(86), client: 'web' };
      refusals.push(await server.ask('POST', ROUTES.loginFinish, { json }));
    }
    assert.deepEqual(
      refusals.map(({ code, bytes }) => [code, bytes.length]),
      Array(2).fill(['credentials', refusals[0]?.bytes.length]),
    );
    const start = await server.ask('POST', ROUTES.registrationStart, { json: { name: person.name, request } });
    assert.equal(start.status, 200);
  });

  it('takes a sign-in once, and for a minute', async () => {
    const person = await Person.registered(server);
    const { startLoginRequest: request } = client.startLogin({ password: 'x' });
    const start = async () =>
      (await server.ask('POST', ROUTES.loginStart, { json: { name: person.name, request } })).as(LoginStartAnswer);
    const { loginId } = await start();
    const json = { loginId, finish: 'A'.repeat(86), client: 'web' };
    for (const _ of [1, 2]) assert.equal((await server.ask('POST', ROUTES.loginFinish, { json })).code, 'credentials');
    assert.equal(
      (await server.ask('POST', ROUTES.loginStart, { json: { name: 'x', request: 'AAAA' } })).code,
      'bad-request',
    );
  });

  it('signs in by device key, releasing that device’s half and wrap', async () => {
    const person = await Person.registered(server);
    const granted = (await person.deviceLogin()).as(SessionGrant);
    assert.equal(granted.device?.half, person.device.wire.half);
    assert.deepEqual(
      granted.wraps.filter(({ kind }) => kind === 4),
      [person.device.wire.wrap],
    );
    const session = await server.ask('GET', ROUTES.session, { headers: { authorization: `Bearer ${granted.token}` } });
    assert.equal(session.as(SessionGrant).device?.half, person.device.wire.half);
  });

  it('refuses every other key, device, challenge and purpose in one way', async () => {
    const person = await Person.registered(server);
    const stranger = await Person.registered(server);
    const { deviceId } = person.device.wire;
    const challenge = async (path: string, json: object) =>
      (await server.ask('POST', path, { json })).as(ChallengeAnswer).challenge;
    const login = (json: object) => server.ask('POST', ROUTES.deviceLogin, { json });
    const key = person.device.privateKey;

    const used = await challenge(ROUTES.deviceChallenge, { deviceId });
    const signed = { deviceId, ...person.signed('device', deviceId, used, key) };
    assert.equal((await login(signed)).status, 200);
    const stale = await challenge(ROUTES.deviceChallenge, { deviceId });
    server.now += 61_000;
    const foreign = await challenge(ROUTES.deviceChallenge, { deviceId: stranger.device.wire.deviceId });
    const recovery = await challenge(ROUTES.recoveryStart, { lookup: deviceId });
    const refused = {
      'a challenge twice': await login(signed),
      'a challenge too old': await login({ deviceId, ...person.signed('device', deviceId, stale, key) }),
      'a challenge of another device': await login({ deviceId, ...person.signed('device', deviceId, foreign, key) }),
      'a challenge for recovery': await login({ deviceId, ...person.signed('device', deviceId, recovery, key) }),
      'another key': await person.deviceLogin(stranger.device, deviceId),
      'a device that does not exist': await person.deviceLogin(device()),
      'words that do not exist': await person.recoveryLogin(hexId()),
    };
    for (const [why, answer] of Object.entries(refused)) assert.equal(answer.code, 'credentials', why);
  });

  it('signs in by recovery words, adds a device and sets another password', async () => {
    const person = await Person.registered(server);
    person.token = (await person.recoveryLogin()).as(SessionGrant).token ?? '';
    const fresh = device();
    assert.equal((await person.ask('POST', ROUTES.devices, { json: fresh.wire })).status, 200);
    assert.equal((await person.ask('POST', ROUTES.devices, { json: fresh.wire })).status, 200, 'repeated');
    assert.equal((await person.ask('POST', ROUTES.devices, { json: device().wire })).code, 'already-exists');
    assert.equal((await person.ask('GET', ROUTES.session)).as(SessionGrant).device?.half, fresh.wire.half);
    assert.equal((await person.deviceLogin(fresh)).status, 200);

    const started = client.startRegistration({ password: 'battery staple' });
    const { response } = (
      await person.ask('POST', ROUTES.passwordStart, { json: { request: started.registrationRequest } })
    ).as(RegistrationStartAnswer);
    const record = person.recordOf('battery staple', started.clientRegistrationState, response);
    const change = { name: person.name, record, wrap: { ...person.wrap(1), blob: 'bmV3' } };
    const finish = (json: object) => person.ask('POST', ROUTES.passwordFinish, { json });
    assert.equal((await finish({ ...change, name: 'other' })).code, 'credentials');
    assert.equal((await finish({ ...change, wrap: person.wrap(2) })).code, 'bad-request');
    assert.equal((await finish(change)).status, 200);
    assert.equal(await person.login(), null);
    const granted = (await person.login('battery staple'))?.as(SessionGrant);
    assert.equal(granted?.wraps.find(({ kind }) => kind === 1)?.blob, 'bmV3');
  });

  it('ends the other sessions when the password changes', async () => {
    const person = await Person.registered(server);
    const other = (await person.login())?.as(SessionGrant).token ?? '';
    const started = client.startRegistration({ password: 'battery staple' });
    const { response } = (
      await person.ask('POST', ROUTES.passwordStart, { json: { request: started.registrationRequest } })
    ).as(RegistrationStartAnswer);
    const record = person.recordOf('battery staple', started.clientRegistrationState, response);
    await person.ask('POST', ROUTES.passwordFinish, { json: { name: person.name, record, wrap: person.wrap(1) } });
    assert.equal((await person.ask('GET', ROUTES.account)).status, 200);
    const stale = await server.ask('GET', ROUTES.account, { headers: { authorization: `Bearer ${other}` } });
    assert.equal(stale.code, 'unauthorized');
  });

  it('refuses new accounts when registration is closed', async () => {
    const closed = await bench({ HOLDFAST_REGISTRATION: 'closed' });
    const { registrationRequest: request } = client.startRegistration({ password: 'x' });
    const start = await closed.ask('POST', ROUTES.registrationStart, { json: { name: 'x', request } });
    assert.equal(start.code, 'registration-closed');
    const json = await new Person(server).registration();
    assert.equal((await closed.ask('POST', ROUTES.registrationFinish, { json })).code, 'registration-closed');
    await closed.close();
  });
});

describe('sessions', () => {
  let server: Bench;
  before(async () => {
    server = await bench();
  });
  after(() => server.close());

  const cookieOf = (headers: Readonly<Record<string, unknown>>): string =>
    String(headers['set-cookie']).split(';')[0] ?? '';

  it('gives the web a cookie that no script reads and that stays on this origin', async () => {
    const person = await Person.registered(server);
    const answer = await person.login('correct horse', 'web', { origin: ORIGINS.app });
    const cookie = String(answer?.headers['set-cookie']);
    for (const part of ['__Host-holdfast=', '; Path=/', '; HttpOnly', '; Secure', '; SameSite=Strict']) {
      assert.ok(cookie.includes(part), `${part} in ${cookie}`);
    }
    assert.ok(!cookie.includes('Domain'));
    assert.equal(answer?.as(SessionGrant).token, undefined);
    const headers = { cookie: cookieOf(answer?.headers ?? {}) };
    assert.equal((await server.ask('GET', ROUTES.account, { headers })).status, 200);
  });

  it('lets only its own page use a cookie', async () => {
    const person = await Person.registered(server);
    const cookie = cookieOf((await person.login('correct horse', 'web'))?.headers ?? {});
    const refused: Record<string, Record<string, string>> = {
      'another site': { origin: 'https://evil.example' },
      'the share origin': { origin: ORIGINS.share },
      'an extension': { origin: 'chrome-extension://abcdefghijklmnopabcdefghijklmnop' },
      'a request from the same site': { 'sec-fetch-site': 'same-site' },
      'a request from elsewhere': { 'sec-fetch-site': 'cross-site' },
      'an opaque origin': { origin: 'null' },
    };
    for (const [why, headers] of Object.entries(refused)) {
      const answer = await server.ask('GET', ROUTES.account, { headers: { cookie, ...headers } });
      assert.equal(answer.code, 'forbidden', why);
    }
    for (const origin of [ORIGINS.app, 'http://localhost:8787', 'http://[::1]:8787']) {
      const headers = { cookie, origin, 'sec-fetch-site': 'same-origin' };
      assert.equal((await server.ask('GET', ROUTES.account, { headers })).status, 200, origin);
    }
    const planted = await person.login('correct horse', 'web', { origin: 'https://evil.example' });
    assert.equal(planted?.code, 'forbidden');
  });

  it('takes a token only the way it was given', async () => {
    const person = await Person.registered(server);
    const web = cookieOf((await person.login('correct horse', 'web'))?.headers ?? {});
    const asBearer = { authorization: `Bearer ${web.split('=')[1]}` };
    assert.equal((await server.ask('GET', ROUTES.account, { headers: asBearer })).code, 'unauthorized');
    const asCookie = { cookie: `__Host-holdfast=${person.token}` };
    assert.equal((await server.ask('GET', ROUTES.account, { headers: asCookie })).code, 'unauthorized');
    for (const authorization of ['', 'Bearer', 'Bearer x', `Basic ${person.token}`, `Bearer ${person.token} x`]) {
      assert.equal((await server.ask('GET', ROUTES.account, { headers: { authorization } })).code, 'unauthorized');
    }
  });

  it('needs the header of our clients for every change', async () => {
    const person = await Person.registered(server);
    for (const value of ['', '0', 'true']) {
      const answer = await person.ask('DELETE', ROUTES.session, { headers: { 'x-ebk': value } });
      assert.equal(answer.code, 'forbidden');
    }
    assert.equal((await person.ask('GET', ROUTES.account)).status, 200);
  });

  it('ends idle and old sessions, of the web sooner', async () => {
    const minute = 60_000;
    const ages = async (as: 'web' | 'extension', idle: number, most: number) => {
      const person = await Person.registered(server);
      const answer = await person.login('correct horse', as);
      const headers = {
        cookie: cookieOf(answer?.headers ?? {}),
        authorization: `Bearer ${answer?.as(SessionGrant).token}`,
      };
      const used = as === 'web' ? { cookie: headers.cookie } : { authorization: headers.authorization };
      const ask = () => server.ask('GET', ROUTES.account, { headers: used });
      const opened = server.now;
      for (server.now = opened; server.now + idle - minute < opened + most; server.now += idle - minute) {
        assert.equal((await ask()).status, 200, 'in use');
      }
      server.now = opened + most;
      assert.equal((await ask()).code, 'unauthorized', 'too old');
      server.now = opened;
      const idler = (await person.login('correct horse', as))?.headers ?? {};
      server.now += idle;
      const late = as === 'web' ? { cookie: cookieOf(idler) } : {};
      assert.equal((await server.ask('GET', ROUTES.account, { headers: late })).code, 'unauthorized', 'idle');
    };
    await ages('web', 30 * minute, 12 * 60 * minute);
    await ages('extension', 30 * DAY_MS, 90 * DAY_MS);
  });

  it('lists, revokes and signs out; a revoked device can open no other session', async () => {
    const person = await Person.registered(server);
    const password = (await person.login())?.as(SessionGrant);
    const headers = { authorization: `Bearer ${password?.token}` };
    const { sessions } = (await server.ask('GET', ROUTES.sessions, { headers })).as(SessionList);
    assert.equal(sessions.length, 2);
    const registered = sessions.find(({ current }) => !current);
    assert.equal(registered?.deviceId, person.device.wire.deviceId);
    const stranger = await Person.registered(server);
    const path = sessionPath(registered?.sessionId ?? '');
    assert.equal((await stranger.ask('DELETE', path)).code, 'not-found');
    assert.equal((await server.ask('DELETE', path, { headers })).status, 200);
    assert.equal((await person.ask('GET', ROUTES.account)).code, 'unauthorized');
    assert.equal((await person.deviceLogin()).code, 'credentials');
    assert.equal((await server.ask('DELETE', path, { headers })).code, 'not-found');
    assert.equal((await server.ask('DELETE', ROUTES.session, { headers })).status, 200);
    assert.equal((await server.ask('GET', ROUTES.account, { headers })).code, 'unauthorized');
  });

  it('takes its own cookie away at sign-out and nothing else', async () => {
    const person = await Person.registered(server);
    const cookie = cookieOf((await person.login('correct horse', 'web'))?.headers ?? {});
    const answer = await server.ask('DELETE', ROUTES.session, { headers: { cookie } });
    assert.equal(answer.headers['clear-site-data'], undefined, 'it would clear those of neighbouring sites as well');
    assert.match(String(answer.headers['set-cookie']), /^__Host-holdfast=;.*Expires=Thu, 01 Jan 1970/);
  });

  it('keeps four sessions of a device', async () => {
    const person = await Person.registered(server);
    for (let i = 0; i < 6; i++) {
      server.now += 1;
      person.token = (await person.deviceLogin()).as(SessionGrant).token ?? '';
    }
    assert.equal((await person.ask('GET', ROUTES.sessions)).as(SessionList).sessions.length, 4);
  });
});

describe('rate limits', () => {
  const { startLoginRequest: request } = { startLoginRequest: 'AAAA' };

  it('slows down sign-ins by address and by name, and says for how long', async () => {
    const server = await bench({ HOLDFAST_RATE_LOGIN_PER_MIN: '6' });
    const start = (name: string) => server.ask('POST', ROUTES.loginStart, { json: { name, request } });
    const byName = [];
    for (let i = 0; i < 4; i++) byName.push((await start('one')).code);
    assert.deepEqual(byName, ['bad-request', 'bad-request', 'bad-request', 'rate-limited']);
    assert.equal((await start('two')).code, 'bad-request');
    assert.equal((await start('three')).code, 'bad-request');
    const answer = await start('four');
    assert.equal(answer.code, 'rate-limited');
    assert.ok(Number(answer.headers['retry-after']) > 0);
    await server.close();
  });

  it('slows down registration, recovery and links', async () => {
    const server = await bench({
      HOLDFAST_RATE_REGISTRATION_PER_HOUR: '1',
      HOLDFAST_RATE_RECOVERY_PER_MIN: '1',
      HOLDFAST_RATE_SHARE_PER_MIN: '1',
    });
    const twice = async (ask: () => Promise<{ code: string | number }>) => [(await ask()).code, (await ask()).code];
    const register = () => server.ask('POST', ROUTES.registrationStart, { json: { name: 'x', request } });
    assert.deepEqual(await twice(register), ['bad-request', 'rate-limited']);
    const recover = () => server.ask('POST', ROUTES.recoveryStart, { json: { lookup: hexId() } });
    assert.deepEqual(await twice(recover), [200, 'rate-limited']);
    const open = () => server.askShare('POST', ROUTES.shareOpen, { json: { lookup: hexId(), auth: 'A'.repeat(43) } });
    assert.deepEqual(await twice(open), ['link-gone', 'rate-limited']);
    await server.close();
  });
});
