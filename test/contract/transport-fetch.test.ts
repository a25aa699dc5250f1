import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFetchTransport } from '../../shared/browser/index.ts';
import { giveBack } from '../../shared/bytes/index.ts';
import { transportContract } from './transport.ts';

transportContract('fetch', (baseUrl) => createFetchTransport({ baseUrl, credentials: 'omit' }));

test('asks fetch for what keeps requests private', async () => {
  const calls: [string, RequestInit][] = [];
  const transport = createFetchTransport({
    baseUrl: 'http://127.0.0.1:8787/',
    credentials: 'same-origin',
    async fetch(url, init) {
      calls.push([url, init]);
      return new Response(null, { status: 204 });
    },
  });
  await transport.send({ method: 'PUT', path: '/v1/x', body: new Uint8Array([1, 2]) });
  const [url, init] = calls[0] ?? assert.fail('fetch was not called');
  assert.equal(url, 'http://127.0.0.1:8787/v1/x');
  assert.deepEqual(init.body, new Uint8Array([1, 2]));
  assert.deepEqual(
    [init.credentials, init.redirect, init.cache, init.referrerPolicy],
    ['same-origin', 'error', 'no-store', 'no-referrer'],
  );
});

test('leaves it to the server that nothing is stored where a browser would ask each time anew whether it may send', async () => {
  const caches: unknown[] = [];
  const transport = createFetchTransport({
    baseUrl: '',
    credentials: 'omit',
    async fetch(_url, init) {
      caches.push(init.cache);
      return new Response(null, { status: 204 });
    },
  });
  await transport.send({ method: 'GET', path: '/v1/x' });
  assert.deepEqual(caches, ['default']);
});

test('a declared length says nothing about a compressed body', async () => {
  const transport = createFetchTransport({
    baseUrl: '',
    credentials: 'omit',
    fetch: async () => new Response('{}', { headers: { 'content-encoding': 'gzip', 'content-length': '22' } }),
  });
  assert.equal((await transport.send({ method: 'GET', path: '/v1/x' })).body.length, 2);
});

test('the memory of a long answer serves again when it was given back, and only then', async () => {
  const length = 600_000;
  let fill = 0;
  const answer = () => {
    const value = ++fill;
    const body = new ReadableStream({
      type: 'bytes',
      start(controller) {
        controller.enqueue(new Uint8Array(length - 1).fill(value));
        controller.enqueue(new Uint8Array(1).fill(value));
        controller.close();
      },
    });
    return new Response(body, { headers: { 'content-length': `${length}` } });
  };
  const transport = createFetchTransport({ baseUrl: '', credentials: 'omit', fetch: async () => answer() });
  const read = async () => (await transport.send({ method: 'GET', path: '/v1/x' })).body;
  const [first, kept] = [await read(), await read()];
  giveBack(first);
  giveBack(first);
  const [third, fourth] = [await read(), await read()];
  assert.deepEqual(
    [kept, third, fourth].map((bytes) => [bytes.length, bytes.every((byte) => byte === bytes[0]), bytes[0]]),
    [2, 3, 4].map((value) => [length, true, value]),
  );
});
