/** The date of a file or folder: the oldest among its packs, and none while one of them was never read back whole. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type AuditedPack, joined, NOTHING_TO_PROVE, type Proof, proofOf } from '../../../shared/checker/index.ts';
import { newestVersion, packsOf, packsOfVersion } from '../../../shared/vault/index.ts';
import { foundVault, joinVault, random } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { archive, idByName, itemOf } from '../../support/share-scene.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const pack: fc.Arbitrary<AuditedPack> = fc.record({
  at: fc.nat(),
  damage: fc.option(fc.constantFrom('missing', 'changed', 'footer', 'chunk'), { freq: 2 }),
});
const audits = fc.dictionary(id, pack).map((found) => new Map(Object.entries(found)));

test('the date is that of the pack that was read longest ago', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id), audits, (packs, audited) => {
      const { files, read, readAt, damaged } = proofOf(packs, audited);
      const found = packs.map((each) => audited.get(each));
      assert.equal(files, packs.length === 0 ? 0 : 1);
      assert.equal(damaged, found.some((each) => each?.damage) ? 1 : 0);
      assert.equal(read, readAt === null ? 0 : 1);
      if (readAt === null) assert.ok(packs.length === 0 || found.some((each) => each === undefined || each.damage));
      else assert.ok(found.every((each) => each!.at >= readAt) && found.some((each) => each!.at === readAt));
    }),
  );
});

test('reading another pack back never makes a date older, and never takes one away', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1 }), audits, id, fc.nat(), (packs, audited, read, later) => {
      const newest = Math.max(0, ...[...audited.values()].map(({ at }) => at));
      const before = proofOf(packs, audited);
      const after = proofOf(packs, new Map([...audited, [read, { at: newest + later, damage: null }]]));
      if (before.readAt !== null) assert.ok(after.readAt !== null && after.readAt >= before.readAt);
    }),
  );
});

test('of several files the oldest date counts, and none while one was never read back', () => {
  const proof = fc.tuple(fc.uniqueArray(id), audits).map(([packs, audited]) => proofOf(packs, audited));
  fc.assert(
    fc.property(fc.array(proof), fc.nat(), (proofs, at) => {
      const all = (some: readonly Proof[]) => some.reduce(joined, NOTHING_TO_PROVE);
      const whole = all(proofs);
      const cut = at % (proofs.length + 1);
      assert.deepEqual(joined(all(proofs.slice(0, cut)), all(proofs.slice(cut))), whole, 'however they are joined');
      const sum = (of: 'files' | 'read' | 'damaged') => proofs.reduce((total, each) => total + each[of], 0);
      assert.deepEqual([whole.files, whole.read, whole.damaged], [sum('files'), sum('read'), sum('damaged')]);
      const dates = proofs.flatMap(({ readAt }) => readAt ?? []);
      assert.equal(whole.readAt, dates.length > 0 && dates.length === whole.files ? Math.min(...dates) : null);
    }),
  );
});

test('a large file lies in the packs of its content and in those of its list of chunks', async () => {
  const server = new MemoryServer();
  const device = await joinVault(server, await foundVault(server));
  await archive(device, [itemOf('large', random.bytes(48_000_000)), itemOf('empty', new Uint8Array(0))]);
  const { state } = device.vault;
  const packsOfFile = (name: string) =>
    packsOfVersion(state, device.domain, newestVersion(state, { fileId: idByName({ device }, name) }), (pack, range) =>
      server.pack('', pack, range),
    );
  assert.equal(newestVersion(state, { fileId: idByName({ device }, 'large') }).manifest.op, 'segments');
  assert.deepEqual([...(await packsOfFile('large'))].sort(), [...packsOf(state)].map((each) => each.id).sort());
  assert.deepEqual(await packsOfFile('empty'), new Set());
});
