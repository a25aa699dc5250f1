/** What audits say of a folder: of all files under it, as far as this device has read them back. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuditLog } from '../../shared/browser/index.ts';
import { codeOf } from '../../shared/errors/index.ts';
import { newestVersion, packsOfVersion } from '../../shared/vault/index.ts';
import { proofOfNode } from '../../web/worker/proofs.ts';
import { foundVault, joinVault, random } from '../support/fixtures.ts';
import { MemoryServer } from '../support/memory-server.ts';
import { archive, idByName, itemOf } from '../support/share-scene.ts';

/** A folder `home` with a small file, one whose list of chunks lies in packs too, an empty one, and one in a folder of its own. */
async function scene() {
  const server = new MemoryServer();
  const device = await joinVault(server, await foundVault(server));
  const sizes = { 'home/small': 3_000, 'home/large': 48_000_000, 'home/empty': 0, 'home/sub/deep': 200_000 };
  // Each alone, so that no two share a pack.
  for (const [path, size] of Object.entries(sizes)) await archive(device, [itemOf(path, random.bytes(size))]);
  const read = (pack: string, range?: { start: number; end: number }) => server.pack('', pack, range);
  const { state, vaultId } = device.vault;
  const log = createAuditLog();
  return {
    log: (packId: string, at: number, damaged = false) =>
      log.note(vaultId, damaged ? { packId, damage: 'missing' } : { packId, damage: null }, at),
    packsOf: (name: string) =>
      packsOfVersion(state, device.domain, newestVersion(state, { fileId: idByName({ device }, name) }), read),
    proof: (name: string, signal = new AbortController().signal) =>
      proofOfNode(device, idByName({ device }, name), read, signal),
  };
}

test('a folder counts its files with content, at any depth, and has a date when all were read back', async () => {
  const { log, packsOf, proof } = await scene();
  assert.deepEqual(await proof('home'), { files: 3, read: 0, damaged: 0, readAt: null });
  assert.equal(await proof('empty'), null);
  for (const pack of await packsOf('small')) await log(pack, 700);
  for (const pack of await packsOf('deep')) await log(pack, 500);
  assert.deepEqual(await proof('home'), { files: 3, read: 2, damaged: 0, readAt: null });
  assert.deepEqual(await proof('sub'), { files: 1, read: 1, damaged: 0, readAt: 500 });
  for (const pack of await packsOf('large')) await log(pack, 600);
  assert.deepEqual(await proof('home'), { files: 3, read: 3, damaged: 0, readAt: 500 });
  const [lost] = await packsOf('large');
  await log(lost as string, 800, true);
  assert.deepEqual(await proof('home'), { files: 3, read: 2, damaged: 1, readAt: null });
});

test('whoever does not wait any more ends it', async () => {
  const { proof } = await scene();
  const leaving = new AbortController();
  const asked = proof('home', leaving.signal);
  leaving.abort();
  await assert.rejects(asked, (error) => codeOf(error) === 'E_CANCELLED');
});
