/** What was begun before a session or a password ended takes no effect after it. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { client } from '@serenity-kit/opaque';
import { headTag, logPath, ROUTES, sessionPath } from '../../shared/protocol/index.ts';
import { LinkList, RegistrationStartAnswer, SessionGrant, SessionList } from '../../shared/protocol/schemas.ts';
import { Answer, type Bench, bench } from './support/bench.ts';
import { device, entry, hexId, Person } from './support/person.ts';

describe('what was begun before', () => {
  let server: Bench;
  let owner: Person;
  beforeEach(async () => {
    server = await bench();
    owner = await Person.registered(server);
  });
  afterEach(() => server.close());

  /** A request whose body comes only when `meanwhile` is done, which begins once the head of the request was let in. */
  async function late(
    method: 'POST' | 'DELETE',
    url: string,
    json: object,
    headers: object,
    meanwhile: () => Promise<void>,
  ) {
    async function* body() {
      await meanwhile();
      yield JSON.stringify(json);
    }
    const answer = await server.app.inject({
      method,
      url,
      headers: { 'x-ebk': '1', 'content-type': 'application/json', ...headers },
      payload: Readable.from(body()),
    });
    return new Answer(answer.statusCode, answer.headers, answer.rawPayload).code;
  }

  async function newPassword(person: Person, headers: Record<string, string>, password: string) {
    const started = client.startRegistration({ password });
    const json = { request: started.registrationRequest };
    const answer = await server.ask('POST', ROUTES.passwordStart, { json, headers });
    const { response } = answer.as(RegistrationStartAnswer);
    const record = person.recordOf(password, started.clientRegistrationState, response);
    return { name: person.name, record, wrap: person.wrap(1) };
  }

  async function changePassword(person = owner): Promise<void> {
    const json = await newPassword(person, person.bearer, 'battery staple');
    assert.equal((await person.ask('POST', ROUTES.passwordFinish, { json })).status, 200);
  }

  it('does nothing when its session was ended while its body came', async () => {
    const [own] = (await owner.ask('GET', ROUTES.sessions)).as(SessionList).sessions;
    const stolen = device();
    const link = { lookup: hexId(), vaultId: owner.vault, authHash: hexId(32), record: 'AAAA' };
    const append = { entries: [{ body: entry().toString('base64url') }], requires: [] };
    const requests: [string, 'POST' | 'DELETE', string, object][] = [
      ['a device', 'POST', ROUTES.devices, stolen.wire],
      ['a password', 'POST', ROUTES.passwordFinish, await newPassword(owner, owner.bearer, 'stolen')],
      ['a link', 'POST', ROUTES.links, { ...link, expiresDay: null, maxDownloads: null }],
      ['an entry', 'POST', logPath(owner.vault), append],
      ['the end of the owner’s session', 'DELETE', sessionPath(own?.sessionId ?? ''), {}],
    ];
    for (const [what, method, url, json] of requests) {
      const thief = (await owner.login())?.as(SessionGrant);
      const headers = { authorization: `Bearer ${thief?.token}`, 'if-match': headTag(owner.head.seq, owner.head.hash) };
      const code = await late(method, url, json, headers, async () => {
        assert.equal((await owner.ask('DELETE', sessionPath(thief?.sessionId ?? ''))).status, 200);
      });
      assert.equal(code, 'unauthorized', what);
    }
    assert.equal((await owner.deviceLogin(stolen)).code, 'credentials');
    assert.equal((await owner.login())?.status, 200);
    assert.deepEqual((await owner.ask('GET', ROUTES.links)).as(LinkList).links, []);
    assert.equal((await owner.append([entry()])).status, 200, 'the head has not moved');
  });

  it('adds no device to a session that a change of password ended', async () => {
    const stolen = device();
    const headers = { authorization: `Bearer ${(await owner.login())?.as(SessionGrant).token}` };
    assert.equal(await late('POST', ROUTES.devices, stolen.wire, headers, () => changePassword()), 'unauthorized');
    assert.equal((await owner.deviceLogin(stolen)).code, 'credentials');
  });

  it('ends in no session when the password changed between the two steps of a sign-in', async () => {
    const login = server.ask;
    server.ask = async (method, url, call) => {
      if (url === ROUTES.loginFinish) await changePassword();
      return login(method, url, call);
    };
    assert.equal((await owner.login())?.code, 'credentials');
    assert.equal((await owner.ask('GET', ROUTES.sessions)).as(SessionList).sessions.length, 1);
    server.ask = login;
    assert.equal((await owner.login('battery staple'))?.status, 200);
  });

  it('answers no repetition of a sign-up whose password has changed', async () => {
    const person = new Person(server);
    const json = await person.registration();
    const finish = () => server.ask('POST', ROUTES.registrationFinish, { json });
    person.admitted(await finish());
    assert.equal((await finish()).status, 200);
    await changePassword(person);
    assert.equal((await finish()).code, 'name-taken');
  });
});
