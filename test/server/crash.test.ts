import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, open, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Refusal } from '../../server/domain/index.ts';
import { openFsPackStore } from '../../server/store/index.ts';
import { LINK_TICKET_IDLE_MS, ROUTES, sharePackPath } from '../../shared/protocol/index.ts';
import { AccountInfo, LogPage } from '../../shared/protocol/schemas.ts';
import { bench } from './support/bench.ts';
import { Child } from './support/child.ts';
import { entry, newTicket, Person, pack, sha256Hex } from './support/person.ts';

/** Puts and commits until the server dies; answers what was acknowledged. */
async function backUp(person: Person, seen: { packs: Set<string>; entries: Buffer[] }): Promise<void> {
  for (;;) {
    const { id, bytes } = pack([65_536, 262_144, 1_048_576][seen.packs.size % 3]);
    const put = await person.put(bytes).catch(() => null);
    if (put?.status !== 200) return;
    seen.packs.add(id);
    const body = entry(1_024, seen.entries.length);
    const appended = await person.append([body], [id]).catch(() => null);
    if (appended?.status !== 200) return;
    seen.entries.push(body);
  }
}

describe('kill -9', () => {
  it('loses nothing that was acknowledged, and keeps nothing half', async () => {
    const data = await mkdtemp(join(tmpdir(), 'holdfast-kill-'));
    const env = { HOLDFAST_DATA: data, HOLDFAST_LOG_LEVEL: 'silent' };
    let child = await Child.listening(env);
    const people: Person[] = [];
    for (let i = 0; i < 3; i++) people.push(await Person.registered({ ask: (...call) => child.ask(...call) }));
    const seen = people.map(() => ({ packs: new Set<string>(), entries: [] as Buffer[] }));
    for (let round = 0; round < 8; round++) {
      const work = people.map((person, i) => backUp(person, seen[i] ?? { packs: new Set(), entries: [] }));
      await new Promise((done) => setTimeout(done, 60 + round * 45));
      await child.end('SIGKILL');
      await Promise.all(work);
      child = await Child.listening(env);
      for (const [i, person] of people.entries())
        await check(person, seen[i]?.packs ?? new Set(), seen[i]?.entries ?? []);
    }
    assert.ok(seen.every(({ packs }) => packs.size > 0));
    assert.deepEqual(await readdir(join(data, 'packs', 'incoming')), []);
    await child.end('SIGTERM');
    await rm(data, { recursive: true });
  });

  async function check(person: Person, packs: ReadonlySet<string>, entries: Buffer[]): Promise<void> {
    for (const id of packs) {
      const answer = await person.get(id);
      assert.equal(answer.status, 200);
      assert.equal(sha256Hex(answer.bytes), id);
    }
    const stored: Buffer[] = [];
    let page: { head: { seq: number; hash: string } };
    do {
      const read = (await person.readLog(stored.length + 1)).as(LogPage);
      stored.push(...read.entries.map(({ body }) => Buffer.from(body, 'base64url')));
      page = read;
    } while (stored.length + 1 < page.head.seq);
    for (const [i, body] of entries.entries()) assert.ok(stored[i]?.equals(body), `entry ${i}`);
    assert.ok(stored.length - entries.length <= 1, 'at most the one that was in flight');
    person.head = page.head;
    entries.splice(0, entries.length, ...stored);
  }
});

