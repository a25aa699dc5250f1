/** The web app's session is a cookie: a reload resumes with it, and without it the kept device opens nothing. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type AccountPorts, resumeSession } from '../../../shared/account/index.ts';
import { signIn, signOut } from '../../../shared/account/sign-in.ts';
import { createApi } from '../../../shared/client/index.ts';
import { WEB_SESSION_IDLE_MS } from '../../../shared/protocol/index.ts';
import { withCookies } from '../../support/cookie-jar.ts';
import { newPerson, PASSWORD, type Person, portsOn } from '../../support/person.ts';
import { openShelf, type Shelf } from '../../support/shelf.ts';

let shelf: Shelf;
let ada: Person;
before(async () => {
  shelf = await openShelf();
  ada = await newPerson(shelf, 'ada');
});
after(() => shelf.close());

/** A browser with its own cookie jar; no token ever reaches the app. */
function browser(keyStore = portsOn(shelf).keyStore): AccountPorts {
  return {
    ...portsOn(shelf),
    api: createApi(withCookies(shelf.transport)),
    keyStore,
    client: 'web',
    useToken: (token) => assert.equal(token, null),
  };
}

test('a reload resumes by the cookie and the device’s own half', async () => {
  const ports = browser();
  const session = await signIn(ports, 'ada', PASSWORD);
  const again = await resumeSession(ports);
  assert.equal(again.device.deviceId, session.device.deviceId);
  assert.deepEqual(again.rootKey, ada.session.rootKey);
});

test('the kept device without the cookie, and the cookie of another device, are signed out', async () => {
  const ports = browser();
  await signIn(ports, 'ada', PASSWORD);
  await assert.rejects(resumeSession(browser(ports.keyStore)), { code: 'E_SESSION' });
  const other = browser();
  await signIn(other, 'ada', PASSWORD);
  await assert.rejects(resumeSession({ ...other, keyStore: ports.keyStore }), { code: 'E_SESSION' });
});

test('the session ends by itself and by signing out', async () => {
  const ports = browser();
  await signIn(ports, 'ada', PASSWORD);
  await signOut(ports);
  await assert.rejects(ports.api.session(), { code: 'E_SESSION' });
  const left = browser();
  await signIn(left, 'ada', PASSWORD);
  shelf.pass(WEB_SESSION_IDLE_MS + 1);
  await assert.rejects(resumeSession(left), { code: 'E_SESSION' });
});
