/** What the server lost, from the audit that finds out to the one that has read what took its place, over a real queue and vault. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Sources } from '../../extension/capture/worker/index.ts';
import { createOutbox, newId, openQueue, readSummary } from '../../extension/queue/index.ts';
import { type AuditPorts, auditWhenDue } from '../../extension/runner/audit.ts';
import { Bell } from '../../extension/runner/bell.ts';
import { createFindings } from '../../extension/runner/findings.ts';
import { run } from '../../extension/runner/run.ts';
import { createArchiver } from '../../shared/archiver/index.ts';
import { cancelled } from '../../shared/async/index.ts';
import { createAuditLog, createTokenStore } from '../../shared/browser/index.ts';
import { fromHex, toHex } from '../../shared/bytes/index.ts';
import { createChecker } from '../../shared/checker/index.ts';
import { sha256 } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { sealPack } from '../../shared/format/index.ts';
import { nodesOf, packsInUse } from '../../shared/vault/index.ts';
import { type Disk, folderHandle, type Tree } from '../support/file-tree.ts';
import { foundVault, joinVault, random } from '../support/fixtures.ts';
import { MemoryServer } from '../support/memory-server.ts';

const HALF_HOUR = 30 * 60_000;
const DAY = 48 * HALF_HOUR;
const NEVER = new AbortController().signal;
let count = 0;

const disk = (): Disk => ({ bytes: [...random.bytes(900)], mtime: 1_000 });

/** A folder `Home` on the disk, a device, and its engine, whose audits find what the server has lost. */
async function rig(home: Tree) {
  const name = `mend-${count++}`;
  const server = new MemoryServer();
  const clock = { now: 20_000 * DAY };
  const db = openQueue(name);
  const outbox = createOutbox(db, () => clock.now);
  const log = createAuditLog(`${name}-log`);
  const tokens = createTokenStore(`${name}-tokens`);
  const time = { now: () => clock.now, sleep: (_: number, signal?: AbortSignal) => nextTurn(signal) };
  const findings = createFindings({ log, tokens, clock: time, onLost: () => outbox.audits.hurry() });
  const device = { ...(await joinVault(server, await foundVault(server))), tokens, findings };
  const read: string[] = [];
  const api = {
    challengePacks: server.challengePacks.bind(server),
    pack: (vault: string, id: string) => {
      read.push(id);
      return server.pack(vault, id);
    },
  };
  const auditing: AuditPorts = {
    ...{ outbox, clock: time, isMetered: () => false, onMoved: () => undefined, random: () => 0 },
    openAuditor: async () => ({ vault: device.vault, checker: createChecker({ ...device, random, api }), log }),
  };
  await outbox.controls.put('account', 'ada');
  const drain = async (sources = new Sources()): Promise<void> => {
    await run(
      {
        ...{ outbox, sources, clock: time, owner: newId(), random: () => 0, woken: new Bell() },
        web: { fetch: async () => new Response(), isOnline: () => true, now: () => 0 },
        ...{ isMetered: () => false, onMoved: () => undefined },
        openEngine: async () => createArchiver(device),
      },
      NEVER,
    );
  };
  return {
    ...{ server, device, clock, outbox, db, log, read, drain },
    /** Backs the folder up, as a drop or a scan does. */
    async scan() {
      const handle = { kind: 'directory', name: 'Home' } as unknown as FileSystemDirectoryHandle;
      await outbox.intake.capture([{ kind: 'folder', handle }]);
      const [id] = (await db.sources.toCollection().primaryKeys()) as [string];
      const sources = new Sources();
      // The database in memory keeps no handles; those met first are used.
      sources.hold({ id, kind: 'folder', handle: folderHandle('Home', home) });
      await drain(sources);
    },
    async drop(file: string) {
      const { bytes, mtime } = home[file] as Disk;
      const blob = new Blob([new Uint8Array(bytes)]);
      await outbox.intake.capture([{ kind: 'bytes', blob, path: ['Home'], name: file, mtime }]);
      await drain();
    },
    /** A stretch of audits, if one is due. */
    audit: () => auditWhenDue(auditing, NEVER),
    async auditToday() {
      clock.now += DAY;
      for (let stretch = 0; stretch < 5; stretch++, clock.now += HALF_HOUR) await auditWhenDue(auditing, NEVER);
    },
    damaged: async () => (await readSummary(db)).audit.damaged,
    isDue: async () => ((await outbox.audits.dueAt()) ?? 0) <= clock.now,
    inUse: () => packsInUse(device.vault.state).map(({ id }) => id),
    versions: () => [...nodesOf(device.vault.state)].map(({ versionCount }) => versionCount),
  };
}

function nextTurn(signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(() => (signal?.aborted ? reject(cancelled(signal)) : resolve()), 1);
  });
}

test('a folder that is scanned again mends itself, and the note goes when what was sent was read', async () => {
  const home: Tree = { a: disk(), b: disk(), sub: { c: disk() } };
  const r = await rig(home);
  await r.scan();
  const [lost] = r.inUse() as [string];
  home.d = disk();
  await r.scan();
  r.server.packs.delete(lost);
  await r.auditToday();
  assert.deepEqual(await r.damaged(), { packs: [lost], files: 3, others: false });
  await r.scan();
  const { tally } = await readSummary(r.db);
  assert.deepEqual([tally.doneFiles, tally.unchanged], [3, 1]);
  assert.notEqual(await r.damaged(), null, 'not before it was read');
  assert.ok(await r.isDue());
  r.read.length = 0;
  await r.audit();
  assert.equal(await r.damaged(), null);
  const mended = r.inUse().at(-1) as string;
  assert.ok(r.read.includes(mended));
  assert.equal((await r.log.all(r.device.vault.vaultId)).get(mended)?.damage, null);
  assert.deepEqual(r.versions(), [1, 1, 1, 1, 1, 1]);
  await r.auditToday();
  assert.equal(await r.damaged(), null);
  assert.ok(!r.read.includes(lost));
});

