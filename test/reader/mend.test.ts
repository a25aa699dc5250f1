/** Packs lost on a real server's disk, found by an audit, sent again by a backup: whole on another device and with the words. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createFindings } from '../../extension/runner/findings.ts';
import { createAuditLog, createTokenStore, systemClock } from '../../shared/browser/index.ts';
import { createChecker } from '../../shared/checker/index.ts';
import { countsOf, packsInUse } from '../../shared/vault/index.ts';
import { readVault, restoreEverything } from '../e2e/support/reader.ts';
import { random } from '../support/fixtures.ts';
import { PASSWORD } from '../support/person.ts';
import { itemOf } from '../support/share-scene.ts';
import { flipped } from '../support/tamper.ts';
import { archiveAs, itemsOf, NEVER, runReader } from './scene.ts';
import { assertRestored, type ServerScene, serverScene } from './server-scene.ts';

const log = createAuditLog('mend-log');
const tokens = createTokenStore('mend-tokens');
const findings = createFindings({ log, tokens, clock: systemClock, onLost: async () => undefined });
let scene: ServerScene;

before(async () => {
  scene = await serverScene();
  const { session } = scene.ada;
  await archiveAs(session, [itemOf('kept', random.bytes(300_000))]);
});
after(() => scene.close());

/** Reads every pack of Ada's vault and notes what comes of it. Answers the ids of the damaged ones. */
async function audit(): Promise<string[]> {
  const { vault, domain, vaultKeys, ports } = scene.ada.session;
  const checker = createChecker({ vault, domain, tokens, random, indexKey: vaultKeys.index, api: ports.api });
  for await (const verdict of checker.audit({ packs: 1_000, signal: NEVER }))
    await log.note(vault.vaultId, verdict, systemClock.now());
  return [...(await findings.damaged(vault.vaultId))].sort();
}

/** SHA-256 of every file, as a device that signs in now restores it. */
async function onAnotherDevice(): Promise<ReadonlyMap<string, string>> {
  return restoreEverything(await readVault(scene.server.app, { name: 'ada', password: PASSWORD }));
}

test('deleted, cut and changed on the disk: told, sent again without a version anew, and whole wherever it is read', async () => {
  const { server, ada, folder, original } = scene;
  const { state } = ada.session.vault;
  const expected = await onAnotherDevice();
  const source = ['--server', server.app];
  const then = new Date(state.lastCommitAt ?? 0).toISOString();
  await systemClock.sleep(5);

  const kept = packsInUse(state).at(-1)?.id as string;
  const place = (id: string): string => join(server.data, 'packs', id.slice(0, 2), id);
  const [gone, cut, changed] = packsInUse(state).map(({ id }) => id) as [string, string, string];
  assert.ok(new Set([gone, cut, changed, kept]).size === 4);
  await rm(place(gone));
  await truncate(place(cut), 70_000);
  await writeFile(place(changed), flipped(await readFile(place(changed)), 30_000));
  assert.deepEqual(await audit(), [gone, cut, changed].toSorted());
  assert.equal((await runReader(ada.words, ['verify', ...source])).code, 1);

  const { nodes, versions, chunks, packs } = countsOf(state);
  await archiveAs(ada.session, await itemsOf(join(folder, 'corpus')), findings);
  const after = countsOf(state);
  assert.deepEqual([after.nodes, after.versions, after.chunks], [nodes, versions, chunks]);
  assert.ok(after.packs > packs);
  assert.deepEqual(
    await audit().then((found) => found.filter((id) => packsInUse(state).some((each) => each.id === id))),
    [],
  );
  assert.ok(packsInUse(state).some(({ id }) => id === kept));

  assert.deepEqual(await onAnotherDevice(), expected);
  const verified = await runReader(ada.words, ['verify', ...source]);
  assert.equal(verified.code, 0, verified.out + verified.err);
  await rm(place(cut));
  for (const when of [[], ['--at', then]]) {
    const to = join(folder, `restored${when.join('')}`);
    const restored = await runReader(ada.words, ['restore', ...source, ...when, '--to', to]);
    assert.deepEqual([restored.code, restored.err], [0, '']);
    await rm(join(to, 'kept'));
    await assertRestored(original, to);
  }
  const copy = join(folder, 'copy');
  const exported = await runReader(ada.words, ['export', ...source, '--to', copy]);
  assert.deepEqual([exported.code, exported.err], [0, '']);
  const copied = (await readdir(join(copy, 'packs'), { recursive: true })).filter((path) => path.length > 64);
  assert.equal(copied.length, packsInUse(state).length);
  assert.equal((await runReader(ada.words, ['verify', '--dir', copy])).code, 0);
});
