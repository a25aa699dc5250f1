/** Challenges over a server that forgets, damages, remembers, lies and breaks off: whoever does not answer rightly is named. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTokenStore } from '../../../shared/browser/index.ts';
import { type Bytes, toHex, utf8 } from '../../../shared/bytes/index.ts';
import { createChecker } from '../../../shared/checker/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { challengedRange } from '../../../shared/protocol/index.ts';
import { packsOf } from '../../../shared/vault/index.ts';
import { foundVault, joinVault, random } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { archive, itemOf } from '../../support/share-scene.ts';
import { flipped } from '../../support/tamper.ts';

const NEVER = new AbortController().signal;
const DAY = 86_400_000;
let count = 0;

interface Asked {
  readonly packId: string;
  readonly key: Bytes;
}

/** A vault of a large pack and five small ones, whose tokens the archiver has kept. */
async function scene() {
  const server = new MemoryServer();
  const tokens = createTokenStore(`challenge-${count++}`);
  const device = { ...(await joinVault(server, await foundVault(server))), tokens };
  await archive(device, [itemOf('large', random.bytes(900_000))]);
  for (let i = 0; i < 5; i++) await archive(device, [itemOf(`small ${i}`, utf8(`text ${i} `.repeat(400)))]);
  const asked: Asked[] = [];
  const read: string[] = [];
  const api = {
    pack: (vault: string, id: string) => {
      read.push(id);
      return server.pack(vault, id);
    },
    challengePacks: (vault: string, challenges: readonly Asked[]) => {
      asked.push(...challenges);
      return server.challengePacks(vault, challenges);
    },
  };
  let at = 20_000 * DAY;
  const checker = createChecker({ ...device, api, random });
  /** A day passes, and so many packs are asked about. */
  const challenge = (packs = 100, signal = NEVER) => {
    at += DAY;
    return checker.challenge({ packs, at, signal });
  };
  const readBack = async (again: readonly string[]) => {
    const verdicts = checker.audit({ packs: 0, again, signal: NEVER });
    for await (const { packId, damage } of verdicts) found[packId] = damage;
  };
  const found: Record<string, string | null> = {};
  const ids = [...packsOf(device.vault.state)].map(({ id }) => id);
  return { server, checker, challenge, readBack, asked, read, found, ids };
}

test('what the archiver sent answers four times, no key is told twice, and no pack travels', async () => {
  const { challenge, asked, read, ids } = await scene();
  for (let day = 0; day < 6; day++) assert.deepEqual(await challenge(), []);
  assert.equal(new Set(asked.map(({ key }) => toHex(key))).size, 4 * ids.length);
  assert.equal(asked.length, 4 * ids.length);
  for (const id of ids) assert.equal(asked.filter(({ packId }) => packId === id).length, 4);
  assert.deepEqual(read, []);
});

test('so many as were wanted are asked about, every pack at some time', async () => {
  const { challenge, asked, ids } = await scene();
  for (let day = 1; day <= 4 * ids.length; day++) {
    await challenge(1);
    assert.equal(asked.length, day);
  }
  assert.equal(new Set(asked.map(({ packId }) => packId)).size, ids.length);
});

test('a lost pack owes an answer at once and until it is read', async () => {
  const { server, challenge, readBack, found, ids } = await scene();
  const [lost] = ids as [string];
  server.packs.delete(lost);
  assert.deepEqual(await challenge(), [lost]);
  assert.deepEqual(await challenge(0), [lost]);
  await readBack([lost]);
  assert.deepEqual(found, { [lost]: 'missing' });
  assert.deepEqual(await challenge(), []);
});

test('a pack of which one range changed owes an answer when that range is drawn, and not before', async () => {
  const { server, challenge, readBack, asked, found, ids } = await scene();
  const large = ids.find((id) => (server.packs.get(id)?.length ?? 0) > 65_536) as string;
  const whole = server.packs.get(large) as Bytes;
  const damaged = flipped(whole, 3 * 65_536 + 5);
  const isHit = () => {
    const key = asked.findLast(({ packId }) => packId === large)?.key as Bytes;
    return challengedRange(key, whole.length).start === 3 * 65_536;
  };
  for (let day = 0; day < 5_000; day++) {
    if (day % 4 === 0) {
      // Whole for as long as it takes to get new tokens.
      server.packs.set(large, whole);
      await readBack([large]);
      server.packs.set(large, damaged);
    }
    const owing = await challenge();
    assert.deepEqual(owing, isHit() ? [large] : []);
    if (owing.length === 0) continue;
    await readBack(owing);
    return assert.deepEqual(found, { [large]: 'changed' });
  }
  assert.fail('never drawn');
});

