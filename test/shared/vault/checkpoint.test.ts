/** Checkpoints: what was written down comes back as it was, and anything else is as good as not there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { KeyStore } from '../../../shared/account/ports.ts';
import { type Bytes, concat, fromHex, u64be, utf8 } from '../../../shared/bytes/index.ts';
import { OBJECT_TYPE, openObject, sealObject } from '../../../shared/crypto/index.ts';
import { NODE_KIND, type Op, type OpOf } from '../../../shared/format/index.ts';
import {
  applyEntry,
  childByName,
  childrenOf,
  chunkPlace,
  chunkPlaces,
  countsOf,
  emptyState,
  nodesOf,
  openCheckpoint,
  packsOf,
  ROOT,
  type StoredCheckpoint,
  saveCheckpoint,
  type VaultState,
  versionsOf,
} from '../../../shared/vault/index.ts';
import { foundVault, joinVault, random } from '../../support/fixtures.ts';
import { createMemoryKeyStore } from '../../support/memory-key-store.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { GENESIS, put } from '../../support/ops.ts';
import { certOf, newWriter, write } from '../../support/pen.ts';
import { flipped } from '../../support/tamper.ts';

const VAULT = 'ab'.repeat(16);
const KEY = random.bytes(32);

function extend(state: VaultState, ...ops: readonly Op[]): VaultState {
  const entry = { device: new Uint8Array(16), grant: 0, t: state.seq, seen: [], ops };
  applyEntry(state, entry, state.seq + 1, random.bytes(32));
  return state;
}

/** All that a state can be asked. */
function seen(state: VaultState): unknown {
  const nodes = [...nodesOf(state)];
  const { seq, hash, genesis, minSuite, lastCommitAt, devices, links, grants } = state;
  return {
    facts: { seq, hash, genesis, minSuite, lastCommitAt, devices, links, grants },
    nodes,
    versions: nodes.map((node) => versionsOf(state, node)),
    children: [ROOT, ...nodes.map((node) => node.fileId)].map((id) => [...childrenOf(state, id)]),
    chunks: [...chunkPlaces(state)],
    packs: [...packsOf(state)],
  };
}

const everyKind = (): Op[] => {
  const folder = put('folder', { kind: 1 });
  const file = put('Datei für alle', {
    parent: folder.fileId,
    mime: 'text/plain',
    attributes: new Map([['url', 'x']]),
  });
  const cert = { op: 'device-cert' as const, deviceId: random.bytes(16), publicKey: random.bytes(32), name: 'd' };
  return [
    folder,
    file,
    { ...put('newer'), fileId: file.fileId, prevVersion: file.versionId },
    { op: 'index-add', pack: random.bytes(32), size: 65_536, blobs: [[random.bytes(32), 36, 99, random.bytes(16)]] },
    { ...cert, addedAt: 1, signature: random.bytes(64) },
    { op: 'device-revoke', deviceId: cert.deviceId },
    { op: 'grant-key', purpose: 3, subject: random.bytes(16), epoch: 1, key: random.bytes(32) },
    {
      op: 'link-create',
      secret: random.bytes(16),
      fileId: file.fileId,
      hasPassword: 0,
      name: 'n',
      note: '',
      createdAt: 1,
      size: 1,
    },
    put('gone'),
    { op: 'suite-raise', minSuite: 1 },
  ];
};

async function saved(ops: readonly Op[] = everyKind()) {
  const keyStore = createMemoryKeyStore();
  const state = extend(emptyState(), GENESIS, ...ops);
  assert.equal(await saveCheckpoint({ keyStore, random }, VAULT, KEY, state), true);
  return { keyStore, state };
}

const opened = (keyStore: KeyStore, vault = VAULT, key: Bytes = KEY) => openCheckpoint(keyStore, vault, key, null);

test('what was written down comes back as it was, and goes on', async () => {
  const chunks = Array.from({ length: 16_000 }, (_, i): [number, Bytes] => [i, new Uint8Array(32).fill(i)]);
  const longerThanAPage = put('wide', { manifest: { op: 'inline', chunks } });
  const { keyStore, state } = await saved([...everyKind(), longerThanAPage, put('behind it')]);
  const again = await opened(keyStore);
  assert.ok(again);
  assert.deepEqual(seen(again), seen(state));
  const more = everyKind();
  assert.deepEqual(seen(extend(again, ...more)), {
    ...(seen(extend(state, ...more)) as object),
    facts: (seen(again) as { facts: unknown }).facts,
  });
  assert.equal(childByName(again, ROOT, 'gone', NODE_KIND.file)?.name, 'gone');
});

