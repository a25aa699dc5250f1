/** Verifying: whatever is wrong with a pack is found and named, with the versions it touches and no others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verify } from '../../reader/verify.ts';
import { type Bytes, toHex, utf8 } from '../../shared/bytes/index.ts';
import { sha256 } from '../../shared/crypto/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { sealPack } from '../../shared/format/index.ts';
import { type NodeState, newestVersion, nodesOf } from '../../shared/vault/index.ts';
import { random } from '../support/fixtures.ts';
import { put } from '../support/ops.ts';
import { archive, itemOf } from '../support/share-scene.ts';
import { flipped } from '../support/tamper.ts';
import { type MemoryVault, memoryVault, NEVER, recorder } from './scene.ts';

const ALL = { share: 1, json: false };

async function verified({ vault }: MemoryVault, share = 1) {
  const output = recorder();
  const verdict = await verify(vault, { ...ALL, share }, output, NEVER);
  return { ...verdict, said: output.lines.join('\n') };
}

/** Two files in packs of their own, one of them in two versions. */
async function scene() {
  const memory = await memoryVault();
  await archive(memory.device, [itemOf('one', random.bytes(300_000))]);
  const [first] = memory.server.packs.keys();
  await archive(memory.device, [itemOf('two', random.bytes(2_000_000)), itemOf('folder/one', utf8('text'))]);
  await archive(memory.device, [itemOf('one', random.bytes(200_000))]);
  return { ...memory, first: first as string };
}

test('a sound vault: everything is read once and nothing is damaged', async () => {
  const memory = await scene();
  const { damagedPacks, damagedVersions, packs, packsRead, versions, chunksOpened, said } = await verified(memory);
  assert.deepEqual([damagedPacks, damagedVersions], [[], []]);
  assert.deepEqual([packs, packsRead, versions], [memory.server.packs.size, memory.server.packs.size, 4]);
  assert.ok(chunksOpened >= 4);
  assert.match(said, /nothing is damaged/);
});

const WRONGS: readonly [why: string, change: (pack: Bytes) => Bytes | null][] = [
  ['missing', () => null],
  ['changed', (pack) => flipped(pack, 200_000)],
  ['changed', (pack) => pack.slice(0, 100_000)],
  ['changed', () => new Uint8Array(0)],
];

for (const [i, [why, change]] of WRONGS.entries()) {
  test(`a pack that is ${why} (${i}): named, with the one version it touches`, async () => {
    const memory = await scene();
    const { packs } = memory.server;
    const changed = change(packs.get(memory.first) as Bytes);
    if (changed === null) packs.delete(memory.first);
    else packs.set(memory.first, changed);
    const { damagedPacks, damagedVersions, damagedChunks, said } = await verified(memory);
    assert.deepEqual(damagedPacks, [{ id: memory.first, why }]);
    assert.deepEqual([damagedChunks, damagedVersions.map(({ path }) => path)], [1, [['one']]]);
    assert.match(said, /damaged {2}[0-9a-f]{32} .* one\n/);
  });
}

test('a byte that belongs to no chunk damages the pack and no file', async () => {
  const memory = await scene();
  const pack = memory.server.packs.get(memory.first) as Bytes;
  memory.server.packs.set(memory.first, flipped(pack, 17));
  const { damagedPacks, damagedVersions } = await verified(memory);
  assert.deepEqual([damagedPacks, damagedVersions], [[{ id: memory.first, why: 'changed' }], []]);
});

test('an index that says other than the footer is found', async () => {
  const memory = await memoryVault();
  const { device, server, founder } = memory;
  const cid = random.bytes(32);
  const blobs = [{ cid, blob: { salt: random.bytes(16), sealed: random.bytes(1_000) } }];
  const { pack, rows } = await sealPack(device.domain, founder.indexKey, blobs, random.bytes);
  const id = await sha256(pack);
  await server.putPack('', toHex(id), pack);
  const [row] = rows;
  const lies = [[cid, (row?.off as number) + 1, row?.len, row?.salt] as [Bytes, number, number, Bytes]];
  await device.vault.append(() => [{ op: 'index-add', pack: id, size: pack.length, blobs: lies }], []);
  const { damagedPacks } = await verified(memory);
  assert.deepEqual(damagedPacks, [{ id: toHex(id), why: 'footer' }]);
});

test('a version whose chunks are nowhere, or do not add up, is damaged though every pack is whole', async () => {
  const memory = await scene();
  const nowhere = put('nowhere', { size: 5, manifest: { op: 'inline', chunks: [[5, random.bytes(32)]] } });
  const wrong = put('wrong', { size: 5 });
  await memory.device.vault.append(() => [nowhere, wrong], []);
  const { damagedPacks, damagedVersions } = await verified(memory);
  assert.deepEqual(damagedPacks, []);
  assert.deepEqual(damagedVersions.map(({ path }) => path.join('/')).sort(), ['nowhere', 'wrong']);
});

test('a segment that is gone damages its file', async () => {
  const memory = await memoryVault();
  await archive(memory.device, [itemOf('film', random.bytes(50 * 1_048_576))]);
  const [film] = [...nodesOf(memory.vault.state)].filter(({ name }) => name === 'film');
  assert.equal(newestVersion(memory.vault.state, film as NodeState).manifest.op, 'segments');
  assert.deepEqual((await verified(memory)).damagedVersions, []);
  memory.server.packs.clear();
  const { damagedVersions, damagedPacks, packs } = await verified(memory);
  assert.deepEqual([damagedVersions.length, damagedPacks.length], [1, packs]);
});

test('a sample reads only so many packs, and looks for all of them', async () => {
  const memory = await scene();
  const { packs } = memory.server;
  const sampled = await verified(memory, 0.01);
  assert.deepEqual([sampled.packsRead, sampled.damagedPacks.length], [1, 0]);
  packs.delete(memory.first);
  assert.deepEqual((await verified(memory, 0.01)).damagedPacks, [{ id: memory.first, why: 'missing' }]);
});

test('a lost connection is not called damage', async () => {
  const memory = await scene();
  memory.server.before = () => {
    throw new HoldfastError('E_OFFLINE', 'gone');
  };
  await assert.rejects(verified(memory), { code: 'E_OFFLINE' });
});

test('an empty vault is whole', async () => {
  const { packs, versions, damagedPacks } = await verified(await memoryVault());
  assert.deepEqual([packs, versions, damagedPacks], [0, 0, []]);
});
