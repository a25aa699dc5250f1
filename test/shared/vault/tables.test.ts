/** The tables of a state against maps of objects: the same operations give the same answers, whichever holds them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../../shared/bytes/index.ts';
import { NODE_KIND, type Op, type PutVersion } from '../../../shared/format/index.ts';
import {
  applyEntry,
  childByName,
  childrenOf,
  chunkPlace,
  chunkPlaces,
  countsOf,
  emptyState,
  hasChunk,
  hasFolder,
  hasPack,
  hasVersion,
  nodeById,
  nodesOf,
  packsInUse,
  ROOT,
  type VaultState,
  type VersionState,
  versionById,
  versionsOf,
} from '../../../shared/vault/index.ts';
import { GENESIS, put } from '../../support/ops.ts';
import { applyToReference, type ReferenceState, referenceState } from '../../support/reference-state.ts';

function extend(state: VaultState, ops: readonly Op[]): VaultState {
  applyEntry(state, { device: new Uint8Array(16), grant: 0, t: 9, seen: [], ops }, state.seq + 1, new Uint8Array(32));
  return state;
}

const id = (n: number, length = 16) => new Uint8Array(length).fill(n);
const ids = fc.integer({ min: 1, max: 6 }).map((n) => id(n));
const parents = fc.integer({ min: 0, max: 6 }).map((n) => id(n));
const names = fc.oneof(fc.constantFrom('a', 'b', 'é', ''), fc.string({ unit: 'binary', maxLength: 300 }));
const rows = fc.array(fc.tuple(fc.nat(4_190_208), fc.nat(255)), { maxLength: 4 });

const putVersion = fc
  .record({
    file: ids,
    version: fc.integer({ min: 1, max: 200 }),
    before: fc.option(fc.integer({ min: 1, max: 200 })),
    parent: parents,
    name: names,
    kind: fc.constantFrom(0, 1),
    size: fc.maxSafeNat(),
    times: fc.tuple(fc.maxSafeInteger(), fc.maxSafeInteger(), fc.option(fc.maxSafeInteger())),
    mode: fc.option(fc.nat(0o7777)),
    flags: fc.nat(7),
    mime: fc.option(fc.constantFrom('text/plain', 'image/png', '')),
    device: fc.nat(3),
    segments: fc.boolean(),
    rows,
    attributes: fc.dictionary(fc.string({ maxLength: 9 }), fc.string({ maxLength: 200 }), { maxKeys: 3 }),
  })
  .map((it): Op => {
    const list = it.rows.map(([length, byte]): [number, Uint8Array<ArrayBuffer>] => [length, id(byte, 32)]);
    return put(it.name, {
      fileId: it.file,
      versionId: id(it.version),
      prevVersion: it.before === null ? null : id(it.before),
      parent: it.parent,
      kind: it.kind,
      size: it.size,
      mtime: it.times[0],
      capturedAt: it.times[1],
      btime: it.times[2],
      mode: it.mode,
      flags: it.flags,
      mime: it.mime,
      deviceId: id(it.device),
      rootHash: id(it.version, 32),
      manifest: it.segments ? { op: 'segments', segments: list } : { op: 'inline', chunks: list },
      attributes: new Map(Object.entries(it.attributes)),
    });
  });

/** Of blobs; what follows one of length 0 may replace a place. */
const lengths = fc.oneof(fc.constant(0), fc.nat(500));

const other = fc.oneof(
  fc
    .record({ file: ids, parent: parents, name: names })
    .map(({ file, parent, name }): Op => ({ op: 'move', fileId: file, parent, name, nameNfc: name })),
  fc.record({ op: fc.constantFrom('tombstone' as const, 'restore' as const), fileId: ids }),
  fc
    .record({
      pack: fc.integer({ min: 1, max: 5 }),
      blobs: fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.nat(65_036), lengths), { maxLength: 9 }),
    })
    .map(
      ({ pack, blobs }): Op => ({
        op: 'index-add',
        pack: id(pack, 32),
        size: 65_536,
        blobs: blobs.map(([cid, off, len]) => [id(cid, 32), off, len, id(off % 251)]),
      }),
    ),
);

/** What a state keeps of a version. */
function kept(version: PutVersion & { seq: number }): VersionState {
  const {
    op: _op,
    fileId: _file,
    parent: _parent,
    prevVersion: _before,
    nameNfc: _nfc,
    sourcePathHash: _path,
    ...rest
  } = version;
  return rest;
}

