import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  DAY_MS,
  LINK_FAILURES_PER_HOUR,
  LINK_FAILURES_TOTAL,
  LINK_TICKET_IDLE_MS,
  linkPath,
  ROUTES,
  sharePackPath,
} from '../../shared/protocol/index.ts';
import { AccountInfo, LinkList, ShareRecord } from '../../shared/protocol/schemas.ts';
import { type Answer, type Bench, bench } from './support/bench.ts';
import { hexId, newTicket, Person, pack, wrongProof } from './support/person.ts';

interface Proof {
  lookup: string;
  auth: string;
}

describe('links', () => {
  let server: Bench;
  let person: Person;
  before(async () => {
    server = await bench();
  });
  after(() => server.close());

  const open = (proof: Proof) => server.askShare('POST', ROUTES.shareOpen, { json: proof });
  const take = (proof: Proof, ticket = newTicket()) =>
    server.askShare('POST', ROUTES.shareTicket, { json: { ...proof, ticket } });
  const ticketed = (ticket: string) => ({ headers: { authorization: `Ticket ${ticket}` } });
  const fetchPack = (ticket: string, id: string) => server.askShare('GET', sharePackPath(id), ticketed(ticket));
  const complete = (ticket: string) => server.askShare('POST', ROUTES.shareComplete, ticketed(ticket));
  const ticketOf = async (proof: Proof) => {
    const ticket = newTicket();
    assert.equal((await take(proof, ticket)).status, 200);
    return ticket;
  };
  const rows = async () => (await person.ask('GET', ROUTES.links)).as(LinkList).links;
  const row = async (lookup: string) => (await rows()).find((link) => link.lookup === lookup);
  const policy = (lookup: string, expiresDay: number | null, maxDownloads: number | null) =>
    person.ask('PUT', linkPath(lookup), { json: { expiresDay, maxDownloads } });

  before(async () => {
    person = await Person.registered(server);
  });

  it('opens with its proof, and only then shows the record', async () => {
    const { wire, answer, proof } = await person.link({ maxDownloads: 3 });
    assert.equal(answer.status, 200);
    assert.deepEqual((await open(proof)).as(ShareRecord), {
      record: wire.record,
      expiresDay: null,
      downloadsLeft: 3,
    });
    assert.equal((await open(wrongProof(wire.lookup))).code, 'link-password');
    assert.equal((await open(wrongProof(hexId()))).code, 'link-gone');
  });

  it('lists, refuses clashes, takes a repetition, and asks for an own vault', async () => {
    const { wire } = await person.link();
    const create = (json: object) => person.ask('POST', ROUTES.links, { json });
    assert.equal((await create(wire)).status, 200);
    assert.equal((await create({ ...wire, record: 'AAAA' })).code, 'already-exists');
    assert.equal((await create({ ...wire, lookup: hexId(), vaultId: hexId() })).code, 'not-found');
    const stranger = await Person.registered(server);
    assert.equal(
      (await stranger.ask('POST', ROUTES.links, { json: { ...wire, vaultId: stranger.vault } })).code,
      'already-exists',
    );
    assert.equal((await stranger.ask('DELETE', linkPath(wire.lookup))).code, 'not-found');
    const json = { expiresDay: null, maxDownloads: null };
    assert.equal((await stranger.ask('PUT', linkPath(wire.lookup), { json })).code, 'not-found');
    assert.deepEqual(await row(wire.lookup), {
      lookup: wire.lookup,
      createdDay: Math.floor(server.now / DAY_MS),
      expiresDay: null,
      maxDownloads: null,
      received: 0,
      abandoned: 0,
      failures: 0,
      state: 'live',
    });
  });

  it('is gone at once when it is deleted, and gives its bytes back', async () => {
    const used = async () => (await person.ask('GET', ROUTES.account)).as(AccountInfo).usedBytes;
    const before = await used();
    const { wire, proof } = await person.link();
    assert.equal((await used()) - before, 1_110);
    const { id, bytes } = pack();
    await person.put(bytes);
    const ticket = await ticketOf(proof);
    assert.equal((await fetchPack(ticket, id)).status, 200);
    assert.equal((await person.ask('DELETE', linkPath(wire.lookup))).status, 200);
    assert.equal((await fetchPack(ticket, id)).code, 'link-gone');
    assert.equal((await complete(ticket)).code, 'link-gone');
    assert.equal((await used()) - before, 65_536);
    assert.equal((await person.ask('DELETE', linkPath(wire.lookup))).code, 'not-found');
  });

  it('answers unknown, expired, revoked and used-up links in one way', async () => {
    const today = Math.floor(server.now / DAY_MS);
    const expired = await person.link({ expiresDay: today - 1 });
    const revoked = await person.link();
    await person.ask('DELETE', linkPath(revoked.wire.lookup));
    const used = await person.link({ maxDownloads: 1 });
    await complete(await ticketOf(used.proof));
    const shape = (answer: Answer) => {
      const { requestId: _, ...problem } = answer.problem ?? {};
      return { ...problem, headers: Object.keys(answer.headers) };
    };
    const unknown = await open(wrongProof(hexId()));
    for (const { proof } of [expired, revoked, used]) {
      for (const answer of [await open(proof), await take(proof), await open(wrongProof(proof.lookup))]) {
        assert.deepEqual(shape(answer), shape(unknown));
      }
    }
    assert.equal((await row(expired.wire.lookup))?.state, 'expired');
    assert.equal((await row(used.wire.lookup))?.state, 'used-up');
  });

  it('works to the end of its last day, and a download that began may end', async () => {
    const today = Math.floor(server.now / DAY_MS);
    const { wire, proof } = await person.link({ expiresDay: today });
    const { id, bytes } = pack();
    await person.put(bytes);
    const noon = server.now;
    server.now = (today + 1) * DAY_MS - 1;
    const ticket = await ticketOf(proof);
    server.now += 1;
    assert.equal((await take(proof)).code, 'link-gone');
    assert.equal((await fetchPack(ticket, id)).status, 200);
    assert.equal((await complete(ticket)).status, 200);
    assert.equal((await row(wire.lookup))?.received, 1);
    assert.equal((await policy(wire.lookup, today + 2, null)).status, 200);
    assert.equal((await open(proof)).status, 200);
    server.now = noon;
  });

  it('locks after ten wrong proofs in an hour and a hundred in all, until the owner enables it again', async () => {
    const { wire, proof } = await person.link();
    const start = server.now;
    for (let hour = 0; hour < LINK_FAILURES_TOTAL / LINK_FAILURES_PER_HOUR; hour++) {
      const codes = new Set<unknown>();
      for (let i = 0; i < LINK_FAILURES_PER_HOUR; i++) codes.add((await open(wrongProof(wire.lookup))).code);
      assert.deepEqual([...codes], ['link-password']);
      assert.equal((await open(wrongProof(wire.lookup))).code, 'link-locked');
      assert.equal((await open(proof)).code, 'link-locked', 'the right proof too, or guessing would go on');
      server.now += 3_600_000;
    }
    assert.equal((await open(proof)).code, 'link-locked');
    assert.equal((await row(wire.lookup))?.state, 'locked');
    assert.equal((await row(wire.lookup))?.failures, LINK_FAILURES_TOTAL);
    assert.equal((await policy(wire.lookup, null, null)).status, 200);
    assert.equal((await open(proof)).status, 200);
    server.now = start;
  });

  it('lets two hundred parallel guesses try ten times', async () => {
    const { wire } = await person.link();
    const answers = await Promise.all(Array.from({ length: 200 }, () => open(wrongProof(wire.lookup))));
    assert.equal(answers.filter(({ code }) => code === 'link-password').length, LINK_FAILURES_PER_HOUR);
    assert.ok(answers.every(({ code }) => code === 'link-password' || code === 'link-locked'));
  });

  it('never lets more downloads begin than are allowed', async () => {
    const { wire, proof } = await person.link({ maxDownloads: 7 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => take(proof)));
    assert.equal(answers.filter(({ status }) => status === 200).length, 7);
    assert.ok(answers.every((answer) => answer.status === 200 || answer.code === 'link-gone'));
    assert.equal((await row(wire.lookup))?.state, 'used-up');
  });

  it('counts what was received and abandoned, and releases what never began', async () => {
    const { wire, proof } = await person.link({ maxDownloads: 3 });
    const { id, bytes } = pack();
    await person.put(bytes);
    const [done, stopped, idle] = [await ticketOf(proof), await ticketOf(proof), await ticketOf(proof)];
    await fetchPack(done, id);
    await fetchPack(stopped, id);
    assert.equal((await fetchPack(idle, hexId(32))).code, 'not-found');
    assert.equal((await complete(done)).status, 200);
    assert.equal((await open(proof)).code, 'link-gone');
    server.now += LINK_TICKET_IDLE_MS + 1;
    assert.equal((await open(proof)).as(ShareRecord).downloadsLeft, 1);
    const { received, abandoned, state } = (await row(wire.lookup)) ?? {};
    assert.deepEqual({ received, abandoned, state }, { received: 1, abandoned: 1, state: 'live' });
    for (const ticket of [done, stopped, idle]) assert.equal((await fetchPack(ticket, id)).code, 'link-gone');
  });

  it('keeps a ticket alive while it is used', async () => {
    const { wire, proof } = await person.link({ maxDownloads: 1 });
    const { id, bytes } = pack();
    await person.put(bytes);
    const ticket = await ticketOf(proof);
    for (let i = 0; i < 5; i++) {
      server.now += LINK_TICKET_IDLE_MS - 60_000;
      assert.equal((await fetchPack(ticket, id)).status, 200);
    }
    assert.equal((await complete(ticket)).status, 200);
    assert.equal((await row(wire.lookup))?.received, 1);
  });

  it('counts a ticket once however often it is taken, and lets its download go on', async () => {
    const today = Math.floor(server.now / DAY_MS);
    const { wire, proof } = await person.link({ maxDownloads: 1, expiresDay: today });
    const { id, bytes } = pack();
    await person.put(bytes);
    const noon = server.now;
    server.now = (today + 1) * DAY_MS - 1;
    const ticket = newTicket();
    const answers = await Promise.all(Array.from({ length: 20 }, () => take(proof, ticket)));
    assert.ok(answers.every(({ status }) => status === 200));
    assert.equal((await fetchPack(ticket, id)).status, 200);
    assert.equal((await take(wrongProof(wire.lookup), ticket)).code, 'link-password');
    assert.equal((await take(proof)).code, 'link-gone');
    server.now += 1;
    assert.equal((await take(proof, ticket)).status, 200);
    assert.equal((await complete(ticket)).status, 200);
    assert.equal((await take(proof, ticket)).code, 'link-gone');
    assert.equal((await row(wire.lookup))?.received, 1);
    server.now = noon;
  });

  it('refuses a ticket that is another link’s, short, or not canonical', async () => {
    const [one, other] = [await person.link(), await person.link()];
    const ticket = await ticketOf(one.proof);
    assert.equal((await take(other.proof, ticket)).code, 'link-gone');
    for (const bad of ['', 'abc', ticket.slice(1), `${ticket}=`, `${ticket}A`]) {
      assert.equal((await take(one.proof, bad)).code, 'bad-request', bad);
    }
  });

  it('reads packs of the link’s vault only, with a ticket only', async () => {
    const stranger = await Person.registered(server);
    const foreign = pack();
    const own = pack(262_144);
    await stranger.put(foreign.bytes);
    await person.put(own.bytes);
    const { proof } = await person.link();
    const ticket = await ticketOf(proof);
    assert.equal((await fetchPack(ticket, foreign.id)).code, 'not-found');
    const range = { headers: { ...ticketed(ticket).headers, range: 'bytes=65536-131071' } };
    const part = await server.askShare('GET', sharePackPath(own.id), range);
    assert.ok(part.bytes.equals(own.bytes.subarray(65_536, 131_072)));
    for (const headers of [{}, person.bearer, ticketed('x').headers]) {
      assert.equal((await server.askShare('GET', sharePackPath(own.id), { headers })).code, 'link-gone');
    }
  });

  it('counts nothing for reading', async () => {
    const { wire, proof } = await person.link({ maxDownloads: 1 });
    for (let i = 0; i < 5; i++) assert.equal((await open(proof)).as(ShareRecord).downloadsLeft, 1);
    for (const path of ['/s', ROUTES.shareOpen, ROUTES.shareTicket]) {
      await server.askShare('GET', path);
      await server.askShare('HEAD', path);
    }
    assert.equal((await row(wire.lookup))?.state, 'live');
  });

  it('is reachable on the share listener only', async () => {
    const { proof } = await person.link();
    assert.equal((await server.ask('POST', ROUTES.shareOpen, { json: proof })).code, 'not-found');
    assert.equal((await server.askShare('GET', ROUTES.links, { headers: person.bearer })).code, 'not-found');
  });
});
