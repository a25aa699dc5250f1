/** What each method sends, and what it makes of answers: the wire contract from the client's side. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toBase64url, utf8 } from '../../shared/bytes/index.ts';
import { type Api, createApi, createShareApi, type TransportRequest } from '../../shared/client/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { PACK_CLASSES, PROBLEMS } from '../../shared/protocol/index.ts';
import { GRANT, H32, HEAD, ID, LINK_ROW, LOG_PAGE, SERVER } from '../support/answers.ts';
import { type Answer, problem, scriptedTransport } from '../support/scripted-transport.ts';

const bytes = (length: number, fill = 7) => new Uint8Array(length).fill(fill);
const wrap = { kind: 1, epoch: 1, credentialId: bytes(0), blob: bytes(48) };
const device = { deviceId: ID, publicKey: bytes(32), half: bytes(32), wrap };
const signed = { challenge: bytes(32), signature: bytes(64), client: 'extension' } as const;
const base64 = (length: number, fill = 7) => toBase64url(bytes(length, fill));
const code = (expected: string) => (error: unknown) => error instanceof HoldfastError && error.code === expected;

function api(answer: Answer): { api: Api; sent(): TransportRequest } {
  const transport = scriptedTransport(() => answer);
  return { api: createApi(transport), sent: () => transport.requests[0] ?? assert.fail('nothing was sent') };
}

interface Row {
  readonly call: (api: Api) => Promise<unknown>;
  readonly sends: string;
  readonly body?: unknown;
  readonly answer?: unknown;
  readonly gives?: unknown;
}

const wireWrap = { kind: 1, epoch: 1, credentialId: '', blob: base64(48) };
const wireDevice = { deviceId: ID, publicKey: base64(32), half: base64(32), wrap: wireWrap };
const wireSigned = { challenge: base64(32), signature: base64(64), client: 'extension' };
const grant = {
  token: 'token',
  sessionId: ID,
  accountId: ID,
  expiresAt: 5,
  wraps: [{ kind: 1, epoch: 2, credentialId: bytes(0), blob: bytes(60) }],
  device: { deviceId: ID, half: bytes(32) },
  vaults: [{ vaultId: ID, kind: 'personal' }],
};
const limits = { expiresDay: 20_000, maxDownloads: null };

const ROWS: Readonly<Record<string, Row>> = {
  server: { call: (api) => api.server(), sends: 'GET /v1/server', answer: SERVER, gives: SERVER },
  registrationStart: {
    call: (api) => api.registrationStart('anna', 'req'),
    sends: 'POST /v1/registration/start',
    body: { name: 'anna', request: 'req' },
    answer: { response: 'res' },
    gives: 'res',
  },
  registrationFinish: {
    call: (api) =>
      api.registrationFinish({
        name: 'anna',
        record: 'rec',
        accountId: ID,
        wraps: [wrap, wrap],
        recovery: { lookup: ID, publicKey: bytes(32) },
        device,
        client: 'web',
        vaults: [{ vaultId: ID, kind: 'account', genesis: bytes(1024) }],
      }),
    sends: 'POST /v1/registration/finish',
    body: {
      name: 'anna',
      record: 'rec',
      accountId: ID,
      wraps: [wireWrap, wireWrap],
      recovery: { lookup: ID, publicKey: base64(32) },
      device: wireDevice,
      client: 'web',
      vaults: [{ vaultId: ID, kind: 'account', genesis: { body: base64(1024) } }],
    },
    answer: GRANT,
    gives: grant,
  },
  loginStart: {
    call: (api) => api.loginStart('anna', 'ke1'),
    sends: 'POST /v1/login/start',
    body: { name: 'anna', request: 'ke1' },
    answer: { loginId: ID, response: 'ke2' },
    gives: { loginId: ID, response: 'ke2' },
  },
  loginFinish: {
    call: (api) => api.loginFinish({ loginId: ID, finish: 'ke3', client: 'web' }),
    sends: 'POST /v1/login/finish',
    body: { loginId: ID, finish: 'ke3', client: 'web' },
    answer: { ...GRANT, token: undefined, device: undefined },
    gives: { ...grant, token: null, device: null },
  },
  recoveryStart: {
    call: (api) => api.recoveryStart(ID),
    sends: 'POST /v1/recovery/start',
    body: { lookup: ID },
    answer: { challenge: base64(32) },
    gives: bytes(32),
  },
  recoveryFinish: {
    call: (api) => api.recoveryFinish(ID, signed),
    sends: 'POST /v1/recovery/finish',
    body: { lookup: ID, ...wireSigned },
    answer: GRANT,
    gives: grant,
  },
  deviceChallenge: {
    call: (api) => api.deviceChallenge(ID),
    sends: 'POST /v1/devices/challenge',
    body: { deviceId: ID },
    answer: { challenge: base64(32) },
    gives: bytes(32),
  },
  deviceLogin: {
    call: (api) => api.deviceLogin(ID, signed),
    sends: 'POST /v1/devices/login',
    body: { deviceId: ID, ...wireSigned },
    answer: GRANT,
    gives: grant,
  },
  session: { call: (api) => api.session(), sends: 'GET /v1/session', answer: GRANT, gives: grant },
  addDevice: { call: (api) => api.addDevice(device), sends: 'POST /v1/devices', body: wireDevice },
  signOut: { call: (api) => api.signOut(), sends: 'DELETE /v1/session' },
  sessions: {
    call: (api) => api.sessions(),
    sends: 'GET /v1/sessions',
    answer: {
      sessions: [{ sessionId: ID, client: 'web', deviceId: null, createdAt: 1, lastSeenAt: 2, current: true }],
    },
    gives: [{ sessionId: ID, client: 'web', deviceId: null, createdAt: 1, lastSeenAt: 2, current: true }],
  },
  revokeSession: { call: (api) => api.revokeSession(ID), sends: `DELETE /v1/sessions/${ID}` },
  passwordStart: {
    call: (api) => api.passwordStart('req'),
    sends: 'POST /v1/password/start',
    body: { request: 'req' },
    answer: { response: 'res' },
    gives: 'res',
  },
  passwordFinish: {
    call: (api) => api.passwordFinish({ name: 'anna', record: 'rec', wrap }),
    sends: 'POST /v1/password/finish',
    body: { name: 'anna', record: 'rec', wrap: wireWrap },
  },
  account: {
    call: (api) => api.account(),
    sends: 'GET /v1/account',
    answer: { accountId: ID, usedBytes: 1, quotaBytes: 2, packs: 3, createdDay: 4 },
    gives: { accountId: ID, usedBytes: 1, quotaBytes: 2, packs: 3, createdDay: 4 },
  },
  readLog: {
    call: (api) => api.readLog(ID, 5, 10),
    sends: `POST /v1/vaults/${ID}/log/read`,
    body: { after: 5, limit: 10 },
    answer: LOG_PAGE,
    gives: {
      entries: [
        { body: utf8('one'), day: 1 },
        { body: utf8('two'), day: 2 },
      ],
      head: HEAD,
    },
  },
  append: {
    call: (api) => api.append(ID, { seq: 6, hash: H32 }, [utf8('one')], [H32]),
    sends: `POST /v1/vaults/${ID}/log`,
    body: { entries: [{ body: toBase64url(utf8('one')) }], requires: [H32] },
    answer: { head: HEAD },
    gives: { ok: true, head: HEAD },
  },
  packsMissing: {
    call: (api) => api.packsMissing(ID, [H32]),
    sends: `POST /v1/vaults/${ID}/packs/missing`,
    body: { ids: [H32] },
    answer: { missing: [H32] },
    gives: [H32],
  },
  challengePacks: {
    call: (api) =>
      api.challengePacks(ID, [
        { packId: H32, key: bytes(32) },
        { packId: H32, key: bytes(32, 8) },
      ]),
    sends: `POST /v1/vaults/${ID}/packs/challenge`,
    body: {
      challenges: [
        { pack: H32, key: base64(32) },
        { pack: H32, key: base64(32, 8) },
      ],
    },
    answer: { answers: [base64(16), null] },
    gives: [bytes(16), null],
  },
  createLink: {
    call: (api) => api.createLink({ lookup: ID, vaultId: ID, authHash: H32, record: bytes(9), ...limits }),
    sends: 'POST /v1/links',
    body: { lookup: ID, vaultId: ID, authHash: H32, record: base64(9), ...limits },
  },
  links: { call: (api) => api.links(), sends: 'GET /v1/links', answer: { links: [LINK_ROW] }, gives: [LINK_ROW] },
  updateLink: { call: (api) => api.updateLink(ID, limits), sends: `PUT /v1/links/${ID}`, body: limits },
  revokeLink: { call: (api) => api.revokeLink(ID), sends: `DELETE /v1/links/${ID}` },
};

describe('every route', () => {
  for (const [name, row] of Object.entries(ROWS)) {
    test(name, async () => {
      const { api: client, sent } = api(row.answer === undefined ? { status: 204 } : { body: row.answer });
      assert.deepEqual(await row.call(client), row.gives);
      const { method, path, body, headers } = sent();
      assert.equal(`${method} ${path}`, row.sends);
      assert.deepEqual(body === undefined ? undefined : JSON.parse(String(body)), row.body);
      assert.equal(headers?.['content-type'], row.body === undefined ? undefined : 'application/json');
      assert.equal(headers?.['x-ebk'], method === 'GET' ? undefined : '1');
    });
  }

  test('hands the signal on', async () => {
    const { signal } = new AbortController();
    for (const [call, answer] of [
      [(client: Api) => client.account(signal), ROWS.account?.answer],
      [(client: Api) => client.readLog(ID, 5, undefined, signal), LOG_PAGE],
      [(client: Api) => client.putPack(ID, H32, bytes(65_536), signal), { id: H32 }],
      [(client: Api) => client.append(ID, { seq: 6, hash: H32 }, [utf8('one')], [], signal), { head: HEAD }],
    ] as const) {
      const { api: client, sent } = api({ body: answer });
      await call(client);
      assert.equal(sent().signal, signal);
    }
  });
});

describe('append', () => {
  const append = (answer: Answer) => {
    const { api: client, sent } = api(answer);
    return { outcome: client.append(ID, { seq: 6, hash: H32 }, [utf8('one')], [H32]), sent };
  };

  test('names the head it extends', async () => {
    const { outcome, sent } = append({ body: { head: HEAD } });
    await outcome;
    assert.equal(sent().headers?.['if-match'], `"6.${H32}"`);
    assert.equal(sent().idempotent, undefined);
  });

  test('a moved head is an outcome', async () => {
    const moved = { seq: 9, hash: H32 };
    assert.deepEqual(await append(problem(409, 'head-moved', { head: moved })).outcome, {
      ok: false,
      reason: 'head-moved',
      head: moved,
    });
  });

  test('missing packs are an outcome', async () => {
    assert.deepEqual(await append(problem(422, 'packs-missing', { missing: [H32] })).outcome, {
      ok: false,
      reason: 'packs-missing',
      missing: [H32],
    });
  });

  for (const [why, answer] of Object.entries({
    'a moved head without the head': problem(409, 'head-moved'),
    'missing packs without a name': problem(422, 'packs-missing', { missing: [] }),
    'missing packs nobody asked for': problem(422, 'packs-missing', { missing: ['f'.repeat(64)] }),
    'a new head that does not count the entry': { body: { head: { ...HEAD, seq: 8 } } },
  })) {
    test(`${why} is E_PROTOCOL`, () => assert.rejects(append(answer).outcome, code('E_PROTOCOL')));
  }

  test('other refusals are errors', () =>
    assert.rejects(append(problem(403, 'quota-exceeded')).outcome, code('E_QUOTA')));
});

describe('log pages', () => {
  const read = (body: unknown, after = 5, limit = 10) => api({ body }).api.readLog(ID, after, limit);

  test('leaves what was appended after the head for the next page', async () => {
    assert.equal((await read({ ...LOG_PAGE, head: { ...HEAD, seq: 6 } })).entries.length, 1);
  });

  test('an older head than asked for is handed over, with no entries: the vault judges it', async () => {
    assert.deepEqual(await read({ entries: [], head: HEAD }, 9), { entries: [], head: HEAD });
  });

  test('an empty page before the head, or more than asked for, is E_PROTOCOL', async () => {
    await assert.rejects(read({ entries: [], head: HEAD }), code('E_PROTOCOL'));
    await assert.rejects(read(LOG_PAGE, 5, 1), code('E_PROTOCOL'));
  });
});

describe('packs', () => {
  test('a pack goes out as bytes and is acknowledged by its name', async () => {
    const { api: client, sent } = api({ body: { id: H32 } });
    await client.putPack(ID, H32, bytes(65_536));
    assert.equal(`${sent().method} ${sent().path}`, `POST /v1/vaults/${ID}/packs`);
    assert.deepEqual(sent().body, bytes(65_536));
    const headers = { 'content-type': 'application/octet-stream', 'x-ebk': '1', 'x-ebk-pack': H32 };
    assert.deepEqual(sent().headers, headers);
  });

  test('an acknowledgement of another pack, or of none, is E_PROTOCOL', async () => {
    for (const body of [{ id: 'f'.repeat(64) }, {}, 'ok']) {
      await assert.rejects(api({ body }).api.putPack(ID, H32, bytes(65_536)), code('E_PROTOCOL'));
    }
  });

  test('a whole pack is asked for without a range and has the length of a class', async () => {
    for (const length of PACK_CLASSES) {
      const { api: client, sent } = api({ body: bytes(length) });
      assert.equal((await client.pack(ID, H32)).length, length);
      assert.equal(`${sent().method} ${sent().path}`, `POST /v1/vaults/${ID}/packs/read`);
      assert.deepEqual(JSON.parse(String(sent().body)), { pack: H32 });
      assert.deepEqual(sent().headers, { 'content-type': 'application/json', 'x-ebk': '1' });
    }
    await assert.rejects(api({ body: bytes(65_535) }).api.pack(ID, H32), code('E_PROTOCOL'));
    await assert.rejects(api({ status: 206, body: bytes(65_536) }).api.pack(ID, H32), code('E_PROTOCOL'));
  });

  test('a range is asked for with its last byte, and only exactly that part will do', async () => {
    const range = { start: 65_536, end: 196_608 };
    const { api: client, sent } = api({ status: 206, body: bytes(131_072) });
    assert.equal((await client.pack(ID, H32, range)).length, 131_072);
    assert.equal(sent().headers?.range, 'bytes=65536-196607');
    await assert.rejects(api({ status: 206, body: bytes(65_536) }).api.pack(ID, H32, range), code('E_PROTOCOL'));
    await assert.rejects(api({ status: 200, body: bytes(131_072) }).api.pack(ID, H32, range), code('E_PROTOCOL'));
  });

  test('a range that is the whole pack may be answered with the whole, and no other', async () => {
    const whole = (length: number) =>
      api({ body: bytes(length) })
        .api.pack(ID, H32, { start: 0, end: 65_536 })
        .then(({ length }) => length);
    assert.equal(await whole(65_536), 65_536);
    await assert.rejects(whole(262_144), code('E_PROTOCOL'));
  });

  test('a pack that is not there is E_NOT_FOUND', () =>
    assert.rejects(api(problem(404, 'not-found')).api.pack(ID, H32), code('E_NOT_FOUND')));

  test('the server may only miss packs it was asked about', () =>
    assert.rejects(api({ body: { missing: ['f'.repeat(64)] } }).api.packsMissing(ID, [H32]), code('E_PROTOCOL')));

  test('a challenge gets as many answers as there were questions, of 16 bytes each', async () => {
    const ask = (given: unknown) =>
      api({ body: { answers: given } }).api.challengePacks(ID, [{ packId: H32, key: bytes(32) }]);
    for (const given of [[], [null, null], [base64(15)], [base64(32)]])
      await assert.rejects(ask(given), code('E_PROTOCOL'));
  });
});

describe('the share origin', () => {
  const proof = { lookup: ID, auth: bytes(32) };
  const wireProof = { lookup: ID, auth: base64(32) };

  test('a proof opens the record and admits a ticket', async () => {
    const transport = scriptedTransport(({ path }) => ({
      body: path.endsWith('open') ? { record: base64(5), expiresDay: null, downloadsLeft: 3 } : {},
    }));
    const share = createShareApi(transport);
    assert.deepEqual(await share.open(proof), { record: bytes(5), expiresDay: null, downloadsLeft: 3 });
    await share.ticket(proof, 'tick');
    const sent = transport.requests.map(({ method, path, body }) => [method, path, JSON.parse(String(body))]);
    assert.deepEqual(sent, [
      ['POST', '/v1/share/open', wireProof],
      ['POST', '/v1/share/ticket', { ...wireProof, ticket: 'tick' }],
    ]);
    assert.ok(transport.requests.every(({ headers }) => headers?.['x-ebk'] === '1'));
  });

  test('a ticket reads packs and ends the download', async () => {
    const transport = scriptedTransport(({ method }) => (method === 'GET' ? { body: bytes(65_536) } : { status: 204 }));
    const share = createShareApi(transport);
    assert.equal((await share.pack('tick', H32)).length, 65_536);
    await share.complete('tick');
    assert.deepEqual(
      transport.requests.map(({ method, path, headers }) => [method, path, headers?.authorization]),
      [
        ['GET', `/v1/share/packs/${H32}`, 'Ticket tick'],
        ['POST', '/v1/share/complete', 'Ticket tick'],
      ],
    );
  });

  for (const [problemCode, status, error] of [
    ['link-gone', 404, 'E_LINK_GONE'],
    ['link-password', 403, 'E_LINK_PASSWORD'],
    ['link-locked', 429, 'E_LINK_LOCKED'],
  ] as const) {
    test(`${problemCode} is ${error}`, () =>
      assert.rejects(createShareApi(scriptedTransport(() => problem(status, problemCode))).open(proof), code(error)));
  }
});

describe('refusals', () => {
  for (const [problemCode, { status, error }] of Object.entries(PROBLEMS)) {
    test(`${problemCode} is ${error}`, () =>
      assert.rejects(api(problem(status, problemCode)).api.account(), code(error)));
  }

  test('carry the wait that the server asks for', async () => {
    const wait = async (value: string) => {
      const answer = { ...problem(429, 'rate-limited'), headers: { 'Retry-After': value } };
      return api(answer)
        .api.account()
        .then(
          () => assert.fail('it is a refusal'),
          (error: HoldfastError) => error.retryAfterMs,
        );
    };
    assert.equal(await wait('7'), 7_000);
    assert.equal(await wait('999999999'), 86_400_000);
    for (const strange of ['', '-1', '1.5', 'soon', 'Wed, 21 Oct 2026 07:28:00 GMT']) {
      assert.equal(await wait(strange), undefined);
    }
  });

  test('of others on the way are read by their status', async () => {
    for (const [status, expected] of [
      [502, 'E_UNAVAILABLE'],
      [503, 'E_UNAVAILABLE'],
      [504, 'E_UNAVAILABLE'],
      [500, 'E_UNAVAILABLE'],
      [429, 'E_RATE'],
      [404, 'E_PROTOCOL'],
      [401, 'E_PROTOCOL'],
      [301, 'E_PROTOCOL'],
    ] as const) {
      await assert.rejects(api({ status, body: utf8('<html>') }).api.account(), code(expected));
    }
  });

  test('whose status and code disagree, or whose code is unknown, count as their status', async () => {
    await assert.rejects(api(problem(500, 'name-taken')).api.account(), code('E_UNAVAILABLE'));
    await assert.rejects(api(problem(409, 'toString')).api.account(), code('E_PROTOCOL'));
    await assert.rejects(api(problem(200, 'unauthorized')).api.account(), code('E_PROTOCOL'));
  });
});