/** Everything that can be asked, asked of both. */
function compare(state: VaultState, model: ReferenceState): void {
  const { nodes, versions, index, packs, children } = model;
  assert.deepEqual(countsOf(state), {
    nodes: nodes.size,
    versions: versions.size,
    chunks: index.size,
    packs: packs.size,
  });
  assert.deepEqual(
    [...nodesOf(state)].map((node) => node.fileId),
    [...nodes.keys()],
  );
  for (const node of nodes.values()) {
    const { versions: list, ...facts } = node;
    const { size, mtime } = list.at(-1) as (typeof list)[0];
    assert.deepEqual(nodeById(state, node.fileId), { ...facts, versionCount: list.length, size, mtime });
    const expected = list.map(kept);
    assert.deepEqual(versionsOf(state, node), expected);
    for (const [at, { versionId }] of list.entries()) {
      assert.ok(hasVersion(state, versionId));
      const found = versionById(state, versionId);
      assert.deepEqual([found?.node.fileId, found?.version], [node.fileId, expected[at]]);
    }
    assert.equal(hasFolder(state, node.fileId), children.has(node.fileId));
  }
  for (const [folder, byName] of children) {
    assert.deepEqual(
      [...childrenOf(state, folder)].map((node) => node.fileId).sort(),
      [...byName.values()].flat().sort(),
    );
    for (const kind of Object.values(NODE_KIND)) {
      for (const [name, ids] of byName) {
        const first = ids.find((each) => nodes.get(each)?.kind === kind);
        assert.equal(childByName(state, folder, name, kind)?.fileId, first);
      }
      assert.equal(childByName(state, folder, 'nothing of this name', kind), null);
    }
  }
  for (const [cid, place] of index) {
    assert.deepEqual(chunkPlace(state, fromHex(cid)), place);
    assert.ok(hasChunk(state, fromHex(cid)));
  }
  const places = [...index.values()];
  assert.deepEqual([...chunkPlaces(state)], places);
  assert.deepEqual(
    new Map(packsInUse(state).map(({ id, chunks }) => [id, chunks])),
    new Map([...Map.groupBy(places, ({ pack }) => pack.id)].map(([id, chunks]) => [id, chunks.length])),
  );
  for (const pack of packs.keys()) assert.ok(hasPack(state, pack));
}

test('any operations give the same state as the plainest implementation, and the same ones are refused', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof({ weight: 2, arbitrary: putVersion }, other), { maxLength: 60 }), (ops) => {
      const state = extend(emptyState(), [GENESIS]);
      const model = referenceState();
      for (const op of ops) {
        let refused = false;
        try {
          applyToReference(model, op, state.seq + 1);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'E_INTEGRITY');
          refused = true;
        }
        if (refused) assert.throws(() => extend(state, [op]), { code: 'E_INTEGRITY' });
        else extend(state, [op]);
      }
      compare(state, model);
    }),
    { numRuns: 300 },
  );
});

test('tables that grow over many groups keep what they had, and what moves about is found where it is', () => {
  const state = extend(emptyState(), [GENESIS]);
  const numbered = (n: number, length = 16) => {
    const bytes = new Uint8Array(length);
    new DataView(bytes.buffer).setUint32(0, Math.imul(n + 1, 0x9e3779b1) >>> 0);
    bytes[length - 1] = 1;
    return bytes;
  };
  const count = 21_000;
  const folder = put('folder', { kind: 1, fileId: numbered(count), versionId: numbered(count) });
  extend(state, [folder]);
  for (let i = 0; i < count; i += 1_000) {
    const ops = Array.from({ length: 1_000 }, (_, j) =>
      put(`name ${i + j}`, { fileId: numbered(i + j), versionId: numbered(i + j), size: i + j }),
    );
    extend(state, ops);
  }
  assert.equal(childByName(state, ROOT, 'name 20999', NODE_KIND.file)?.size, 20_999);
  for (let i = 0; i < count; i += 3) {
    extend(state, [
      { op: 'move', fileId: numbered(i), parent: folder.fileId, name: `moved ${i}`, nameNfc: '' },
      { op: 'tombstone', fileId: numbered(i + 1) },
    ]);
  }
  for (let i = 0; i < count - 3; i += 997) {
    for (let n = i; n < i + 3; n++) {
      const [moved, still] = [
        childByName(state, toHex(folder.fileId), `moved ${n}`, NODE_KIND.file),
        childByName(state, ROOT, `name ${n}`, NODE_KIND.file),
      ];
      assert.deepEqual(
        [moved?.size, still?.size],
        n % 3 === 0 ? [n, undefined] : [undefined, n % 3 === 1 ? undefined : n],
      );
    }
  }
  assert.deepEqual(countsOf(state), { nodes: count + 1, versions: count + 1, chunks: 0, packs: 0 });
});

test('a record longer than a page, and many that fill pages, come back as they were', () => {
  const state = extend(emptyState(), [GENESIS]);
  const long = (n: number) =>
    new Map([
      ['title', `${n}`.repeat(60_000)],
      ['url', `${n + 1}`.repeat(60_000)],
    ]);
  const wide = Array.from({ length: 16_000 }, (_, i): [number, Uint8Array<ArrayBuffer>] => [i, id(i % 256, 32)]);
  const files = [
    ...Array.from({ length: 12 }, (_, i) => put(`${i}`, { attributes: long(i % 10) })),
    put('wide', { manifest: { op: 'inline', chunks: wide } }),
    put('after', { attributes: long(5) }),
  ];
  extend(state, files);
  for (const file of files) {
    const [version] = versionsOf(state, { fileId: toHex(file.fileId) });
    assert.deepEqual([version?.attributes, version?.manifest], [file.attributes, file.manifest]);
  }
});
