/** The ways in and out, over a real server: what one device writes, the next one reads, and nothing else opens it. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { renewToken, resumeSession, stateHash } from '../../../shared/account/index.ts';
import {
  prepareSignUp,
  setPassword,
  signIn,
  signInWithWords,
  signOut,
  signUp,
} from '../../../shared/account/sign-in.ts';
import { toHex } from '../../../shared/bytes/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { nodesOf } from '../../../shared/vault/index.ts';
import { put } from '../../support/ops.ts';
import { newPerson, PASSWORD, type Person, portsOn } from '../../support/person.ts';
import { openShelf, type Shelf } from '../../support/shelf.ts';

let shelf: Shelf;
let ada: Person;
before(async () => {
  shelf = await openShelf();
  ada = await newPerson(shelf, 'Ada@example.org');
});
after(() => shelf.close());

const fileNames = ({ vault }: Person['session']) => [...nodesOf(vault.state)].map((node) => node.name);

test('a sign-up opens a session whose vault can be written at once, and whose keys are kept only as handles', async () => {
  await ada.session.vault.append(() => [put('first.txt')], []);
  assert.deepEqual(fileNames(ada.session), ['first.txt']);
  const record = await ada.ports.keyStore.load();
  assert.ok(record);
  assert.equal(record.name, 'Ada@example.org');
  for (const key of [record.signingKey, record.unlockKey]) assert.equal(key.extractable, false);
  for (const value of Object.values(record)) {
    if (value instanceof Uint8Array) assert.notDeepEqual(value, ada.session.rootKey);
  }
});

test('another device signs in by password, however the name is typed, and sees the same history', async () => {
  const session = await signIn(portsOn(shelf), ' ADA@EXAMPLE.ORG ', PASSWORD);
  await session.vault.pull();
  assert.deepEqual(fileNames(session), fileNames(ada.session));
  assert.deepEqual(await stateHash(session), await stateHash(ada.session));
  assert.notEqual(session.device.deviceId, ada.session.device.deviceId);
  assert.deepEqual(session.rootKey, ada.session.rootKey);
  await session.vault.append(() => [put('second.txt')], []);
  await ada.session.vault.pull();
  assert.deepEqual(fileNames(ada.session), ['first.txt', 'second.txt']);
  assert.equal(ada.session.vault.state.devices.size, 2);
});

test('the twelve words open the account without the password', async () => {
  const session = await signInWithWords(portsOn(shelf), ada.name, ada.words.toUpperCase());
  await session.vault.pull();
  assert.deepEqual(await stateHash(session), await stateHash(ada.session));
  assert.equal(session.device.serverPublicKey, ada.session.device.serverPublicKey);
});

test('a restart opens the session from what the device kept, also when its token has expired', async () => {
  const again = await resumeSession({ ...portsOn(shelf), keyStore: ada.ports.keyStore });
  assert.equal(again.device.deviceId, ada.session.device.deviceId);
  assert.deepEqual(again.rootKey, ada.session.rootKey);
  await again.vault.pull();
  assert.deepEqual(await stateHash(again), await stateHash(ada.session));
});

test('a wrong password, an unknown name and words of nobody are refused alike', async () => {
  const refused = { code: 'E_CREDENTIALS' };
  await assert.rejects(signIn(portsOn(shelf), ada.name, `${PASSWORD}x`), refused);
  await assert.rejects(signIn(portsOn(shelf), 'nobody@example.org', PASSWORD), refused);
  const nobody = prepareSignUp(ada.ports, 'x', PASSWORD).words.join(' ');
  await assert.rejects(signInWithWords(portsOn(shelf), ada.name, nobody), refused);
  await assert.rejects(signInWithWords(portsOn(shelf), ada.name, 'not twelve words'), { code: 'E_RECOVERY_WORDS' });
});

test('a weak password, no name and a name that is taken are refused', async () => {
  const ports = portsOn(shelf);
  assert.throws(() => prepareSignUp(ports, 'bob', 'short'), { code: 'E_PASSWORD_WEAK' });
  assert.throws(() => prepareSignUp(ports, '   ', PASSWORD), { code: 'E_INPUT' });
  await assert.rejects(signUp(ports, prepareSignUp(ports, 'ada@example.ORG', PASSWORD)), { code: 'E_NAME_TAKEN' });
  assert.equal(await ports.keyStore.load(), null);
});

test('a new password replaces the old one; words and kept devices go on', async () => {
  const eve = await newPerson(shelf, 'eve');
  await eve.session.vault.append(() => [put('kept')], []);
  await assert.rejects(setPassword(eve.session, 'too short'), { code: 'E_PASSWORD_WEAK' });
  await setPassword(eve.session, `${PASSWORD}-new`);
  await assert.rejects(signIn(portsOn(shelf), 'eve', PASSWORD), { code: 'E_CREDENTIALS' });
  const byPassword = await signIn(portsOn(shelf), 'eve', `${PASSWORD}-new`);
  const byWords = await signInWithWords(portsOn(shelf), 'eve', eve.words);
  const resumed = await resumeSession({ ...portsOn(shelf), keyStore: eve.ports.keyStore });
  for (const session of [byPassword, byWords, resumed]) {
    await session.vault.pull();
    assert.deepEqual(fileNames(session), ['kept']);
    assert.equal(toHex(session.rootKey), toHex(eve.session.rootKey));
  }
});

test('words with somebody else’s name open the words’ account, and cannot set a password under that name', async () => {
  const session = await signInWithWords(portsOn(shelf), 'not-her-name', ada.words);
  assert.equal(session.device.accountId, ada.session.device.accountId);
  await assert.rejects(setPassword(session, `${PASSWORD}-new`), { code: 'E_CREDENTIALS' });
});

test('after signing out nothing is left on the device, and the session is over on the server', async () => {
  const ports = portsOn(shelf);
  const session = await signIn(ports, ada.name, PASSWORD);
  const vaultId = session.vault.vaultId;
  await signOut(ports);
  assert.equal(await ports.keyStore.load(), null);
  assert.equal(await ports.keyStore.pinnedHead(vaultId), null);
  assert.deepEqual(await ports.keyStore.cachedEntries(vaultId, 0), []);
  await assert.rejects(ports.api.account(), { code: 'E_SESSION' });
  await assert.rejects(resumeSession(ports), { code: 'E_SESSION' });
});

test('a sign-out without a road forgets the keys all the same', async () => {
  const ports = portsOn(shelf, () => ({
    signOut: async () => {
      throw new Error('no road');
    },
  }));
  await signIn(ports, ada.name, PASSWORD);
  await assert.rejects(signOut(ports));
  assert.equal(await ports.keyStore.load(), null);
});

test('the next person on the same device starts from nothing of the last one', async () => {
  const ports = portsOn(shelf);
  const first = await signIn(ports, ada.name, PASSWORD);
  const bob = await newPerson(shelf, 'bob', ports);
  assert.equal((await ports.keyStore.load())?.accountId, bob.session.device.accountId);
  assert.equal(await ports.keyStore.pinnedHead(first.vault.vaultId), null);
  assert.deepEqual(fileNames(bob.session), []);
});

test('a sign-up whose answer was lost makes the same account when it is tried again', async () => {
  let isLost = false;
  const ports = portsOn(shelf, (api) => ({
    registrationFinish: async (request) => {
      const grant = await api.registrationFinish(request);
      if (isLost) return grant;
      isLost = true;
      throw new HoldfastError('E_UNAVAILABLE', 'the answer was lost');
    },
  }));
  const pending = prepareSignUp(ports, 'carol', PASSWORD);
  await assert.rejects(signUp(ports, pending), { code: 'E_UNAVAILABLE' });
  const session = await signUp(ports, pending);
  await session.vault.append(() => [put('mine')], []);
  const again = await signInWithWords(portsOn(shelf), 'carol', pending.words.join(' '));
  assert.equal(again.device.accountId, session.device.accountId);
  await again.vault.pull();
  assert.deepEqual(fileNames(again), ['mine']);
});

test('another account under the name that this device knows is a fork, and nothing of the known one is forgotten', async () => {
  const ports = portsOn(shelf);
  const { device, vault } = await signIn(ports, ada.name, PASSWORD);
  const seen = { ...device, accountId: '7'.repeat(32) };
  await ports.keyStore.save(seen);
  const pinned = await ports.keyStore.pinnedHead(vault.vaultId);
  await assert.rejects(signIn(ports, ada.name.toUpperCase(), PASSWORD), { code: 'E_FORK' });
  await assert.rejects(signInWithWords(ports, ada.name, ada.words), { code: 'E_FORK' });
  assert.equal((await ports.keyStore.load())?.accountId, seen.accountId);
  assert.deepEqual(await ports.keyStore.pinnedHead(vault.vaultId), pinned);
});

test('a sign-in that fails leaves the account that was there, with what it has seen', async () => {
  const { ports, session } = await newPerson(shelf, 'dora');
  const pinned = await ports.keyStore.pinnedHead(session.vault.vaultId);
  const cut = portsOn(
    shelf,
    () => ({
      readLog: async () => {
        throw new HoldfastError('E_OFFLINE', 'the road is gone');
      },
    }),
    ports.keyStore,
  );
  await assert.rejects(signIn(cut, ada.name, PASSWORD), { code: 'E_OFFLINE' });
  assert.equal((await resumeSession(ports)).device.accountId, session.device.accountId);
  assert.deepEqual(await ports.keyStore.pinnedHead(session.vault.vaultId), pinned);
});

test('a token is renewed for the device that it is of, and for nobody who signed in since', async () => {
  const ports = portsOn(shelf);
  const mine = (await signIn(ports, ada.name, PASSWORD)).device.deviceId;
  await renewToken(ports, mine);
  const { device } = (await newPerson(shelf, 'frank', ports)).session;
  await assert.rejects(renewToken(ports, mine), { code: 'E_SESSION' });
  await renewToken(ports, device.deviceId);
});
