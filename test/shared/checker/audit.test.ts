/** Audits over a server that flips, cuts, swaps and loses packs: each is told by name, none hides another. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenStore } from '../../../shared/browser/index.ts';
import { fromHex, toHex, u32be, utf8 } from '../../../shared/bytes/index.ts';
import { createChecker, type TokenStore, type Verdict } from '../../../shared/checker/index.ts';
import { sha256 } from '../../../shared/crypto/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { packsInUse, packsOf } from '../../../shared/vault/index.ts';
import { foundVault, joinVault, random, type TestDevice } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { archive, idByName, itemOf } from '../../support/share-scene.ts';
import { flipped } from '../../support/tamper.ts';

const NEVER = new AbortController().signal;
let count = 0;
const fresh = () => createTokenStore(`audit-${count++}`);

async function collect(verdicts: AsyncIterable<Verdict>): Promise<Record<string, Verdict['damage']>> {
  const found: Record<string, Verdict['damage']> = {};
  for await (const { packId, damage } of verdicts) found[packId] = damage;
  return found;
}

/** A vault of a few packs, a file in each and one in several. */
async function scene() {
  const server = new MemoryServer();
  const device = await joinVault(server, await foundVault(server));
  await archive(device, [itemOf('large', random.bytes(9_000_000))]);
  for (let i = 0; i < 5; i++) await archive(device, [itemOf(`small ${i}`, utf8(`text ${i} `.repeat(400)))]);
  const requests: string[] = [];
  const tokens = fresh();
  const checker = checkerOf({ ...device, tokens }, server, requests);
  return { server, device, checker, tokens, requests, ids: [...packsOf(device.vault.state)].map(({ id }) => id) };
}

function checkerOf(
  device: Omit<TestDevice, 'tokens'> & { tokens: TokenStore },
  server: MemoryServer,
  requests: string[],
  randomness = random,
) {
  return createChecker({
    ...device,
    random: randomness,
    api: {
      challengePacks: (vault, challenges) => server.challengePacks(vault, challenges),
      pack: (vault, id, range) => {
        requests.push(range === undefined ? id : `${id} ${range.start}`);
        return server.pack(vault, id, range);
      },
    },
  });
}

test('a whole vault is proven, each pack with one request for all of it', async () => {
  const { checker, ids, requests } = await scene();
  assert.ok(ids.length > 5);
  const found = await collect(checker.audit({ packs: 1_000, signal: NEVER }));
  assert.deepEqual(found, Object.fromEntries(ids.map((id) => [id, null])));
  assert.deepEqual(requests.toSorted(), ids.toSorted());
});

test('flipped, cut, swapped, lost: each is told, the others are proven, and the requests are the same', async () => {
  const { server, checker, ids, requests } = await scene();
  const [a, b, c, d, e] = ids as [string, string, string, string, string];
  const pack = (id: string) => server.packs.get(id)!;
  server.packs.set(a, flipped(pack(a), Math.floor(pack(a).length / 2)));
  server.packs.set(b, pack(b).slice(0, -65_536));
  server.packs.set(c, pack(e).slice());
  server.packs.delete(d);
  const found = await collect(checker.audit({ packs: ids.length, signal: NEVER }));
  const whole = Object.fromEntries(ids.map((id) => [id, null]));
  assert.deepEqual(found, { ...whole, [a]: 'changed', [b]: 'changed', [c]: 'changed', [d]: 'missing' });
  assert.deepEqual(requests.toSorted(), ids.toSorted());
});

test('what the server itself says is gone, or answers wrongly, is missing; a road that fails proves nothing', async () => {
  const { server, checker, ids } = await scene();
  for (const code of ['E_INTEGRITY', 'E_NOT_FOUND', 'E_PROTOCOL'] as const) {
    server.before = () => Promise.reject(new HoldfastError(code, 'the test says so'));
    assert.deepEqual(Object.values(await collect(checker.audit({ packs: 1, signal: NEVER }))), ['missing']);
  }
  for (const code of ['E_OFFLINE', 'E_UNAVAILABLE', 'E_SESSION'] as const) {
    server.before = () => Promise.reject(new HoldfastError(code, 'the test says so'));
    await assert.rejects(collect(checker.audit({ packs: ids.length, signal: NEVER })), { code });
  }
});