test('nothing of it lies on the device in the clear', async () => {
  const { keyStore, state } = await saved();
  const stored = (await keyStore.checkpoint(VAULT)) as StoredCheckpoint;
  const sealed = [stored.head, ...(await Promise.all([...stored.pieces.values()].map((read) => read())))];
  const secrets = [
    ...[...nodesOf(state)].flatMap(({ fileId, name }) => [fromHex(fileId), utf8(name)]),
    ...[...chunkPlaces(state)].map(({ salt }) => salt),
    ...state.grants.map(({ key }) => key),
    ...[...state.links.keys()].map(fromHex),
  ];
  assert.ok(sealed.length >= 7 && secrets.length >= 8);
  for (const object of sealed)
    for (const secret of secrets)
      assert.equal(Buffer.from(object).includes(Buffer.from(secret)), false, Buffer.from(secret).toString());
});

test('an empty state is one too', async () => {
  const { keyStore, state } = await saved([]);
  assert.deepEqual(seen((await opened(keyStore)) as VaultState), seen(state));
});

test('written again and again, only what changed is sealed anew, and it comes back whole each time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 6 }), async (rounds) => {
      const { keyStore, state } = await saved();
      let puts = 0;
      const counting = {
        ...keyStore,
        putPiece: (...args: Parameters<KeyStore['putPiece']>) => {
          puts++;
          return keyStore.putPiece(...args);
        },
      };
      for (const count of rounds) {
        extend(state, ...Array.from({ length: count }, (_, i) => put(`${i}`)));
        puts = 0;
        assert.equal(await saveCheckpoint({ keyStore: counting, random }, VAULT, KEY, state), true);
        assert.equal(puts, 4, 'nodes, versions, names, facts; neither chunks nor packs');
        assert.deepEqual(seen((await opened(keyStore)) as VaultState), seen(state));
      }
    }),
    { numRuns: 10 },
  );
});

test('a chunk that got another place since the last time is where it is now', async () => {
  const [cid, salt] = [random.bytes(32), random.bytes(16)];
  const places = (...blobs: OpOf<'index-add'>['blobs']): Op => ({
    op: 'index-add',
    pack: random.bytes(32),
    size: 65_536,
    blobs,
  });
  const { keyStore, state } = await saved([...everyKind(), places([cid, 36, 99, salt])]);
  const again = (await opened(keyStore)) as VaultState;
  for (const each of [state, again]) {
    extend(each, places([cid, 0, 0, salt], [cid, 500, 99, salt]));
    assert.equal(chunkPlace(each, cid)?.off, 500);
  }
  assert.equal(await saveCheckpoint({ keyStore, random }, VAULT, KEY, state), true);
  assert.deepEqual(seen((await opened(keyStore)) as VaultState), seen(state));
});

test('one that was written by who did not know of places that replace others is not taken up', async () => {
  const { keyStore } = await saved();
  const stored = (await keyStore.checkpoint(VAULT)) as StoredCheckpoint;
  const context = concat(fromHex(VAULT), u64be(stored.seq), fromHex(stored.hash));
  const plain = await openObject(KEY, OBJECT_TYPE.localCache, context, stored.head);
  assert.deepEqual([...plain.subarray(0, 2)], [0x88, 4], 'an array of eight, the layout first');
  plain[1] = 2;
  const head = await sealObject(KEY, OBJECT_TYPE.localCache, context, plain, random.bytes(32));
  assert.equal(await opened(tampered(keyStore, (it) => ({ ...it, head }))), null);
});

/** The same store, whose checkpoint somebody changed. */
function tampered(keyStore: KeyStore, change: (stored: StoredCheckpoint) => StoredCheckpoint): KeyStore {
  return {
    ...keyStore,
    checkpoint: async (vaultId) => {
      const stored = await keyStore.checkpoint(vaultId);
      return stored && change(stored);
    },
  };
}

const withPiece = (stored: StoredCheckpoint, name: string, change: (piece: Bytes) => Bytes): StoredCheckpoint => {
  const pieces = new Map(stored.pieces);
  const read = stored.pieces.get(name) as () => Promise<Bytes>;
  return { ...stored, pieces: pieces.set(name, async () => change(await read())) };
};

