/** The password's way in, against the server's half of the same protocol. */
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ready, server } from '@serenity-kit/opaque';
import { toHex } from '../../../shared/bytes/index.ts';
import {
  finishLogin,
  finishRegistration,
  type Identifiers,
  startLogin,
  startRegistration,
} from '../../../shared/crypto/password.ts';

const ids: Identifiers = { client: 'ada@example.org', server: '0f'.repeat(16) };
const USER = 'what the server calls her';
let setup = '';
before(async () => {
  await ready;
  setup = server.createSetup();
});

async function register(password: string, by = setup) {
  const { state, request } = await startRegistration(password);
  const { registrationResponse } = server.createRegistrationResponse({
    serverSetup: by,
    userIdentifier: USER,
    registrationRequest: request,
  });
  return finishRegistration(password, state, registrationResponse, ids);
}

/** One login; the server must accept what the client finishes with, and both must have the same session key. */
async function login(password: string, registrationRecord: string | null, by = setup, known = ids) {
  const { state, request } = await startLogin(password);
  const started = server.startLogin({
    serverSetup: by,
    userIdentifier: USER,
    registrationRecord,
    startLoginRequest: request,
    identifiers: { ...ids },
  });
  const finished = finishLogin(password, state, started.loginResponse, known);
  const accepted = server.finishLogin({
    finishLoginRequest: finished.finish,
    serverLoginState: started.serverLoginState,
    identifiers: { ...ids },
  });
  assert.notEqual(accepted.sessionKey, '');
  return finished;
}

const WRONG = { code: 'E_CREDENTIALS' };

test('the right password gives the same export key every time, and names the server it belongs to', async () => {
  const registered = await register('a password of her own');
  assert.equal(registered.exportKey.length, 64);
  assert.equal(registered.serverPublicKey, server.getPublicKey(setup));
  for (const _ of [1, 2]) {
    const found = await login('a password of her own', registered.record);
    assert.equal(toHex(found.exportKey), toHex(registered.exportKey));
    assert.equal(found.serverPublicKey, registered.serverPublicKey);
  }
});

test('another keyboard composes the same password differently', async () => {
  const { record, exportKey } = await register('cre\u0300me bru\u0302le\u0301e \u2460');
  assert.equal(toHex((await login('crème brûlée 1', record)).exportKey), toHex(exportKey));
});

test('a wrong password, an unknown name, other identifiers and another server look all the same', async () => {
  const { record } = await register('a password of her own');
  await assert.rejects(login('A password of her own', record), WRONG);
  await assert.rejects(login('a password of her own', null), WRONG);
  await assert.rejects(login('a password of her own', record, server.createSetup()), WRONG);
  for (const other of [
    { ...ids, client: 'bob@example.org' },
    { ...ids, server: '1f'.repeat(16) },
  ]) {
    await assert.rejects(login('a password of her own', record, setup, other), WRONG);
  }
});

test('the same password registered twice gives records and export keys with nothing in common', async () => {
  const [a, b] = [await register('a password of her own'), await register('a password of her own')];
  assert.notEqual(a.record, b.record);
  assert.notEqual(toHex(a.exportKey), toHex(b.exportKey));
});

test('answers that are not of the protocol are the server’s fault, not the person’s', async () => {
  const registration = await startRegistration('a password of her own');
  const loginStart = await startLogin('a password of her own');
  for (const answer of ['', 'AAAA', 'not base64!', 'A'.repeat(427), registration.request]) {
    assert.throws(() => finishRegistration('p', registration.state, answer, ids), { code: 'E_PROTOCOL' }, answer);
    assert.throws(() => finishLogin('p', loginStart.state, answer, ids), { code: 'E_PROTOCOL' }, answer);
  }
});
