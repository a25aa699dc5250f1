import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type PackStore, Refusal } from '../../server/domain/index.ts';
import {
  linkPath,
  logPath,
  logReadPath,
  packsChallengePath,
  packsMissingPath,
  packsPath,
  packsReadPath,
  ROUTES,
  sessionPath,
} from '../../shared/protocol/index.ts';
import { ServerInfo } from '../../shared/protocol/schemas.ts';
import { type Bench, bench, ORIGINS } from './support/bench.ts';
import { entry, hexId, newTicket, Person, pack, wrongProof } from './support/person.ts';

const EXTENSION = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';

describe('what every request meets', () => {
  let server: Bench;
  before(async () => {
    server = await bench();
  });
  after(() => server.close());

  it('says what it is', async () => {
    const info = (await server.ask('GET', ROUTES.server)).as(ServerInfo);
    assert.equal(info.product, 'holdfast');
    assert.equal(info.shareOrigin, ORIGINS.share);
    assert.equal(info.serverId, server.data.secrets.serverId);
  });

  it('reaches no account without a session, by any route', async () => {
    const [id, packId] = [hexId(), hexId(32)];
    const closed = [
      ['GET', ROUTES.session],
      ['DELETE', ROUTES.session],
      ['GET', ROUTES.sessions],
      ['DELETE', sessionPath(id)],
      ['POST', ROUTES.devices],
      ['POST', ROUTES.passwordStart],
      ['POST', ROUTES.passwordFinish],
      ['GET', ROUTES.account],
      ['GET', ROUTES.vaults],
      ['POST', logPath(id)],
      ['POST', logReadPath(id)],
      ['POST', packsMissingPath(id)],
      ['POST', packsChallengePath(id)],
      ['POST', packsPath(id)],
      ['POST', packsReadPath(id)],
      ['GET', ROUTES.links],
      ['POST', ROUTES.links],
      ['PUT', linkPath(id)],
      ['DELETE', linkPath(id)],
    ] as const;
    for (const [method, url] of closed) {
      assert.equal((await server.ask(method, url)).code, 'unauthorized', `${method} ${url}`);
      const forged = await server.ask(method, url, { headers: { 'x-ebk': '', authorization: 'Bearer x' } });
      assert.equal(forged.code, method === 'GET' ? 'unauthorized' : 'forbidden', `${method} ${url}`);
    }
    const open: string[] = [
      ROUTES.server,
      ROUTES.health,
      ROUTES.registrationStart,
      ROUTES.registrationFinish,
      ROUTES.loginStart,
      ROUTES.loginFinish,
      ROUTES.recoveryStart,
      ROUTES.recoveryFinish,
      ROUTES.deviceChallenge,
      ROUTES.deviceLogin,
    ];
    const described = (await server.ask('GET', ROUTES.openapi)).bytes.toString();
    const paths = Object.keys((JSON.parse(described) as { paths: object }).paths);
    const urls = paths.map((path) => path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'pack' ? packId : id)));
    assert.deepEqual(
      urls.toSorted(),
      [...new Set([...open, ...closed.map(([, url]) => url.split('?')[0])])].toSorted(),
    );
  });

  it('describes itself as OpenAPI 3.1', async () => {
    const answer = await server.ask('GET', ROUTES.openapi);
    const document = JSON.parse(answer.bytes.toString()) as { openapi: string; paths: Record<string, unknown> };
    assert.match(document.openapi, /^3\.1/);
    assert.ok('/v1/vaults/{vault}/log' in document.paths);
    const share = JSON.parse((await server.askShare('GET', ROUTES.openapi)).bytes.toString()) as typeof document;
    assert.ok('/v1/share/open' in share.paths);
  });

  it('answers every failure as problem details without a word from inside', async () => {
    const person = await Person.registered(server);
    const failures = [
      await server.ask('GET', '/v1/nothing'),
      await server.ask('GET', '/v1/%zz'),
      await server.ask('POST', ROUTES.loginStart, { body: Buffer.from('x') }),
      await server.ask('POST', ROUTES.loginStart, { json: { name: 'x' } }),
      await server.ask('POST', ROUTES.loginStart, {
        body: Buffer.from('{"name":'),
        headers: { 'content-type': 'application/json' },
      }),
      await server.ask('POST', ROUTES.loginStart, { json: { name: 'x', request: 'x'.repeat(70_000) } }),
      await server.ask('POST', ROUTES.loginStart, {
        body: Buffer.from('{"__proto__":{"x":1},"name":"a","request":"b"}'),
        headers: { 'content-type': 'application/json' },
      }),
      await person.ask('POST', logReadPath('zz'), { json: { after: 0 } }),
      await server.ask('GET', `/v1/${'x'.repeat(5_000)}`),
    ];
    assert.deepEqual(
      failures.map(({ code }) => code),
      [
        'not-found',
        'bad-request',
        'bad-request',
        'bad-request',
        'bad-request',
        'too-large',
        'bad-request',
        'bad-request',
        'not-found',
      ],
    );
    for (const { problem, headers } of failures) {
      const { requestId, ...rest } = problem ?? {};
      assert.match(requestId ?? '', /^[0-9a-f]{16}$/);
      assert.deepEqual(Object.keys(rest).toSorted(), ['code', 'status', 'title', 'type']);
      assert.equal(headers['cache-control'], 'no-store');
    }
  });

  it('lets extensions read answers, nobody else, and never with a cookie', async () => {
    const preflight = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
    for (const origin of [EXTENSION, 'moz-extension://0f3c1a1e-9d1a-4f6e-8a52-3f4c5d6e7f80']) {
      const answer = await server.ask('OPTIONS', ROUTES.account, { headers: { origin, ...preflight } });
      assert.equal(answer.status, 204);
      assert.equal(answer.headers['access-control-allow-origin'], origin);
      assert.equal(answer.headers['access-control-allow-credentials'], undefined);
      for (const name of ['authorization', 'content-type', 'if-match', 'range', 'x-ebk']) {
        assert.ok(String(answer.headers['access-control-allow-headers']).includes(name), name);
      }
      const refused = await server.ask('GET', ROUTES.account, { headers: { origin } });
      assert.equal(refused.headers['access-control-allow-origin'], origin, 'refusals can be read too');
      assert.match(String(refused.headers['access-control-expose-headers']), /etag, content-range, retry-after/);
      assert.equal(refused.headers.vary, 'Origin');
    }
    for (const origin of [
      'https://evil.example',
      'null',
      ORIGINS.share,
      ORIGINS.app,
      `${EXTENSION}.evil.example`,
      'chrome-extension://',
    ]) {
      const answer = await server.ask('OPTIONS', ROUTES.account, { headers: { origin, ...preflight } });
      assert.notEqual(answer.status, 204, origin);
      assert.equal(answer.headers['access-control-allow-origin'], undefined, origin);
    }
    const share = await server.askShare('OPTIONS', ROUTES.shareOpen, { headers: { origin: EXTENSION, ...preflight } });
    assert.equal(share.headers['access-control-allow-origin'], undefined);
  });

  it('does nothing with methods it does not know', async () => {
    for (const method of ['PATCH', 'TRACE', 'PROPFIND'] as const) {
      const response = await server.app.inject({ method: method as 'PATCH', url: ROUTES.account });
      assert.ok(response.statusCode === 404 || response.statusCode === 400, `${method} ${response.statusCode}`);
    }
  });

  it('logs routes and outcomes, and nothing of what was said', async () => {
    server.log.length = 0;
    const person = await Person.registered(server, 'canary-name@example.org');
    const { id, bytes } = pack();
    await person.put(bytes);
    await person.get(id);
    const auditKey = pack().bytes.subarray(0, 32).toString('base64url');
    const challenges = [{ pack: id, key: auditKey }];
    await person.ask('POST', packsChallengePath(person.vault), { json: { challenges } });
    await person.ask('POST', packsChallengePath(person.vault), { json: { challenges, more: 1 } });
    await person.append([entry()], [hexId(32)]);
    const { proof, wire } = await person.link();
    await server.askShare('POST', ROUTES.shareOpen, { json: wrongProof(wire.lookup) });
    const ticket = newTicket();
    await server.askShare('POST', ROUTES.shareTicket, { json: { ...proof, ticket } });
    await server.askShare('GET', `/v1/share/packs/${id}`, { headers: { authorization: `Ticket ${ticket}` } });
    await server.ask('GET', `/v1/${id}?name=canary-name`);
    await person.readLog(0, { after: 'x' });
    await person.ask('DELETE', linkPath(wire.lookup));
    await person.get(id, { range: 'bytes=1-2' });
    const text = server.log.join('');
    const lines = server.log.map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(lines.length >= 12);
    assert.ok(lines.some(({ route, status }) => route === ROUTES.packsRead && status === 200));
    const canaries = {
      name: 'canary-name',
      token: person.token,
      ticket,
      pack: id,
      'audit key': auditKey,
      lookup: wire.lookup,
      proof: proof.auth,
      account: person.accountId,
      vault: person.vault,
      device: person.device.wire.deviceId,
      address: '127.0.0.1',
    };
    for (const [what, canary] of Object.entries(canaries)) {
      assert.ok(canary.length > 5 && !text.includes(canary), `no ${what} in the log`);
    }
    for (const line of lines)
      assert.deepEqual(Object.keys(line), ['level', 'time', 'reqId', 'route', 'method', 'status', 'ms', 'msg']);
  });
});