test('flipped, cut, exchanged, missing, of another vault, place, time or key: it does not open', async () => {
  const { keyStore } = await saved();
  const stored = (await keyStore.checkpoint(VAULT)) as StoredCheckpoint;
  const names = [...stored.pieces.keys()];
  const other = await saved();
  const foreign = (await other.keyStore.checkpoint(VAULT)) as StoredCheckpoint;
  const exchanged = new Map(stored.pieces);
  exchanged.set(names[0] as string, stored.pieces.get(names[1] as string) as () => Promise<Bytes>);
  const evil: [string, (stored: StoredCheckpoint) => StoredCheckpoint][] = [
    ...[0, 5, 40, 80, stored.head.length - 1].map(
      (at) =>
        [`head, byte ${at}`, (it: StoredCheckpoint) => ({ ...it, head: flipped(it.head, at) })] as [
          string,
          (typeof evil)[0][1],
        ],
    ),
    ...names.flatMap((name) =>
      [6, 40, 90, 500].map(
        (at) =>
          [`piece, byte ${at}`, (it: StoredCheckpoint) => withPiece(it, name, (piece) => flipped(piece, at))] as [
            string,
            (typeof evil)[0][1],
          ],
      ),
    ),
    ['head cut', (it) => ({ ...it, head: it.head.slice(0, 100) })],
    ['piece cut', (it) => withPiece(it, names[2] as string, (piece) => piece.slice(0, piece.length - 1))],
    ['piece emptied', (it) => withPiece(it, names[2] as string, () => new Uint8Array(0))],
    ['pieces exchanged', (it) => ({ ...it, pieces: exchanged })],
    ['piece missing', (it) => ({ ...it, pieces: new Map([...it.pieces].slice(1)) })],
    [
      'piece of another',
      (it) => ({
        ...it,
        pieces: new Map(
          [...it.pieces].map(([name], i) => [name, [...foreign.pieces.values()][i] as () => Promise<Bytes>]),
        ),
      }),
    ],
    ['head of another', (it) => ({ ...it, head: foreign.head })],
    ['later than it is', (it) => ({ ...it, seq: it.seq + 1 })],
    ['of another history', (it) => ({ ...it, hash: 'cd'.repeat(32) })],
    [
      'unreadable',
      (it) =>
        withPiece(it, names[0] as string, () => {
          throw new DOMException('gone', 'NotFoundError');
        }),
    ],
  ];
  for (const [why, change] of evil) {
    const store = (await saved()).keyStore;
    const victim = tampered({ ...store, checkpoint: keyStore.checkpoint }, change);
    assert.equal(await opened(victim), null, why);
    assert.equal(await store.checkpoint(VAULT), null, `${why}: it is not tried again`);
  }
  const elsewhere = { ...keyStore, checkpoint: () => keyStore.checkpoint(VAULT), dropCheckpoint: async () => {} };
  assert.equal(await opened(elsewhere, 'cd'.repeat(16)), null, 'another vault');
  assert.equal(await opened(elsewhere, VAULT, random.bytes(32)), null, 'another key');
  const fork = { seq: stored.seq, hash: 'cd'.repeat(32) };
  assert.equal(await openCheckpoint(elsewhere, VAULT, KEY, fork), null, 'not what is pinned');
  assert.ok(await opened(keyStore));
});

test('a piece of an older checkpoint is not taken for the one that replaced it', async () => {
  const { keyStore, state } = await saved();
  const before = (await keyStore.checkpoint(VAULT)) as StoredCheckpoint;
  extend(state, put('later'));
  assert.equal(await saveCheckpoint({ keyStore, random }, VAULT, KEY, state), true);
  const now = (await keyStore.checkpoint(VAULT)) as StoredCheckpoint;
  const replaced = [...now.pieces.keys()].filter((name) => !before.pieces.has(name));
  const gone = [...before.pieces].filter(([name]) => !now.pieces.has(name));
  assert.ok(replaced.length > 0 && replaced.length === gone.length);
  const mixed = new Map(now.pieces);
  for (const [i, name] of replaced.entries()) mixed.set(name, (gone[i] as (typeof gone)[0])[1]);
  assert.equal(await opened(tampered(keyStore, (it) => ({ ...it, pieces: mixed }))), null);
});

test('a write that was cut short leaves the one before', async () => {
  const { keyStore, state } = await saved();
  const before = structuredClone(seen(state));
  extend(state, ...everyKind());
  const dying = { ...keyStore, putCheckpoint: () => Promise.reject(new Error('the tab was closed')) };
  await assert.rejects(saveCheckpoint({ keyStore: dying, random }, VAULT, KEY, state));
  assert.deepEqual(seen((await opened(keyStore)) as VaultState), before);
});