test('a server that lost everything and remembers what it once answered has nothing to answer with', async () => {
  const { server, challenge, ids } = await scene();
  const memory = new Map<string, Bytes | null>();
  const honest = server.macOf.bind(server);
  server.macOf = (id, key) => {
    const answer = honest(id, key);
    memory.set(id, answer);
    return answer;
  };
  for (let day = 0; day < 3; day++) assert.deepEqual(await challenge(), []);
  server.macOf = (id) => memory.get(id) ?? null;
  assert.deepEqual((await challenge()).toSorted(), ids.toSorted());
});

test('garbage, answers in another order and broken off answers are owed, and prove nothing of the pack', async () => {
  const evil: ((server: MemoryServer) => void)[] = [
    (server) => {
      server.macOf = () => random.bytes(16);
    },
    (server) => {
      const honest = server.challengePacks.bind(server);
      server.challengePacks = async (vault, asked) => {
        const answers = await honest(vault, asked);
        return [...answers.slice(1), ...answers.slice(0, 1)];
      };
    },
    ...(['E_OFFLINE', 'E_PROTOCOL', 'E_NOT_FOUND'] as const).map((code) => (server: MemoryServer) => {
      server.challengePacks = async (_vault, asked) => {
        if (asked.length === 0) return [];
        throw new HoldfastError(code, 'the test says so');
      };
    }),
  ];
  for (const make of evil) {
    const { server, challenge, readBack, found, ids } = await scene();
    make(server);
    assert.deepEqual((await challenge()).toSorted(), ids.toSorted());
    await readBack(ids);
    assert.deepEqual(found, Object.fromEntries(ids.map((id) => [id, null])));
    assert.deepEqual(await challenge(0), []);
  }
});

test('a server without challenges is told no key and owes nothing', async () => {
  const { server, challenge, asked, ids } = await scene();
  server.before = (call) => {
    if (call === 'challengePacks') throw new HoldfastError('E_NOT_FOUND', 'no such route');
  };
  assert.deepEqual(await challenge(), []);
  assert.deepEqual(asked, []);
  server.before = () => undefined;
  assert.deepEqual(await challenge(), []);
  assert.equal(asked.length, ids.length);
});

test('a pack that was read whole has new tokens, under keys that were never told', async () => {
  const { challenge, readBack, asked, ids } = await scene();
  for (let day = 0; day < 5; day++) await challenge();
  const before = asked.length;
  await readBack(ids);
  for (let day = 0; day < 5; day++) assert.deepEqual(await challenge(), []);
  assert.equal(asked.length, 2 * before);
  assert.equal(new Set(asked.map(({ key }) => toHex(key))).size, asked.length);
});

test('cancelled in the middle, the packs that were asked about owe an answer', async () => {
  const { server, challenge, ids } = await scene();
  const stop = new AbortController();
  const honest = server.challengePacks.bind(server);
  server.challengePacks = async (vault, asked) => {
    if (asked.length === 0) return honest(vault, asked);
    stop.abort();
    throw new HoldfastError('E_CANCELLED', 'cancelled');
  };
  assert.deepEqual((await challenge(100, stop.signal)).toSorted(), ids.toSorted());
});

test('what dies before a verdict is taken down owes the answer still', async () => {
  const { server, checker, challenge, readBack, ids } = await scene();
  const [lost] = ids as [string];
  server.packs.delete(lost);
  await challenge();
  const audit = checker.audit({ packs: 0, again: [lost], signal: NEVER });
  assert.equal((await audit.next()).value?.damage, 'missing');
  await audit.return();
  assert.deepEqual(await challenge(0), [lost]);
  await readBack([lost]);
  assert.deepEqual(await challenge(0), []);
});