test('what is backed up again is no longer counted, the rest is; older versions alone are said as such', async () => {
  const home: Tree = { a: disk(), b: disk(), c: disk() };
  const r = await rig(home);
  await r.scan();
  r.server.packs.clear();
  await r.auditToday();
  assert.equal((await r.damaged())?.files, 3);
  await r.drop('a');
  await r.audit();
  assert.equal((await r.damaged())?.files, 2);
  for (const name of ['b', 'c']) home[name] = { ...disk(), mtime: 2_000 };
  await r.scan();
  await r.audit();
  const { files, others } = (await r.damaged()) ?? {};
  assert.deepEqual([files, others], [0, true]);
});

test('lost once more before it was read: the note stays, and another backup mends that', async () => {
  const r = await rig({ a: disk() });
  await r.scan();
  r.server.packs.clear();
  await r.auditToday();
  await r.scan();
  const again = r.inUse();
  r.server.packs.clear();
  await r.audit();
  assert.deepEqual(await r.damaged(), { packs: again, files: 1, others: false });
  await r.scan();
  await r.audit();
  assert.equal(await r.damaged(), null);
});

test('more packs than one stretch reads: nothing less is told before the last of them, and none waits half an hour', async () => {
  const home: Tree = {};
  const r = await rig(home);
  for (let i = 0; i < 11; i++) {
    home[`${i}`] = disk();
    await r.scan();
  }
  r.server.packs.clear();
  await r.auditToday();
  await r.auditToday();
  const told = await r.damaged();
  for (let i = 0; i < 11; i++) await r.drop(`${i}`);
  r.read.length = 0;
  await r.audit();
  assert.deepEqual([(await r.damaged())?.files, await r.isDue()], [told?.files, true]);
  await r.audit();
  assert.equal(await r.damaged(), null);
  assert.equal(new Set(r.read).size, 11);
});

test('a lost pack with nothing in it that a version consists of is no damage', async () => {
  const r = await rig({ a: disk() });
  await r.scan();
  const { domain, indexKey, vault } = r.device;
  const blobs = [{ cid: random.bytes(32), blob: { salt: random.bytes(16), sealed: random.bytes(100) } }];
  const { pack, rows } = await sealPack(domain, indexKey, blobs, random.bytes);
  const id = toHex(await sha256(pack));
  const [row] = rows.map(({ cid, off, len, salt }): [typeof cid, number, number, typeof salt] => [cid, off, len, salt]);
  assert.ok(row);
  await vault.append(() => [{ op: 'index-add', pack: fromHex(id), size: pack.length, blobs: [row] }], []);
  await r.auditToday();
  assert.equal((await r.log.all(vault.vaultId)).get(id)?.damage, 'missing');
  assert.equal(await r.damaged(), null);
});

test('a backup that meets the loss before an audit does goes on by itself, and the next audit looks at once', async () => {
  const r = await rig({ a: disk(), b: disk() });
  await r.scan();
  r.server.packs.clear();
  // As a server says it whose disk has lost a pack.
  const { pack } = r.server;
  r.server.pack = async (vault, id, range) => {
    if (!r.server.packs.has(id)) throw new HoldfastError('E_INTEGRITY', 'pack-damaged');
    return pack.call(r.server, vault, id, range);
  };
  await r.drop('a');
  assert.equal((await readSummary(r.db)).hold?.code, 'E_INTEGRITY');
  r.clock.now += HALF_HOUR;
  await r.drain();
  const { counts, hold } = await readSummary(r.db);
  assert.deepEqual([counts.proven, counts.committed, hold], [3, 0, null]);
  assert.ok(await r.isDue());
  await r.audit();
  assert.equal((await r.damaged())?.files, 1);
  await r.drop('b');
  await r.audit();
  assert.equal(await r.damaged(), null);
  assert.deepEqual(r.versions(), [1, 1, 1]);
});

test('a pack that only a bad moment kept away is read by the next audit, and nothing is told', async () => {
  const r = await rig({ a: disk(), b: disk() });
  await r.scan();
  await r.auditToday();
  // None is drawn any more today.
  for (let i = 0; i < 10; i++) await r.outbox.audits.wasRead(true, true);
  const { pack } = r.server;
  r.server.pack = () => Promise.reject(new HoldfastError('E_INTEGRITY', 'the test says so'));
  await r.drop('a');
  r.server.pack = pack;
  r.clock.now += HALF_HOUR;
  await r.drain();
  await r.audit();
  assert.equal(await r.damaged(), null);
  const audited = await r.log.all(r.device.vault.vaultId);
  assert.deepEqual(
    r.inUse().map((id) => audited.get(id)?.damage),
    [null, null],
  );
});

test('tokens of a pack that never came to be in the log are forgotten', async () => {
  const r = await rig({ a: disk() });
  await r.scan();
  const { tokens, vault } = r.device;
  const never = toHex(random.bytes(32));
  await tokens.put(vault.vaultId, never, { salt: random.bytes(16), macs: [random.bytes(16)] });
  await r.auditToday();
  const left = await tokens.take(vault.vaultId, [never, ...r.inUse()], 9, r.clock.now + DAY);
  assert.deepEqual([...left.keys()], r.inUse());
});
