/** What every Transport does on a good road and on bad ones; run by each implementation against a real socket. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { utf8 } from '../../shared/bytes/index.ts';
import type { Transport } from '../../shared/client/index.ts';
import type { ErrorCode } from '../../shared/errors/index.ts';

const MIB = 1_048_576;

/** Every byte value, in an order that no text decoding survives. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 131 + (i >> 8)) & 255);
}

async function echo(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts);
  response.writeHead(200, {
    'X-Method': request.method ?? '',
    'X-Seen': request.headers['x-sent'] ?? '',
    'X-Content-Type': request.headers['content-type'] ?? '',
    'X-Length': request.headers['content-length'] ?? '',
    'X-Cookie': request.headers.cookie ?? '',
    'X-Referer': request.headers.referer ?? '',
  });
  response.end(body);
}

const SLOW_PIECES = 8;
const SLOW_MS = 100;

type Road = (request: IncomingMessage, response: ServerResponse) => void;

const ROADS: Readonly<Record<string, Road>> = {
  '/echo': (request, response) => void echo(request, response),
  '/hang': () => undefined,
  '/stall': (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('some'),
  '/slow': (_, response) => void slow(response),
  '/redirect': (_, response) => void response.writeHead(302, { location: '/echo' }).end(),
  '/short': (_, response) => {
    response.writeHead(200, { 'content-length': '1000' }).write(noise(10), () => response.destroy());
  },
  '/short-chunked': (_, response) => {
    response.writeHead(200).write(noise(10), () => response.destroy());
  },
  '/no-answer': (_, response) => void response.destroy(),
  '/long': (_, response) => void response.writeHead(200).end(noise(3 * MIB)),
};

/** Takes longer than any of its silences, of which the first is before the answer. */
async function slow(response: ServerResponse): Promise<void> {
  for (let piece = 0; piece < SLOW_PIECES; piece++) {
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    if (piece === 0) response.writeHead(200, { 'content-length': String(SLOW_PIECES) });
    response.write(noise(1));
  }
  response.end();
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const status = /^\/status\/(\d+)$/.exec(url.pathname)?.[1];
  if (status === undefined) ROADS[url.pathname]?.(request, response);
  else
    response.writeHead(Number(status), { 'content-type': 'application/json' }).end(status === '204' ? '' : '{"a":1}');
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const failsWith = (code: ErrorCode) => ({ name: 'HoldfastError', code });

export function transportContract(name: string, make: (baseUrl: string) => Transport): void {
  describe(`transport: ${name}`, () => {
    const server = createServer(answer);
    let transport: Transport;

    before(async () => {
      transport = make(await listen(server));
    });
    after(() => {
      server.closeAllConnections();
      server.close();
    });

    for (const status of [200, 201, 204, 400, 401, 404, 409, 416, 428, 429, 500, 503, 507]) {
      test(`status ${status} is an answer`, async () => {
        const response = await transport.send({ method: 'GET', path: `/status/${status}` });
        assert.equal(response.status, status);
        assert.deepEqual(response.body, utf8(status === 204 ? '' : '{"a":1}'));
      });
    }

    test('sends method, headers and text, and finds headers in any case', async () => {
      const response = await transport.send({
        method: 'POST',
        path: '/echo?after=3',
        headers: { 'content-type': 'application/json', 'x-sent': 'this' },
        body: '{"é":"✓"}',
      });
      assert.equal(response.header('x-method'), 'POST');
      assert.equal(response.header('X-SEEN'), 'this');
      assert.equal(response.header('X-Content-Type'), 'application/json');
      assert.equal(response.header('x-none'), null);
      assert.deepEqual(response.body, utf8('{"é":"✓"}'));
    });

    test('sends no referrer and no cookie of its own accord', async () => {
      const response = await transport.send({ method: 'GET', path: '/echo' });
      assert.equal(response.header('x-cookie'), '');
      assert.equal(response.header('x-referer'), '');
    });

    for (const length of [0, 1, 65_536, 4 * MIB]) {
      test(`${length} bytes arrive as they were, both ways, with their length`, async () => {
        const body = noise(length);
        const headers = { 'content-type': 'application/octet-stream' };
        const response = await transport.send({ method: 'PUT', path: '/echo', headers, body });
        assert.equal(response.header('x-length'), String(length));
        assert.equal(response.header('x-content-type'), 'application/octet-stream');
        assert.ok(Buffer.from(response.body).equals(body));
      });
    }

    test('sends a part of a larger buffer as that part', async () => {
      const body = noise(100).subarray(10, 20);
      const response = await transport.send({ method: 'PUT', path: '/echo', body });
      assert.deepEqual(response.body, noise(100).slice(10, 20));
    });

    test('answers DELETE', async () => {
      const gone = await transport.send({ method: 'DELETE', path: '/echo' });
      assert.equal(gone.header('x-method'), 'DELETE');
    });

    test('carries many requests at once', async () => {
      const bodies = Array.from({ length: 20 }, (_, i) => noise(1000 + i));
      const answers = await Promise.all(bodies.map((body) => transport.send({ method: 'PUT', path: '/echo', body })));
      assert.deepEqual(
        answers.map((response) => response.body),
        bodies,
      );
    });

    test('nobody there is E_OFFLINE', async () => {
      const closed = createServer();
      const address = await listen(closed);
      await new Promise((resolve) => closed.close(resolve));
      await assert.rejects(make(address).send({ method: 'GET', path: '/echo' }), failsWith('E_OFFLINE'));
    });

    for (const path of ['/no-answer', '/short', '/short-chunked']) {
      test(`${path}: a connection that breaks is E_OFFLINE, never fewer bytes`, async () => {
        await assert.rejects(transport.send({ method: 'GET', path }), failsWith('E_OFFLINE'));
      });
    }

    test('a redirect is not followed', async () => {
      await assert.rejects(transport.send({ method: 'GET', path: '/redirect' }), failsWith('E_OFFLINE'));
    });

    test('an answer that comes slowly is waited for', async () => {
      const timeoutMs = (SLOW_PIECES * SLOW_MS) / 2;
      const { body } = await transport.send({ method: 'GET', path: '/slow', timeoutMs });
      assert.equal(body.length, SLOW_PIECES);
    });

    for (const path of ['/hang', '/stall']) {
      test(`${path}: silence is E_TIMEOUT`, async () => {
        await assert.rejects(transport.send({ method: 'GET', path, timeoutMs: 50 }), failsWith('E_TIMEOUT'));
      });

      test(`${path}: an abort is E_CANCELLED`, async () => {
        const abort = new AbortController();
        const sending = transport.send({ method: 'GET', path, signal: abort.signal });
        setTimeout(() => abort.abort(new Error('a reason of the caller')), 20);
        await assert.rejects(sending, failsWith('E_CANCELLED'));
      });
    }

    test('what was aborted before is not sent', async () => {
      const sending = transport.send({ method: 'GET', path: '/echo', signal: AbortSignal.abort() });
      await assert.rejects(sending, failsWith('E_CANCELLED'));
    });

    test('an answer longer than the caller takes is E_PROTOCOL', async () => {
      const request = { method: 'GET', path: '/long', maxAnswerBytes: 2 * MIB } as const;
      await assert.rejects(transport.send(request), failsWith('E_PROTOCOL'));
      assert.equal((await transport.send({ ...request, maxAnswerBytes: 3 * MIB })).body.length, 3 * MIB);
    });
  });
}