test('of two contexts that write, the newer stays, and one whose pieces are gone writes all of its own', async () => {
  const { keyStore } = await saved();
  const [one, two] = [(await opened(keyStore)) as VaultState, (await opened(keyStore)) as VaultState];
  const ports = { keyStore, random };
  extend(one, ...everyKind());
  assert.equal(await saveCheckpoint(ports, VAULT, KEY, one), true);
  extend(two, put('x'));
  assert.equal(await saveCheckpoint(ports, VAULT, KEY, two), false, 'as old as what is there');
  assert.deepEqual(seen((await opened(keyStore)) as VaultState), seen(one));
  const three = (await opened(keyStore)) as VaultState;
  extend(one, ...everyKind());
  assert.equal(await saveCheckpoint(ports, VAULT, KEY, one), true);
  extend(extend(three, put('y')), put('z'));
  assert.equal(await saveCheckpoint(ports, VAULT, KEY, three), false, 'what it was to build on is gone');
  assert.equal(await saveCheckpoint(ports, VAULT, KEY, three), true);
  assert.deepEqual(seen((await opened(keyStore)) as VaultState), seen(three));
});

async function longLog(entries: number) {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  const keyStore = createMemoryKeyStore();
  const writer = await newWriter();
  await write(server, founder, writer, [await certOf(founder, writer)]);
  while (server.head.seq < entries) await write(server, founder, writer, [put(`f${server.head.seq}`)]);
  const device = await joinVault(server, founder, keyStore);
  // Waits for the checkpoint, which is written behind what was asked before it.
  await device.vault.pull();
  const reads: number[] = [];
  const { readLog } = server;
  server.readLog = (vault, after, limit) => {
    reads.push(after);
    return readLog.call(server, vault, after, limit);
  };
  return { server, founder, keyStore, writer, device, reads };
}

test('a long tail is folded into a checkpoint; a start then reads and verifies what came after it only', async () => {
  const { server, founder, keyStore, writer, device, reads } = await longLog(300);
  assert.equal((await keyStore.checkpoint(founder.vaultId))?.seq, 300);
  assert.deepEqual(await keyStore.cachedEntries(founder.vaultId, 0), [], 'entries that it covers are gone');
  await write(server, founder, writer, [put('late')]);
  const again = await joinVault(server, founder, keyStore);
  assert.deepEqual(reads, [300]);
  const third = await joinVault(server, founder, keyStore);
  assert.deepEqual(reads, [300, 301]);
  await device.vault.pull();
  assert.deepEqual(seen(again.vault.state), seen(device.vault.state));
  assert.deepEqual(seen(third.vault.state), seen(device.vault.state));
  assert.equal(countsOf(third.vault.state).nodes, 299);
});

test('a checkpoint that does not open costs reading the log from its start, and the pinned head still holds', async () => {
  const { server, founder, keyStore, device, reads } = await longLog(260);
  const broken = () => tampered(keyStore, (it) => ({ ...it, head: flipped(it.head, 80) }));
  const heads = { ...server.head };
  const again = await joinVault(server, founder, broken());
  assert.equal(reads[0], 0);
  assert.deepEqual(seen(again.vault.state), seen(device.vault.state));
  const bodies = server.bodies.splice(200);
  server.head = { seq: 200, hash: '00'.repeat(32) };
  await assert.rejects(joinVault(server, founder, keyStore), { code: 'E_ROLLBACK' });
  await assert.rejects(joinVault(server, founder, broken()), { code: 'E_ROLLBACK' });
  server.bodies.push(...bodies);
  server.head = heads;
  assert.equal((await joinVault(server, founder, keyStore)).vault.state.seq, 260);
});

test('an older checkpoint put in place of a newer one is a shorter start into the same log, or a rollback', async () => {
  const { server, founder, keyStore, writer, device } = await longLog(260);
  const old = (await keyStore.checkpoint(founder.vaultId)) as StoredCheckpoint;
  for (let i = 0; i < 260; i++) await write(server, founder, writer, [put(`more ${i}`)]);
  await device.vault.pull();
  await device.vault.pull();
  assert.equal((await keyStore.checkpoint(founder.vaultId))?.seq, 520);
  const replayed = { ...keyStore, checkpoint: async () => old };
  const again = await joinVault(server, founder, replayed);
  assert.deepEqual(seen(again.vault.state), seen(device.vault.state));
  server.bodies.length = 260;
  server.head = { seq: 260, hash: old.hash };
  await assert.rejects(joinVault(server, founder, replayed), { code: 'E_ROLLBACK' });
});
