/** A server that answers something else: no key leaves, no other account opens, and the error says what it is. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { server as opaqueServer, ready } from '@serenity-kit/opaque';
import { resumeSession } from '../../../shared/account/index.ts';
import { setPassword, signIn, signInWithWords } from '../../../shared/account/sign-in.ts';
import type { Api, Grant } from '../../../shared/client/index.ts';
import { put } from '../../support/ops.ts';
import { newPerson, PASSWORD, type Person, portsOn } from '../../support/person.ts';
import { openShelf, type Shelf } from '../../support/shelf.ts';
import { flipped } from '../../support/tamper.ts';

let shelf: Shelf;
let ada: Person;
let bob: Person;
before(async () => {
  await ready;
  shelf = await openShelf();
  [ada, bob] = [await newPerson(shelf, 'ada'), await newPerson(shelf, 'bob')];
});
after(() => shelf.close());

/** Ada's kept device in front of a server that is evil in one way. */
const resume = (evil: (api: Api) => Partial<Api>) => resumeSession(portsOn(shelf, evil, ada.ports.keyStore));
const granting = (change: (grant: Grant) => Grant) => (api: Api) => ({
  deviceLogin: async (...args: Parameters<Api['deviceLogin']>) => change(await api.deviceLogin(...args)),
  loginFinish: async (...args: Parameters<Api['loginFinish']>) => change(await api.loginFinish(...args)),
  recoveryFinish: async (...args: Parameters<Api['recoveryFinish']>) => change(await api.recoveryFinish(...args)),
});

test('another server at the address is told from the one the account lives on', async () => {
  const other = (api: Api) => ({ server: async () => ({ ...(await api.server()), serverId: '77'.repeat(16) }) });
  await assert.rejects(resume(other), { code: 'E_OTHER_SERVER' });
  // Before a sign-in nothing is pinned: to the password it is simply not the server it belongs to.
  await assert.rejects(signIn(portsOn(shelf, other), 'ada', PASSWORD), { code: 'E_CREDENTIALS' });
});

test('a server with another OPAQUE key learns nothing and cannot sign anybody in', async () => {
  const setup = opaqueServer.createSetup();
  const swapped = (api: Api) => ({
    loginStart: async (name: string, request: string) => {
      const { loginId } = await api.loginStart(name, request);
      const { loginResponse } = opaqueServer.startLogin({
        serverSetup: setup,
        userIdentifier: name,
        registrationRecord: null,
        startLoginRequest: request,
      });
      return { loginId, response: loginResponse };
    },
    passwordStart: async (request: string) =>
      opaqueServer.createRegistrationResponse({
        serverSetup: setup,
        userIdentifier: 'ada',
        registrationRequest: request,
      }).registrationResponse,
  });
  await assert.rejects(signIn(portsOn(shelf, swapped), 'ada', PASSWORD), { code: 'E_CREDENTIALS' });
  const session = await resume(swapped);
  await assert.rejects(setPassword(session, `${PASSWORD}-new`), { code: 'E_OTHER_SERVER' });
  await signIn(portsOn(shelf), 'ada', PASSWORD);
});

test('a wrap that is withheld, changed or somebody else’s is an integrity error on every way in', async () => {
  const evil: Record<string, (grant: Grant) => Grant> = {
    withheld: (grant) => ({ ...grant, wraps: [] }),
    flipped: (grant) => ({ ...grant, wraps: grant.wraps.map((wrap) => ({ ...wrap, blob: flipped(wrap.blob, 80) })) }),
    cut: (grant) => ({ ...grant, wraps: grant.wraps.map((wrap) => ({ ...wrap, blob: wrap.blob.slice(0, 60) })) }),
    'of another epoch': (grant) => ({ ...grant, wraps: grant.wraps.map((wrap) => ({ ...wrap, epoch: 2 })) }),
    'of another kind': (grant) => {
      const [first] = grant.wraps;
      return {
        ...grant,
        wraps: grant.wraps.map((wrap) => ({
          ...wrap,
          blob: first === wrap ? flipped(wrap.blob, 40) : (first as typeof wrap).blob,
        })),
      };
    },
    'of another account': (grant) => ({ ...grant, accountId: bob.session.device.accountId }),
  };
  for (const [why, change] of Object.entries(evil)) {
    const byPassword = signIn(portsOn(shelf, granting(change)), 'ada', PASSWORD);
    await assert.rejects(byPassword, { code: 'E_INTEGRITY' }, why);
    const byWords = signInWithWords(portsOn(shelf, granting(change)), 'ada', ada.words);
    await assert.rejects(byWords, { code: 'E_INTEGRITY' }, why);
    const kept = resume(granting(change));
    await assert.rejects(kept, { code: why === 'of another account' ? 'E_SESSION' : 'E_INTEGRITY' }, why);
  }
});

test("the server's half of the device key, changed or left out, opens nothing", async () => {
  const halfOf = (change: (device: NonNullable<Grant['device']>) => Grant['device']) =>
    granting((grant) => ({ ...grant, device: grant.device && change(grant.device) }));
  await assert.rejects(resume(halfOf((device) => ({ ...device, half: flipped(device.half, 0) }))), {
    code: 'E_INTEGRITY',
  });
  await assert.rejects(resume(halfOf(() => null)), { code: 'E_SESSION' });
  await assert.rejects(resume(halfOf((device) => ({ ...device, deviceId: '00'.repeat(16) }))), { code: 'E_SESSION' });
});

test('vaults that are withheld, exchanged or another account’s are an integrity error', async () => {
  const vaultsOf = (change: (vaults: Grant['vaults']) => Grant['vaults']) =>
    granting((grant) => ({ ...grant, vaults: change(grant.vaults) }));
  const evil: ((vaults: Grant['vaults']) => Grant['vaults'])[] = [
    () => [],
    (vaults) => vaults.slice(0, 1),
    (vaults) => vaults.map((vault) => ({ ...vault, kind: vault.kind === 'account' ? 'personal' : 'account' })),
  ];
  for (const change of evil) {
    await assert.rejects(resume(vaultsOf(change)), { code: 'E_INTEGRITY' });
    await assert.rejects(signIn(portsOn(shelf, vaultsOf(change)), 'ada', PASSWORD), { code: 'E_INTEGRITY' });
  }
});

test('another account’s log in place of the own one is an integrity error', async () => {
  for (const { vaultId } of (await bob.ports.api.session()).vaults) {
    const bobsLog = () => ({
      readLog: async (_: string, after: number, limit?: number) => bob.ports.api.readLog(vaultId, after, limit),
    });
    await assert.rejects(signIn(portsOn(shelf, bobsLog), 'ada', PASSWORD), { code: 'E_INTEGRITY' });
    await assert.rejects(signInWithWords(portsOn(shelf, bobsLog), 'ada', ada.words), { code: 'E_INTEGRITY' });
  }
});

test('a kept device notices a server that shows an older log', async () => {
  await ada.session.vault.append(() => [put('newest')], []);
  const { seq } = ada.session.vault.state;
  const older = (api: Api) => ({
    readLog: async (vault: string, after: number, limit?: number) => {
      const page = await api.readLog(vault, after, limit);
      if (vault !== ada.session.vault.vaultId) return page;
      return {
        entries: page.entries.slice(0, Math.max(0, seq - 1 - after)),
        head: { seq: seq - 1, hash: page.head.hash },
      };
    },
  });
  const session = await resume(older);
  await assert.rejects(session.vault.pull(), { code: 'E_ROLLBACK' });
});