describe('failures of the disk', () => {
  const failing = (store: PackStore, how: () => Refusal): PackStore => ({
    put: () => Promise.reject(how()),
    get: () => Promise.reject(how()),
    has: (id, size) => store.has(id, size),
    remove: (id) => store.remove(id),
    list: () => store.list(),
    probe: () => Promise.reject(how()),
  });

  it('answers 503 and 507, and logs where but not what', async () => {
    const secret = 'ENOENT /data/packs/ab/abcdef';
    for (const problem of ['unavailable', 'server-full'] as const) {
      const server = await bench({}, (store) =>
        failing(store, () => new Refusal(problem, { cause: new Error(secret) })),
      );
      const person = await Person.registered(server);
      const answer = await person.put(pack().bytes);
      assert.equal(answer.status, problem === 'unavailable' ? 503 : 507);
      assert.equal(answer.code, problem);
      const health = await server.ask('GET', ROUTES.health);
      assert.equal(health.status, 503);
      assert.deepEqual(JSON.parse(health.bytes.toString()), { status: 'failing', failing: ['packs'] });
      assert.ok(server.log.some((line) => line.includes('"stack"')));
      assert.ok(!server.log.join('').includes(secret));
      await server.close();
    }
  });

  it('is well when all is well, on both listeners', async () => {
    const server = await bench();
    for (const answer of [await server.ask('GET', ROUTES.health), await server.askShare('GET', ROUTES.health)]) {
      assert.deepEqual(JSON.parse(answer.bytes.toString()), { status: 'ok' });
    }
    await server.close();
  });

  it('turns a fault of ours into a plain 500', async () => {
    const server = await bench({}, (store) => ({
      ...failing(store, () => new Refusal('internal')),
      put: () => Promise.reject(new TypeError('secret')),
    }));
    const person = await Person.registered(server);
    const answer = await person.put(pack().bytes);
    assert.equal(answer.code, 'internal');
    assert.ok(!answer.bytes.toString().includes('secret'));
    assert.ok(!server.log.join('').includes('secret'));
    await server.close();
  });
});

