/** Exports of a vault on a real server, read without it; and what the reader says when the server has lost something. */
import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openSource, openVault } from '../../reader/source.ts';
import { utf8 } from '../../shared/bytes/index.ts';
import { hashTree, type TreeFile } from '../support/corpus.ts';
import type { Person } from '../support/person.ts';
import type { TestServer } from '../support/server.ts';
import { itemOf } from '../support/share-scene.ts';
import { flipped } from '../support/tamper.ts';
import { archiveAs, runReader } from './scene.ts';
import { assertRestored, serverScene } from './server-scene.ts';

let server: TestServer;
let folder: string;
let ada: Person;
let newcomer: Person;
let original: ReadonlyMap<string, TreeFile>;
let close: () => Promise<void>;

before(async () => {
  ({ server, folder, ada, newcomer, original, close } = await serverScene());
});
after(() => close());

test('an export is the whole vault: verified, restored and exported on with no server', async () => {
  const [copy, second, to] = [join(folder, 'copy'), join(folder, 'second'), join(folder, 'from-copy')];
  const exported = await runReader(ada.words, ['export', '--server', server.app, '--to', copy]);
  assert.deepEqual([exported.code, exported.err], [0, '']);
  const more = await runReader(ada.words, ['export', '--server', server.app, '--to', copy]);
  assert.match(more.out, /exported \d+ log entries, 0 packs, kept \d+, failed 0/);
  await server.stop();
  try {
    const verified = await runReader(ada.words, ['verify', '--dir', copy]);
    assert.equal(verified.code, 0, verified.out + verified.err);
    assert.match(verified.out, /nothing is damaged/);
    const restored = await runReader(ada.words, ['restore', '--dir', copy, '--to', to]);
    assert.equal(restored.code, 0, restored.err);
    await assertRestored(original, to);
    assert.equal((await runReader(ada.words, ['export', '--dir', copy, '--to', second])).code, 0);
    const tree = async (root: string) => [...(await hashTree(root))].map(([path, { sha256 }]) => [path, sha256]);
    assert.deepEqual(await tree(second), await tree(copy));
  } finally {
    await server.restart();
  }
});

test('a copy that says it is of another account, or has lost entries, is refused', async () => {
  const copy = join(folder, 'copy-of-newcomer');
  await runReader(newcomer.words, ['export', '--server', server.app, '--to', copy]);
  const others = await runReader(ada.words, ['list', '--dir', copy]);
  assert.equal(others.code, 3);
  assert.match(others.err, /E_CREDENTIALS/);
  const over = await runReader(ada.words, ['export', '--server', server.app, '--to', copy]);
  assert.equal(over.code, 3);
  assert.match(over.err, /another account/);
  const reading = async () => openVault(await openSource({ server: null, directory: copy }, newcomer.words));
  const log = join(copy, 'log');
  for (const vault of await readdir(log)) {
    const entry = join(log, vault, '0000000001');
    const bytes = await readFile(entry);
    for (const wrong of [flipped(bytes, 100), bytes.subarray(0, 1_000), new Uint8Array(0)]) {
      await writeFile(entry, wrong);
      await assert.rejects(reading(), { code: 'E_INTEGRITY', message: /entry 1 of the log/ });
    }
    await rm(entry);
    await assert.rejects(reading(), { code: 'E_INTEGRITY', message: /entry 1 of the log is missing/ });
    await writeFile(entry, bytes);
  }
  assert.equal((await reading()).state.seq, 1);
});

test('packs that the server lost or damaged are named, with the files they touch; the other files come back', async () => {
  const packs = join(server.data, 'packs');
  const all = (await readdir(packs, { recursive: true })).filter((path) => /[0-9a-f]{64}$/.test(path)).sort();
  const [gone, bad] = [join(packs, all[0] as string), join(packs, all[1] as string)];
  const [goneBytes, badBytes] = [await readFile(gone), await readFile(bad)];
  await truncate(gone, 100);
  await writeFile(bad, flipped(badBytes, badBytes.length >> 1));
  try {
    const to = join(folder, 'damaged');
    const verified = await runReader(ada.words, ['verify', '--server', server.app, '--json']);
    const verdict = JSON.parse(verified.out) as { damagedPacks: unknown[]; damagedVersions: { path: string[] }[] };
    assert.equal(verified.code, 1, verified.err);
    assert.equal(verdict.damagedPacks.length, 2);
    const restored = await runReader(ada.words, ['restore', '--server', server.app, '--to', to]);
    assert.equal(restored.code, 1);
    const failed = restored.err.split('\n').filter((line) => line.startsWith('failed  ')).length;
    assert.equal(failed, verdict.damagedVersions.length);
    const there = await hashTree(to);
    assert.equal(there.size, original.size - failed);
    const hashes = new Set([...original.values()].map(({ sha256 }) => sha256));
    for (const [path, { sha256 }] of there) assert.ok(hashes.has(sha256), path);
  } finally {
    await writeFile(gone, goneBytes);
    await writeFile(bad, badBytes);
  }
  const to = join(folder, 'damaged');
  assert.equal((await runReader(ada.words, ['restore', '--server', server.app, '--to', to])).code, 0);
  await assertRestored(original, to);
});

test('an export takes the place of no newer copy, and of none with another history', async () => {
  const [old, copy] = [join(folder, 'old'), join(folder, 'newer')];
  const exported = (to: string, ...from: string[]) => runReader(newcomer.words, ['export', ...from, '--to', to]);
  const tree = async () => [...(await hashTree(copy))].map(([path, { sha256 }]) => [path, sha256]);
  await archiveAs(newcomer.session, [itemOf('january.txt', utf8('january'))]);
  assert.equal((await exported(old, '--server', server.app)).code, 0);
  await archiveAs(newcomer.session, [itemOf('february.txt', utf8('february'))]);
  assert.equal((await exported(copy, '--server', server.app)).code, 0);
  const before = await tree();
  const back = await exported(copy, '--dir', old);
  assert.equal(back.code, 3);
  assert.match(back.err, /E_ROLLBACK/);
  assert.deepEqual(await tree(), before);

  // As if the copy had seen another end of the log than the server shows.
  const account = join(copy, 'account.json');
  const honest = await readFile(account, 'utf8');
  const other = JSON.parse(honest);
  for (const { head } of other.vaults) head.hash = 'ab'.repeat(32);
  await writeFile(account, JSON.stringify(other));
  const beside = await exported(copy, '--server', server.app);
  assert.equal(beside.code, 3);
  assert.match(beside.err, /E_FORK/);
  await writeFile(account, honest);
  assert.deepEqual(await tree(), before);
  assert.equal((await exported(copy, '--server', server.app)).code, 0);
});