describe('a full disk', () => {
  const mounted = async (megabytes: number, body: (path: string) => Promise<void>) => {
    const path = await mkdtemp(join(tmpdir(), 'holdfast-full-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
    try {
      await body(path);
    } finally {
      execFileSync('umount', [path]);
      await rm(path, { recursive: true });
    }
  };

  it('refuses packs with 507, loses nothing, and goes on when there is room', () =>
    mounted(8, async (path) => {
      const server = await bench({ HOLDFAST_DATA: join(path, 'data') });
      const person = await Person.registered(server);
      const ballast = join(path, 'ballast');
      await writeFile(ballast, Buffer.alloc(2_097_152));
      const stored: string[] = [];
      let refused = 0;
      for (let i = 0; i < 20 && refused < 3; i++) {
        const { id, bytes } = pack(1_048_576);
        const answer = await person.put(bytes);
        if (answer.status === 200) stored.push(id);
        else {
          assert.equal(answer.code, 'server-full');
          refused += 1;
        }
      }
      assert.equal(refused, 3);
      assert.ok(stored.length > 0);
      assert.deepEqual(await readdir(join(path, 'data', 'packs', 'incoming')), []);
      for (const id of stored) {
        assert.equal(sha256Hex((await person.get(id)).bytes), id);
      }
      await rm(ballast);
      assert.equal((await person.put(pack(1_048_576).bytes)).status, 200);
      await server.close();
    }));

  it('counts what is on its way to the disk as if it were there', () =>
    mounted(8, async (path) => {
      const { bavail, bsize } = await statfs(path);
      const store = await openFsPackStore({ root: path, reserveBytes: bavail * bsize - 1_572_864 });
      const [first, second] = [pack(1_048_576), pack(1_048_576)];
      const put = ({ id, bytes }: typeof first, meanwhile = async () => {}) =>
        store.put(
          id,
          bytes.length,
          (async function* () {
            await meanwhile();
            yield bytes;
          })(),
        );
      await put(first, async () => {
        await assert.rejects(put(second), (error) => error instanceof Refusal && error.problem === 'server-full');
      });
      assert.equal(await store.has(first.id, 1_048_576), true);
    }));

  it('refuses commits with 507 when not even the database fits, and takes them again later', () =>
    mounted(8, async (path) => {
      const server = await bench({ HOLDFAST_DATA: join(path, 'data') });
      const person = await Person.registered(server);
      const ballast = join(path, 'ballast');
      await mkdir(ballast);
      for (let i = 0; ; i++) {
        try {
          await writeFile(join(ballast, `${i}`), Buffer.alloc(65_536));
        } catch {
          break;
        }
      }
      let answer = await person.append([entry(262_144)]);
      for (let i = 0; i < 40 && answer.status === 200; i++) answer = await person.append([entry(262_144)]);
      assert.equal(answer.code, 'server-full');
      assert.equal((await person.append([entry(262_144)])).code, 'server-full', 'and the server still stands');
      assert.equal((await person.ask('GET', ROUTES.account)).status, 200);
      const before = (await person.readLog(0)).as(LogPage);
      assert.deepEqual(before.head, person.head, 'nothing half');
      await rm(ballast, { recursive: true });
      assert.equal((await person.append([entry(262_144)])).status, 200);
      const { usedBytes } = (await person.ask('GET', ROUTES.account)).as(AccountInfo);
      assert.equal(usedBytes, 1_024 + 1_024 + (person.head.seq - 1) * 262_144);
      await server.close();
    }));

  it('goes on reading, for who is signed in, when nothing can be written, and ends in good order', () =>
    mounted(24, async (path) => {
      const server = await bench({ HOLDFAST_DATA: join(path, 'data') });
      const person = await Person.registered(server);
      const { id, bytes } = pack();
      assert.equal((await person.put(bytes)).status, 200);
      const { proof } = await person.link();
      const [ticket, idle] = [newTicket(), newTicket()];
      for (const each of [idle, ticket]) {
        server.now += LINK_TICKET_IDLE_MS / 2 + 1;
        await server.askShare('POST', ROUTES.shareTicket, { json: { ...proof, ticket: each } });
      }
      const ballast = await open(join(path, 'ballast'), 'w');
      await assert.rejects(async () => {
        for (;;) await ballast.write(Buffer.alloc(4_096));
      }, /ENOSPC/);
      await ballast.close();

      server.now += LINK_TICKET_IDLE_MS / 2;
      const headers = { authorization: `Ticket ${ticket}` };
      for (let i = 0; i < 3; i++) {
        assert.equal((await person.get(id)).status, 200);
        assert.equal((await person.readLog(0)).status, 200);
        assert.equal((await person.ask('GET', ROUTES.links)).status, 200);
        assert.equal((await server.askShare('POST', ROUTES.shareOpen, { json: proof })).status, 200);
        assert.equal((await server.askShare('GET', sharePackPath(id), { headers })).status, 200);
      }
      for (const answer of [await person.append([entry(65_536)]), await person.deviceLogin()])
        assert.equal(answer.code, 'server-full');
      await server.close();
    }));

  it('keeps room for sign-in and logs when packs have filled the rest', () =>
    mounted(16, async (path) => {
      const server = await bench({ HOLDFAST_DATA: join(path, 'data'), HOLDFAST_RESERVE_BYTES: '6291456' });
      const person = await Person.registered(server);
      let answer = await person.put(pack(1_048_576).bytes);
      while (answer.status === 200) answer = await person.put(pack(1_048_576).bytes);
      assert.equal(answer.code, 'server-full');
      assert.equal((await person.append([entry(65_536)])).status, 200);
      assert.equal((await Person.registered(server)).token.length, 43);
      await server.close();
    }));
});
