import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SessionSource, withAuth } from '../../shared/client/index.ts';
import { codeOf, type ErrorCode, HoldfastError } from '../../shared/errors/index.ts';
import { type Answer, problem, scriptedTransport } from '../support/scripted-transport.ts';

const REQUEST = { method: 'GET', path: '/v1/account', headers: { 'x-own': '1' } } as const;
const code = (expected: ErrorCode) => (error: unknown) => codeOf(error) === expected;

/** A server that takes the newest token only, and a source that gets a new one from it. */
function signedIn(renew: () => Promise<void> = async () => undefined) {
  let newest = 1;
  let held = 1;
  let renewals = 0;
  const source: SessionSource = {
    token: async () => `token-${held}`,
    async renew() {
      renewals++;
      await renew();
      held = newest;
    },
  };
  const transport = scriptedTransport(({ headers }): Answer => {
    return headers?.authorization === `Bearer token-${newest}` ? {} : problem(401, 'unauthorized');
  });
  return {
    transport,
    auth: withAuth(transport, source),
    expire: () => newest++,
    renewals: () => renewals,
  };
}

describe('with-auth', () => {
  test('adds the token and keeps the other headers', async () => {
    const { auth, transport, renewals } = signedIn();
    assert.equal((await auth.send(REQUEST)).status, 200);
    assert.deepEqual(transport.requests[0]?.headers, { 'x-own': '1', authorization: 'Bearer token-1' });
    assert.equal(renewals(), 0);
  });

  test('adds nothing where a cookie does it', async () => {
    const transport = scriptedTransport(() => ({}));
    await withAuth(transport, { token: async () => null, renew: () => assert.fail('not asked for') }).send(REQUEST);
    assert.deepEqual(transport.requests, [REQUEST]);
  });

  test('renews an expired session and sends the same request again', async () => {
    const { auth, transport, expire } = signedIn();
    expire();
    const request = { ...REQUEST, method: 'POST', body: '{"a":1}' } as const;
    assert.equal((await auth.send(request)).status, 200);
    assert.deepEqual(
      transport.requests.map(({ body, headers }) => [body, headers?.authorization]),
      [
        ['{"a":1}', 'Bearer token-1'],
        ['{"a":1}', 'Bearer token-2'],
      ],
    );
  });

  test('renews once for many requests', async () => {
    const gate = Promise.withResolvers<void>();
    const { auth, expire, renewals } = signedIn(() => gate.promise);
    expire();
    const sending = Array.from({ length: 10 }, () => auth.send(REQUEST));
    setImmediate(gate.resolve);
    assert.deepEqual(new Set((await Promise.all(sending)).map(({ status }) => status)), new Set([200]));
    assert.equal(renewals(), 1);
  });

  test('renews again when the session ends again', async () => {
    const { auth, expire, renewals } = signedIn();
    for (let i = 1; i <= 3; i++) {
      expire();
      assert.equal((await auth.send(REQUEST)).status, 200);
      assert.equal(renewals(), i);
    }
  });

  test('a request that was on its way during a renewal does not renew once more', async () => {
    const late = Promise.withResolvers<void>();
    let held = 1;
    let renewals = 0;
    const transport = scriptedTransport(async ({ path, headers }) => {
      if (headers?.authorization === 'Bearer 2') return {};
      if (path === '/late') await late.promise;
      return problem(401, 'unauthorized');
    });
    const auth = withAuth(transport, {
      token: async () => String(held),
      async renew() {
        renewals++;
        held = 2;
      },
    });
    const lateSending = auth.send({ method: 'GET', path: '/late' });
    await auth.send(REQUEST);
    late.resolve();
    assert.equal((await lateSending).status, 200);
    assert.equal(renewals, 1);
  });

  test('tries once: a new session that is refused as well is the answer', async () => {
    const transport = scriptedTransport(() => problem(401, 'unauthorized'));
    const auth = withAuth(transport, { token: async () => 't', renew: async () => undefined });
    assert.equal((await auth.send(REQUEST)).status, 401);
    assert.equal(transport.requests.length, 2);
  });

  test('a wrong password is not an expired session', async () => {
    const transport = scriptedTransport(() => problem(401, 'credentials'));
    const auth = withAuth(transport, { token: async () => 't', renew: () => assert.fail('not asked for') });
    assert.equal((await auth.send(REQUEST)).status, 401);
  });

  for (const refusal of ['E_SESSION', 'E_CREDENTIALS', 'E_FORBIDDEN', 'E_NOT_FOUND'] as const) {
    test(`a renewal refused with ${refusal} is E_SESSION for all who wait, and the next request may try again`, async () => {
      let refuse = true;
      const { auth, expire } = signedIn(async () => {
        if (refuse) throw new HoldfastError(refusal, 'no');
      });
      expire();
      const results = await Promise.allSettled([auth.send(REQUEST), auth.send(REQUEST)]);
      for (const result of results) {
        assert.ok(result.status === 'rejected' && codeOf(result.reason) === 'E_SESSION');
      }
      refuse = false;
      assert.equal((await auth.send(REQUEST)).status, 200);
    });
  }

  for (const other of ['E_OFFLINE', 'E_TIMEOUT', 'E_OTHER_SERVER', 'E_UNAVAILABLE'] as const) {
    test(`a renewal that failed with ${other} signs nobody out`, async () => {
      const { auth, expire } = signedIn(async () => {
        throw new HoldfastError(other, 'no');
      });
      expire();
      await assert.rejects(auth.send(REQUEST), code(other));
    });
  }

  test('who gives up waits for no renewal; the others still get it', async () => {
    const gate = Promise.withResolvers<void>();
    const { auth, expire } = signedIn(() => gate.promise);
    expire();
    const abort = new AbortController();
    const leaving = auth.send({ ...REQUEST, signal: abort.signal });
    const staying = auth.send(REQUEST);
    setImmediate(() => abort.abort());
    await assert.rejects(leaving, code('E_CANCELLED'));
    gate.resolve();
    assert.equal((await staying).status, 200);
  });
});