test('a pack that is what its name says, and yet not what the index or its chunks say', async () => {
  const { server, device, ids } = await scene();
  const { state } = device.vault;
  const { chunks, packs } = state;
  const [a, b] = ids as [string, string];
  const rowIn = (id: string) => {
    const pack = [...packsOf(state)].findIndex((each) => each.id === id);
    for (let row = 0; row < chunks.rows; row++) if (chunks.pack.get(row) === pack) return row;
    throw new Error('no chunk');
  };
  chunks.off.set(rowIn(a), chunks.off.get(rowIn(a)) + 1);
  // A client that sealed nonsense and sent it whole: the pack's name fits, its content does not open.
  const nonsense = flipped(server.packs.get(b)!, chunks.off.get(rowIn(b)) + 40);
  const hash = await sha256(nonsense);
  const id = toHex(hash);
  packs.id.set(ids.indexOf(b), hash);
  server.packs.set(id, nonsense);
  const found = await collect(
    checkerOf({ ...device, tokens: fresh() }, server, []).audit({ packs: ids.length, signal: NEVER }),
  );
  assert.deepEqual([found[a], found[id]], ['footer', 'chunk']);
});

test('packs to be read again come first, those the vault does not know are left out', async () => {
  const { checker, ids, requests } = await scene();
  const again = [ids.at(-1)!, '00'.repeat(32)];
  await collect(checker.audit({ packs: 1, again, signal: NEVER }));
  assert.equal(requests[0], again[0]);
  assert.ok(requests.length <= 2);
});

test('a number that would favour some packs is drawn again', async () => {
  const { device, server, ids } = await scene();
  const words = [2 ** 32 - 1, 2];
  const scripted = { bytes: () => u32be(words.shift() ?? 0) };
  const found = await collect(
    checkerOf({ ...device, tokens: fresh() }, server, [], scripted).audit({ packs: 1, signal: NEVER }),
  );
  assert.deepEqual(Object.keys(found), [2 ** 32 % ids.length === 0 ? ids.at(-1) : ids[2]]);
});

test('cancelled, it ends with the pack under way', async () => {
  const { device, ids, server } = await scene();
  const stop = new AbortController();
  const checker = checkerOf({ ...device, tokens: fresh() }, server, []);
  const audit = checker.audit({ packs: ids.length, signal: stop.signal });
  await audit.next();
  stop.abort();
  await assert.rejects(audit.next(), { code: 'E_CANCELLED' });
});

test('the files that a damaged pack touches are counted, each once; of deleted ones and older versions it is said that there are', async () => {
  const { device, checker, ids } = await scene();
  const touched = (...packs: readonly string[]) => checker.touched(new Set(packs), NEVER);
  assert.deepEqual(await touched(...ids), { files: 6, others: false });
  assert.deepEqual(await touched(...ids.slice(0, 2)), { files: 1, others: false });
  assert.deepEqual(await touched(ids.at(-1)!), { files: 1, others: false });
  assert.deepEqual(await touched('00'.repeat(32)), { files: 0, others: false });
  const fileId = fromHex(idByName({ device }, 'large'));
  await device.vault.append(() => [{ op: 'tombstone', fileId }], []);
  assert.deepEqual(await touched(...ids), { files: 5, others: true });
  await archive(device, [itemOf('small 4', utf8('other text'))]);
  assert.deepEqual(await touched(ids.at(-1)!), { files: 0, others: true });
});

test('a pack whose chunks all have another place is neither drawn, read again, asked about nor kept tokens of', async () => {
  const { server, device, checker, tokens, requests, ids } = await scene();
  const lost = ids.at(-1)!;
  await collect(checker.audit({ packs: ids.length, signal: NEVER }));
  server.packs.delete(lost);
  await device.findings.note('', lost);
  await archive(device, [itemOf('small 4', utf8('text 4 '.repeat(400)))]);
  const now = packsInUse(device.vault.state).map(({ id }) => id);
  assert.deepEqual(now.slice(0, -1), ids.slice(0, -1));
  requests.length = 0;
  await collect(checker.audit({ packs: 1_000, again: [lost], signal: NEVER }));
  assert.deepEqual(requests.toSorted(), now.toSorted());
  await tokens.owe(device.vault.vaultId, [lost], 1);
  assert.deepEqual(await checker.challenge({ packs: 100, at: 1, signal: NEVER }), []);
  await checker.forgetUnused();
  assert.deepEqual(await tokens.owed(device.vault.vaultId), []);
  const left = await tokens.take(device.vault.vaultId, [lost, ...now], 100, 2 * 86_400_000);
  assert.deepEqual([...left.keys()].toSorted(), now.toSorted());
});
