import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { headTag, logPath, logReadPath, MAX_ENTRIES_PER_APPEND, ROUTES } from '../../shared/protocol/index.ts';
import { AccountInfo, AppendAnswer, LogPage, VaultList } from '../../shared/protocol/schemas.ts';
import { type Bench, bench } from './support/bench.ts';
import { entry, headAfter, hexId, Person, pack } from './support/person.ts';

describe('vaults', () => {
  let server: Bench;
  before(async () => {
    server = await bench();
  });
  after(() => server.close());

  it('chains what is appended and hands it out in order', async () => {
    const person = await Person.registered(server);
    const bodies = [entry(1_024, 1), entry(4_096, 2), entry(1_024, 3)];
    const answer = await person.append(bodies);
    assert.deepEqual(answer.as(AppendAnswer).head, person.head);
    assert.equal(answer.headers.etag, headTag(person.head.seq, person.head.hash));
    const page = (await person.readLog(0)).as(LogPage);
    assert.deepEqual(page.head, person.head);
    assert.deepEqual(
      page.entries.map(({ body }) => body),
      [person.genesis[1], ...bodies].map((body) => body.toString('base64url')),
    );
    assert.ok(page.entries.every(({ day }) => day === Math.floor(server.now / 86_400_000)));
    const rest = (await person.readLog(2, { limit: 1 })).as(LogPage);
    assert.deepEqual(
      rest.entries.map(({ body }) => body),
      [bodies[1]?.toString('base64url')],
    );
    assert.deepEqual((await person.readLog(4)).as(LogPage).entries, []);
    const { vaults } = (await person.ask('GET', ROUTES.vaults)).as(VaultList);
    assert.deepEqual(vaults.find(({ vaultId }) => vaultId === person.vault)?.head, person.head);
    const { usedBytes } = (await person.ask('GET', ROUTES.account)).as(AccountInfo);
    assert.equal(usedBytes, 2 * 1_024 + 1_024 + 4_096 + 1_024);
  });

  it('pages by bytes too', async () => {
    const person = await Person.registered(server);
    for (let i = 0; i < 6; i++) assert.equal((await person.append([entry(1_048_576, i)])).status, 200);
    const first = (await person.readLog(1)).as(LogPage);
    assert.equal(first.entries.length, 4);
    assert.equal((await person.readLog(5)).as(LogPage).entries.length, 2);
  });

  it('answers a reader who knows more than the log with its head, so that it can tell a rollback', async () => {
    const person = await Person.registered(server);
    const page = (await person.readLog(7)).as(LogPage);
    assert.deepEqual([page.entries, page.head], [[], person.head]);
  });

  it('refuses queries that are none', async () => {
    const person = await Person.registered(server);
    for (const asked of [{ after: -1 }, { after: 'x' }, { after: null }, { limit: 0 }, { limit: 257 }, { x: 1 }])
      assert.equal((await person.readLog(0, asked)).code, 'bad-request', JSON.stringify(asked));
    assert.equal((await person.ask('POST', logReadPath(person.vault), { json: {} })).code, 'bad-request');
  });

  it('answers a moved head with the head, and asks for one that is missing', async () => {
    const person = await Person.registered(server);
    const stale = person.head;
    await person.append([entry()]);
    const json = { entries: [{ body: entry().toString('base64url') }], requires: [] };
    const append = (headers: Record<string, string>) => person.ask('POST', logPath(person.vault), { json, headers });
    const moved = await append({ 'if-match': headTag(stale.seq, stale.hash) });
    assert.equal(moved.code, 'head-moved');
    assert.deepEqual(moved.problem?.head, person.head);
    const wrongHash = await append({ 'if-match': headTag(person.head.seq, 'f'.repeat(64)) });
    assert.equal(wrongHash.code, 'head-moved');
    assert.equal((await append({})).code, 'precondition-required');
    for (const tag of ['*', 'W/"1.00"', headTag(1, 'xyz'), `${headTag(1, 'a'.repeat(64))}, "x"`]) {
      assert.equal((await append({ 'if-match': tag })).code, 'bad-request', tag);
    }
  });

  it('takes entries of exact classes only, and all of an append or nothing', async () => {
    const person = await Person.registered(server);
    for (const size of [0, 1_023, 1_025, 1_110, 8_192]) {
      assert.equal((await person.append([entry(), Buffer.alloc(size)])).code, 'bad-request', `${size}`);
    }
    assert.equal((await person.append([])).code, 'bad-request');
    const many = Array.from({ length: MAX_ENTRIES_PER_APPEND + 1 }, () => entry());
    assert.equal((await person.append(many)).code, 'bad-request');
    const large = Array.from({ length: 5 }, () => entry(1_048_576));
    assert.equal((await person.append(large)).code, 'too-large');
    assert.deepEqual((await person.readLog(1)).as(LogPage).entries, []);
    assert.equal((await person.append(many.slice(1))).status, 200);
  });

  it('commits only what it has all packs for, and names the others', async () => {
    const person = await Person.registered(server);
    const stranger = await Person.registered(server);
    const [here, there, nowhere] = [pack(), pack(), pack()];
    assert.equal((await person.put(here.bytes)).status, 200);
    assert.equal((await stranger.put(there.bytes)).status, 200);
    const refused = await person.append([entry()], [nowhere.id, here.id, there.id]);
    assert.equal(refused.code, 'packs-missing');
    assert.deepEqual(refused.problem?.missing, [nowhere.id, there.id]);
    assert.equal((await person.append([entry()], [here.id])).status, 200);
  });

  it('knows no vault of anybody else', async () => {
    const person = await Person.registered(server);
    const stranger = await Person.registered(server);
    const json = { entries: [{ body: entry().toString('base64url') }], requires: [] };
    for (const vault of [person.vault, hexId()]) {
      assert.equal((await stranger.ask('POST', logReadPath(vault), { json: { after: 0 } })).code, 'not-found');
      const headers = { 'if-match': headTag(person.head.seq, person.head.hash) };
      assert.equal((await stranger.ask('POST', logPath(vault), { json, headers })).code, 'not-found');
    }
    assert.equal((await server.ask('POST', logReadPath(person.vault), { json: { after: 0 } })).code, 'unauthorized');
  });

  it('lets one of fifty parallel appends win each round', async () => {
    const person = await Person.registered(server);
    const from = person.head;
    const bodies = Array.from({ length: 50 }, (_, i) => entry(1_024, i));
    const answers = await Promise.all(
      bodies.map((body) =>
        person.ask('POST', logPath(person.vault), {
          json: { entries: [{ body: body.toString('base64url') }], requires: [] },
          headers: { 'if-match': headTag(from.seq, from.hash) },
        }),
      ),
    );
    const winners = answers.flatMap((answer, i) => (answer.status === 200 ? [i] : []));
    assert.equal(winners.length, 1);
    const head = headAfter(person.vault, from, bodies[winners[0] ?? 0] ?? entry());
    assert.deepEqual((await person.readLog(1)).as(LogPage).head, head);
    assert.ok(answers.every((answer) => answer.status === 200 || answer.code === 'head-moved'));
  });

  it('leaves room beyond the quota for tidying up, but not without end', async () => {
    const full = await bench({ HOLDFAST_QUOTA_BYTES: '2048' });
    const person = await Person.registered(full);
    assert.equal((await person.put(pack().bytes)).code, 'quota-exceeded');
    let appended = 0;
    while ((await person.append(Array.from({ length: 4 }, () => entry(1_048_576)))).status === 200) appended += 4;
    assert.equal(appended, 64);
    assert.equal((await person.append(Array.from({ length: 1 }, () => entry(1_048_576)))).code, 'quota-exceeded');
    await full.close();
  });
});