describe('pages', () => {
  let server: Bench;
  let dist: string;
  const html = { headers: { accept: 'text/html,application/xhtml+xml' } };

  before(async () => {
    dist = await mkdtemp(join(tmpdir(), 'holdfast-dist-'));
    for (const page of ['web', 'share']) {
      await mkdir(join(dist, page, 'assets'), { recursive: true });
      await writeFile(join(dist, page, 'index.html'), `<title>${page}</title>`);
      await writeFile(join(dist, page, 'sw.js'), '// sw');
      await writeFile(join(dist, page, 'assets', 'index-abc.js'), `// ${page}`);
      await writeFile(join(dist, page, 'assets', 'index-abc.js.br'), 'squeezed');
    }
    server = await bench({ HOLDFAST_WEB_DIST: dist });
  });
  after(async () => {
    await server.close();
    await rm(dist, { recursive: true });
  });

  it('answers every address of the app with its page, and assets with themselves', async () => {
    for (const url of ['/', '/files', '/files/a/b?x=1', '/index.html']) {
      const answer = await server.ask('GET', url, html);
      assert.equal(answer.status, 200, url);
      assert.match(String(answer.headers['content-type']), /^text\/html/);
      assert.equal(answer.bytes.toString(), '<title>web</title>');
      assert.equal(answer.headers['cache-control'], 'no-store');
    }
    for (const url of ['/assets/none.js', '/dl/abc', '/.env', '/..%2fpackage.json', '/assets/..%2f..%2fdata']) {
      const answer = await server.ask('GET', url, html);
      assert.ok(answer.status === 404 || !answer.bytes.toString().includes('"name"'), url);
    }
    assert.equal((await server.ask('GET', '/assets/none.js', html)).status, 404);
    assert.equal((await server.ask('GET', '/files')).status, 404, 'scripts and images get no page');
    assert.equal((await server.ask('POST', '/files', html)).status, 404);
  });

  it('keeps hashed assets for ever and asks again for the service worker', async () => {
    const asset = await server.ask('GET', '/assets/index-abc.js');
    assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(String(asset.headers['content-type']), /javascript/);
    const worker = await server.askShare('GET', '/sw.js');
    assert.equal(worker.headers['cache-control'], 'no-cache');
    const squeezed = await server.ask('GET', '/assets/index-abc.js', { headers: { 'accept-encoding': 'br' } });
    assert.equal(squeezed.headers['content-encoding'], 'br');
  });

  it('gives pages and all they load the whole set of headers', async () => {
    const expected: Record<string, RegExp> = {
      'content-security-policy':
        /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; .*require-trusted-types-for 'script'; trusted-types ebk1-url$/,
      'cross-origin-opener-policy': /^same-origin$/,
      'cross-origin-embedder-policy': /^require-corp$/,
      'cross-origin-resource-policy': /^same-origin$/,
      'integrity-policy': /^blocked-destinations=\(script style\)$/,
      'referrer-policy': /^no-referrer$/,
      'x-content-type-options': /^nosniff$/,
      'permissions-policy': /camera=\(\).*publickey-credentials-get=\(self\)/,
    };
    const answers = [
      await server.ask('GET', '/', html),
      await server.ask('GET', '/assets/index-abc.js'),
      await server.ask('GET', '/nowhere.png'),
      await server.askShare('GET', '/s', html),
      await server.askShare('GET', '/sw.js'),
    ];
    for (const { headers } of answers) {
      for (const [name, value] of Object.entries(expected)) assert.match(String(headers[name]), value, name);
      assert.equal(headers['strict-transport-security'], undefined, 'there is no TLS here');
      assert.equal(headers['x-powered-by'] ?? headers.server, undefined);
    }
    const api = await server.ask('GET', ROUTES.server);
    assert.equal(api.headers['content-security-policy'], "default-src 'none'; frame-ancestors 'none'");
  });

  it('serves the share page at its one address, and never redirects', async () => {
    for (const url of ['/s', '/s/', '/s?x=1']) {
      assert.equal((await server.askShare('GET', url, html)).bytes.toString(), '<title>share</title>', url);
    }
    for (const url of ['/', '/files', '/s/x', '/assets', '/assets/', '//evil.example', '/s//']) {
      const { status } = await server.askShare('GET', url, html);
      assert.equal(status, 404, `${url} ${status}`);
    }
    assert.equal((await server.askShare('GET', '/assets/index-abc.js')).bytes.toString(), '// share');
  });

  it('has the text files that strangers look for', async () => {
    assert.match((await server.ask('GET', '/robots.txt')).bytes.toString(), /Disallow: \//);
    const text = (await server.ask('GET', '/.well-known/security.txt')).bytes.toString();
    assert.match(text, /^Contact: mailto:security@127\.0\.0\.1\nExpires: 2027-02-19T12:00:00\.000Z\n$/);
    const named = await bench({ HOLDFAST_SECURITY_CONTACT: 'https://example.org/report' });
    assert.match(
      (await named.askShare('GET', '/.well-known/security.txt')).bytes.toString(),
      /^Contact: https:\/\/example\.org\/report\n/,
    );
    await named.close();
  });

  it('sends HSTS behind TLS', async () => {
    const proxied = await bench({
      HOLDFAST_BEHIND_PROXY: '1',
      HOLDFAST_ORIGIN: 'https://backup.example.org',
      HOLDFAST_SHARE_ORIGIN: 'https://share.backup.example.org',
    });
    assert.equal(
      (await proxied.ask('GET', ROUTES.server)).headers['strict-transport-security'],
      'max-age=63072000; includeSubDomains',
    );
    await proxied.close();
  });
});
