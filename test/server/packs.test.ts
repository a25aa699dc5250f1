import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import fastify from 'fastify';
import { Refusal } from '../../server/domain/index.ts';
import { sendPack } from '../../server/routes/packs.ts';
import {
  PACK_CLASSES,
  PACK_HEADER,
  packsMissingPath,
  packsPath,
  packsReadPath,
  ROUTES,
  sharePackPath,
} from '../../shared/protocol/index.ts';
import { AccountInfo, PackAnswer, PacksMissingAnswer } from '../../shared/protocol/schemas.ts';
import { pause, until } from '../support/waiting.ts';
import { type Bench, bench } from './support/bench.ts';
import { hexId, newTicket, Person, pack, sha256Hex } from './support/person.ts';

describe('packs', () => {
  let server: Bench;
  let person: Person;
  before(async () => {
    server = await bench();
    person = await Person.registered(server);
  });
  after(() => server.close());

  const get = (id: string, headers?: Record<string, string>) => person.get(id, headers);
  const place = (id: string) => join(server.root, 'data', 'packs', id.slice(0, 2), id);
  const incoming = () => readdir(join(server.root, 'data', 'packs', 'incoming'));

  it('keeps packs of every class, byte for byte', async () => {
    for (const size of PACK_CLASSES) {
      const { id, bytes } = pack(size);
      assert.deepEqual((await person.put(bytes)).as(PackAnswer), { id });
      const answer = await get(id);
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-length'], `${size}`);
      assert.equal(answer.headers.etag, `"${id}"`);
      assert.ok(answer.bytes.equals(bytes));
    }
  });

  it('gives every file the same time and lets nobody else read it', async () => {
    const { id, bytes } = pack();
    await person.put(bytes);
    const { mtimeMs, mode } = await stat(place(id));
    assert.equal(mtimeMs, Date.UTC(2000, 0, 1));
    assert.equal(mode & 0o077, 0);
  });

  it('reads aligned ranges only', async () => {
    const { id, bytes } = pack(4_194_304);
    await person.put(bytes);
    for (const [start, end] of [
      [0, 65_536],
      [65_536, 1_179_648],
      [4_128_768, 4_194_304],
    ] as const) {
      const answer = await get(id, { range: `bytes=${start}-${end - 1}` });
      assert.equal(answer.status, 206);
      assert.equal(answer.headers['content-range'], `bytes ${start}-${end - 1}/4194304`);
      assert.ok(answer.bytes.equals(bytes.subarray(start, end)));
    }
    assert.equal((await get(id, { range: 'bytes=0-4194303' })).status, 200);
    for (const range of [
      'bytes=0-65534',
      'bytes=1-65536',
      'bytes=0-4259839',
      'bytes=65536-65535',
      'bytes=4194304-4259839',
      'bytes=0-',
      'bytes=-65536',
      'bytes=0-65535,131072-196607',
      'chunks=0-65535',
    ]) {
      assert.equal((await get(id, { range })).code, 'range-invalid', range);
    }
  });

  it('refuses what is not the pack it says, and leaves nothing behind', async () => {
    const { id, bytes } = pack();
    const other = pack();
    assert.equal((await person.put(bytes, other.id)).code, 'hash-mismatch');
    assert.equal((await person.put(randomBytes(65_535))).code, 'bad-request');
    assert.equal((await person.put(Buffer.alloc(0))).code, 'bad-request');
    assert.equal((await person.put(bytes, id, { 'content-length': '4194305' })).code, 'too-large');
    for (const none of ['zz', '', id.toUpperCase(), `${id}, ${id}`])
      assert.equal((await person.put(bytes, none)).code, 'bad-request', none);
    assert.equal((await person.ask('POST', packsPath(person.vault), { body: bytes })).code, 'bad-request');
    for (const json of [{}, { pack: 'zz' }, { pack: id, more: 1 }])
      assert.equal((await person.ask('POST', packsReadPath(person.vault), { json })).code, 'bad-request');
    assert.equal((await get(id)).code, 'not-found');
    assert.deepEqual(await incoming(), []);
  });

  it('says which packs are missing', async () => {
    const [here, nowhere] = [pack(), pack()];
    await person.put(here.bytes);
    const ask = (ids: string[]) => person.ask('POST', packsMissingPath(person.vault), { json: { ids } });
    assert.deepEqual((await ask([nowhere.id, here.id])).as(PacksMissingAnswer).missing, [nowhere.id]);
    assert.deepEqual((await ask([])).as(PacksMissingAnswer).missing, []);
    const many = Array.from({ length: 4_096 }, () => hexId(32));
    assert.deepEqual((await ask(many)).as(PacksMissingAnswer).missing, many);
    assert.equal((await ask([...many, hexId(32)])).code, 'bad-request');
  });

  it('counts a pack once, however often and at once it arrives', async () => {
    const owner = await Person.registered(server);
    const used = async () => (await owner.ask('GET', ROUTES.account)).as(AccountInfo);
    const before = await used();
    const { bytes } = pack(262_144);
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.put(bytes)));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal((await owner.put(bytes)).status, 200);
    const now = await used();
    assert.equal(now.usedBytes - before.usedBytes, 262_144);
    assert.equal(now.packs - before.packs, 1);
  });

  it('never exceeds the quota, however many packs arrive at once', async () => {
    const small = await bench({ HOLDFAST_QUOTA_BYTES: `${2_048 + 3 * 65_536}` });
    const owner = await Person.registered(small);
    const answers = await Promise.all(Array.from({ length: 20 }, () => owner.put(pack().bytes)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 3);
    assert.ok(answers.every((answer) => answer.status === 200 || answer.code === 'quota-exceeded'));
    assert.equal((await owner.ask('GET', ROUTES.account)).as(AccountInfo).usedBytes, 2_048 + 3 * 65_536);
    await small.close();
  });

  it('counts what it has let in, whatever else came meanwhile, and lets nothing in that this leaves no room for', async () => {
    const small = await bench({ HOLDFAST_QUOTA_BYTES: `${2_048 + 65_536}` });
    const owner = await Person.registered(small);
    const [first, second] = [pack(), pack()];
    async function* slowly() {
      assert.equal((await owner.put(second.bytes)).code, 'quota-exceeded');
      assert.equal((await owner.link()).answer.status, 200);
      yield first.bytes;
    }
    const answer = await small.app.inject({
      method: 'POST',
      url: packsPath(owner.vault),
      headers: { ...owner.bearer, 'x-ebk': '1', [PACK_HEADER]: first.id, 'content-length': '65536' },
      payload: Readable.from(slowly()),
    });
    assert.equal(answer.statusCode, 200);
    const { usedBytes, packs } = (await owner.ask('GET', ROUTES.account)).as(AccountInfo);
    assert.deepEqual([usedBytes, packs], [2_048 + 65_536 + 1_110, 1]);
    const stored = [];
    for await (const { packId } of small.data.packs.list()) stored.push(packId);
    assert.deepEqual(stored, [first.id]);
    await small.close();
  });

  it('shows packs to their own vault only, though others may store the same', async () => {
    const stranger = await Person.registered(server);
    const { id, bytes } = pack();
    await person.put(bytes);
    const headers = { [PACK_HEADER]: id };
    assert.equal((await stranger.get(id, {}, person.vault)).code, 'not-found');
    assert.equal((await stranger.get(id)).code, 'not-found');
    assert.equal((await stranger.ask('POST', packsPath(person.vault), { body: bytes, headers })).code, 'not-found');
    assert.equal((await stranger.put(bytes)).status, 200);
    assert.equal((await stranger.get(id)).status, 200);
  });

  it('says that a pack is damaged, and takes it again', async () => {
    const { id, bytes } = pack();
    await person.put(bytes);
    await truncate(place(id), 100);
    assert.equal((await get(id)).code, 'pack-damaged');
    assert.equal((await person.put(bytes)).status, 200);
    assert.ok((await get(id)).bytes.equals(bytes));
    await rename(place(id), `${place(id)}.gone`);
    assert.equal((await get(id)).code, 'pack-damaged');
    assert.equal((await person.put(bytes)).status, 200);
    assert.equal((await get(id)).status, 200);
  });

  it('sweeps at start what an interrupted upload left', async () => {
    const own = await bench();
    await writeFile(join(own.root, 'data', 'packs', 'incoming', 'left'), 'x');
    const again = await bench({ HOLDFAST_DATA: join(own.root, 'data') }).catch((error: Error) => error);
    assert.match(String(again), /Another server uses/, 'not while the server runs');
    await own.data.close();
    const next = await bench({ HOLDFAST_DATA: join(own.root, 'data') });
    assert.deepEqual(await readdir(join(own.root, 'data', 'packs', 'incoming')), []);
    await next.close();
  });

  it('holds so much of the packs that a vault is sent, and as much for its links, until it is taken', async () => {
    let open = 0;
    const taken = Promise.withResolvers<void>();
    const slow = await bench({}, (store) => {
      const get = store.get.bind(store);
      store.get = async (...pack) => {
        const blocks = await get(...pack);
        open++;
        await taken.promise;
        return blocks;
      };
      return store;
    });
    const [owner, other] = [await Person.registered(slow), await Person.registered(slow)];
    const { id, bytes } = pack(4_194_304);
    for (const person of [owner, other]) await person.put(bytes);
    const { proof } = await owner.link();
    const ticket = newTicket();
    await slow.askShare('POST', ROUTES.shareTicket, { json: { ...proof, ticket } });
    const range = 'bytes=0-2097151';
    const own = () => owner.get(id, { range });
    const shared = () =>
      slow.askShare('GET', sharePackPath(id), { headers: { authorization: `Ticket ${ticket}`, range } });

    const running = [];
    for (const read of [own, shared]) {
      running.push(...Array.from({ length: 32 }, read));
      await until('all to be read', () => open === running.length);
      const refused = await read();
      assert.deepEqual([refused.code, refused.headers['retry-after']], ['rate-limited', '1']);
    }
    assert.equal((await owner.get(id, { range: 'bytes=0-65535' })).code, 'rate-limited');
    running.push(other.get(id, { range }));
    taken.resolve();
    for (const { status } of await Promise.all(running)) assert.equal(status, 206);
    for (const read of [own, shared]) assert.equal((await read()).status, 206);
    await slow.close();
  });

  describe('over a real connection', () => {
    let port: number;
    let common: readonly string[];
    before(async () => {
      common = ['Host: 127.0.0.1', `Authorization: Bearer ${person.token}`, 'X-EBK: 1'];
      await server.app.listen({ host: '127.0.0.1', port: 0 });
      port = (server.app.server.address() as AddressInfo).port;
    });

    const fetchPack = (id: string) =>
      fetch(`http://127.0.0.1:${port}${packsReadPath(person.vault)}`, {
        method: 'POST',
        body: JSON.stringify({ pack: id }),
        headers: { ...person.bearer, 'x-ebk': '1', 'content-type': 'application/json' },
      });

    const raw = async (lines: readonly string[], body: Uint8Array, cut?: () => Promise<unknown>) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      let answer = '';
      socket.setEncoding('latin1').on('data', (text: string) => {
        answer += text;
      });
      socket.on('error', () => {});
      socket.write([...lines, ...common, '', ''].join('\r\n'));
      socket.write(body);
      await Promise.all([once(socket, 'close'), cut?.().finally(() => socket.destroy())]);
      return answer;
    };

    it('leaves nothing of an upload that was cut', async () => {
      const { id, bytes } = pack(1_048_576);
      await raw(
        [`POST ${packsPath(person.vault)} HTTP/1.1`, `X-EBK-Pack: ${id}`, 'Content-Length: 1048576'],
        bytes.subarray(0, 500_000),
        () => until('the upload to begin', async () => (await incoming()).length > 0),
      );
      await until('nothing to be left', async () => (await incoming()).length === 0);
      assert.equal((await get(id)).code, 'not-found');
      assert.equal((await person.put(bytes)).status, 200);
    });

    it('sends the same bytes to many at once, slow ones and ones that go away among them', async () => {
      const { id, bytes } = pack(4_194_304);
      await person.put(bytes);
      const asked = Buffer.from(JSON.stringify({ pack: id }));
      const content = ['Content-Type: application/json', `Content-Length: ${asked.length}`];
      const lines = [`POST ${packsReadPath(person.vault)} HTTP/1.1`, ...content, 'Connection: close'];
      const stalled = connect(port, '127.0.0.1');
      await once(stalled, 'connect');
      stalled.write([...lines, ...common, '', ''].join('\r\n'));
      stalled.write(asked);
      await once(stalled, 'readable');
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, i) => raw(lines, asked, i % 3 === 0 ? () => pause(50) : undefined)),
      );
      let late = '';
      for await (const text of stalled.setEncoding('latin1')) late += text;
      const whole = bytes.toString('latin1');
      for (const answer of [...answers.filter((_, i) => i % 3 !== 0), late]) {
        assert.ok(answer.slice(answer.indexOf('\r\n\r\n') + 4) === whole);
      }
    });

    it('answers one request of a connection after the other, and refuses those that did not wait', async () => {
      const { id, bytes } = pack();
      await person.put(bytes);
      const asked = JSON.stringify({ pack: id });
      const head = [`POST ${packsReadPath(person.vault)} HTTP/1.1`, ...common, 'Content-Type: application/json'];
      const request = `${[...head, `Content-Length: ${asked.length}`].join('\r\n')}\r\n\r\n${asked}`;
      const last = [`${request.repeat(3)}GET ${ROUTES.account} HTTP/1.1`, 'Connection: close'];
      const answers = await raw(last, Buffer.alloc(0));
      const codes = [...answers.matchAll(/HTTP\/1.1 (\d{3}) /g)].map(([, code]) => code);
      assert.deepEqual(codes, ['200', '429', '429', '429']);
      assert.match(answers, /retry-after: 1\r\n/);
    });

    it('ends the connection when the disk fails in the middle of a pack', async () => {
      async function* broken() {
        yield randomBytes(1_000_000);
        throw new Error('the disk failed');
      }
      const app = fastify();
      app.get('/', (_request, reply) => sendPack(reply, 'id', { size: 2e6, start: 0, end: 2e6, blocks: broken() }));
      const answer = await fetch(await app.listen({ host: '127.0.0.1', port: 0 }));
      await assert.rejects(answer.arrayBuffer());
      await app.close();
    });

    it('lets go of every pack when a connection ends on which several were asked for', async () => {
      let [open, closed] = [0, 0];
      async function* endless() {
        open++;
        try {
          for (;;) yield randomBytes(1_048_576);
        } finally {
          closed++;
        }
      }
      const app = fastify();
      app.get('/', (_request, reply) => sendPack(reply, 'id', { size: 1e9, start: 0, end: 1e9, blocks: endless() }));
      await app.listen({ host: '127.0.0.1', port: 0 });
      const client = connect((app.server.address() as AddressInfo).port, '127.0.0.1');
      client.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(3));
      await until('all three to be read', () => open === 3);
      client.destroy();
      await until('all three to be let go', () => closed === 3);
      await app.close();
    });

    for (const blocks of [0, 1]) {
      it(`refuses after ${blocks} blocks so that a client hears it that sends everything before it listens`, async () => {
        const refusing = await bench({}, (store) => ({
          ...store,
          async put(_id, _size, source) {
            let left = blocks;
            if (left > 0) for await (const _ of source) if (--left === 0) break;
            throw new Refusal('server-full');
          },
        }));
        const one = await Person.registered(refusing);
        await refusing.app.listen({ host: '127.0.0.1', port: 0 });
        const socket = connect((refusing.app.server.address() as AddressInfo).port, '127.0.0.1');
        const ask = (first: string, ...more: string[]): void => {
          const lines = [first, 'Host: 127.0.0.1', `Authorization: Bearer ${one.token}`, 'X-EBK: 1', ...more, '', ''];
          socket.write(lines.join('\r\n'));
        };
        const { id, bytes } = pack(4_194_304);
        ask(`POST ${packsPath(one.vault)} HTTP/1.1`, `X-EBK-Pack: ${id}`, 'Content-Length: 4194304');
        await new Promise((sent) => socket.write(bytes, sent));
        ask(`GET ${ROUTES.account} HTTP/1.1`, 'Connection: close');
        let answers = '';
        for await (const text of socket.setEncoding('latin1')) answers += text;
        assert.match(answers, /^HTTP\/1.1 507 .*HTTP\/1.1 200 /s);
        await refusing.close();
      });
    }

    it('needs a Content-Length', async () => {
      const lines = [`POST ${packsPath(person.vault)} HTTP/1.1`, `X-EBK-Pack: ${pack().id}`, 'Connection: close'];
      const answer = await raw([...lines, 'Transfer-Encoding: chunked'], Buffer.from('5\r\nhello\r\n0\r\n\r\n'));
      assert.match(answer, /^HTTP\/1.1 411 /);
    });

    it('refuses requests that two servers could read differently', async () => {
      const path = `POST ${packsPath(person.vault)} HTTP/1.1`;
      const ambiguous = [
        [path, 'Content-Length: 5', 'Transfer-Encoding: chunked'],
        [path, 'Content-Length: 5', 'Content-Length: 6'],
        [path, 'Transfer-Encoding: chunked, identity'],
        [path, 'Content-Length: +5'],
        [path, 'X-Folded: a', ' b', 'Content-Length: 5'],
        [path, 'Content-Length : 5'],
      ];
      for (const lines of ambiguous) {
        assert.match(await raw(lines, Buffer.from('hello')), /^HTTP\/1.1 400 /, lines.slice(1).join(', '));
      }
    });

    it('answers a refusal though the body is not read, and goes on', async () => {
      const { bytes } = pack(4_194_304);
      const url = `http://127.0.0.1:${port}${packsPath(hexId())}`;
      const headers = { ...person.bearer, 'x-ebk': '1', [PACK_HEADER]: sha256Hex(bytes) };
      for (let i = 0; i < 5; i++) {
        const body = new Uint8Array(bytes);
        const answer = await fetch(url, { method: 'POST', body, headers });
        assert.equal(answer.status, 404);
        await answer.arrayBuffer();
      }
    });

    it('streams a pack to the last byte', async () => {
      const { id, bytes } = pack(4_194_304);
      await person.put(bytes);
      const answer = await fetchPack(id);
      assert.ok(Buffer.from(await answer.arrayBuffer()).equals(bytes));
    });

    it('gives slow readers, many at once, what the pack holds', async () => {
      const packs = [pack(4_194_304), pack(4_194_304)];
      for (const { bytes } of packs) await person.put(bytes);
      const read = async ({ id, bytes }: (typeof packs)[0]) => {
        const answer = await fetchPack(id);
        const blocks: Uint8Array[] = [];
        for await (const block of answer.body ?? []) {
          blocks.push(block);
          await new Promise((resume) => setTimeout(resume, 1));
        }
        assert.ok(Buffer.concat(blocks).equals(bytes));
      };
      await Promise.all([...packs, ...packs, ...packs].map(read));
    });
  });
});
