/** The vault as a person looks at it: sorted, summed, searched, and nothing deleted shown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toHex } from '../../../shared/bytes/index.ts';
import { type CatalogRow, createCatalog, type SortKey } from '../../../shared/catalog/index.ts';
import { type Op, type PutVersion, VERSION_FLAG } from '../../../shared/format/index.ts';
import { applyEntry, emptyState, nodesOf, type VaultState } from '../../../shared/vault/index.ts';
import { GENESIS, idOf, put } from '../../support/ops.ts';

function extend(state: VaultState, ...ops: readonly Op[]): VaultState {
  applyEntry(state, { device: new Uint8Array(16), grant: 0, t: 1, seen: [], ops }, state.seq + 1, new Uint8Array(32));
  return state;
}
const stateOf = (...ops: readonly Op[]) => extend(emptyState(), GENESIS, ...ops);
const folder = (name: string, parent?: PutVersion) =>
  put(name, { kind: 1, mtime: 7, ...(parent && { parent: parent.fileId }) });
const file = (name: string, parent?: PutVersion, more: Partial<PutVersion> = {}) =>
  put(name, { ...(parent && { parent: parent.fileId }), ...more });
const names = (rows: readonly CatalogRow[]) => rows.map((row) => row.name);

test('folders first, then by name as people count, size or date, both ways', () => {
  const state = stateOf(
    folder('zoo'),
    folder('alps'),
    file('b10', undefined, { size: 5, mtime: 3 }),
    file('b9', undefined, { size: 7, mtime: 1 }),
    file('B1', undefined, { size: 6, mtime: 2 }),
  );
  const catalog = createCatalog(() => state);
  const sorted = (sort: SortKey, descending: boolean) => names(catalog.folder(null, sort, descending).rows);
  assert.deepEqual(sorted('name', false), ['alps', 'zoo', 'B1', 'b9', 'b10']);
  assert.deepEqual(sorted('name', true), ['zoo', 'alps', 'b10', 'b9', 'B1']);
  assert.deepEqual(sorted('size', false).slice(2), ['b10', 'B1', 'b9']);
  assert.deepEqual(sorted('size', true).slice(2), ['b9', 'B1', 'b10']);
  assert.deepEqual(sorted('mtime', false).slice(2), ['b9', 'B1', 'b10']);
});

test('rows that compare equal keep one order, so that a list does not jump', () => {
  const state = stateOf(...Array.from({ length: 20 }, () => file('same', undefined, { size: 1 })));
  const ids = () =>
    createCatalog(() => state)
      .folder(null, 'size', false)
      .rows.map((row) => row.fileId);
  assert.deepEqual(ids(), ids());
  assert.deepEqual(ids(), ids().toSorted());
});

test('the first rows of a folder are those of the whole, and all are counted', () => {
  const files = Array.from({ length: 300 }, (_, i) =>
    file(`${(i * 7919) % 300}`, undefined, { size: (i * 31) % 50, mtime: i }),
  );
  const state = stateOf(...files, folder('last of all'), folder('empty'));
  const catalog = createCatalog(() => state);
  for (const sort of ['name', 'size', 'mtime'] as const)
    for (const descending of [false, true]) {
      const all = catalog.folder(null, sort, descending);
      assert.equal(all.total, 302);
      assert.equal(all.rows.length, 302);
      for (const limit of [1, 2, 3, 10, 150, 301, 302, 500]) {
        const first = catalog.folder(null, sort, descending, limit);
        assert.deepEqual(first.rows, all.rows.slice(0, limit), `${sort} ${limit}`);
        assert.equal(first.total, 302);
      }
    }
});

test('a query that goes on, is taken back or is another finds what it would have found at once', () => {
  const state = stateOf(
    ...Array.from({ length: 400 }, (_, i) =>
      file(['Straße', 'report', 'Ünïcode', 'IMG_', 'x-1.y'][i % 5] + String(i % 37)),
    ),
  );
  const typing = createCatalog(() => state);
  const typed = [
    'r',
    're',
    'rep',
    're',
    'repo',
    'report1',
    'report',
    's',
    'st',
    'straß',
    'ü',
    'ünï',
    '1',
    '1.',
    '1.y',
    '_',
    'img_3',
    '3',
    'zz',
    '',
  ];
  for (const query of typed) {
    const fresh = names(createCatalog(() => state).search(query, 500));
    assert.deepEqual(names(typing.search(query, 500)), fresh, query);
    const expected = [...nodesOf(state)].filter((node) => query !== '' && node.name.toLowerCase().includes(query));
    assert.deepEqual(fresh.toSorted(), expected.map((node) => node.name).sort(), query);
  }
  extend(state, file('report new'));
  assert.ok(names(typing.search('report', 500)).includes('report new'), 'and what came meanwhile');
});

test('of more than are wanted, those that begin with the query are shown, the shortest first', () => {
  const state = stateOf(file('an abc'), file('abc and more'), file('abcd'), file('xabc'), file('abc'));
  assert.deepEqual(names(createCatalog(() => state).search('abc', 2)), ['abc', 'abcd']);
  assert.deepEqual(names(createCatalog(() => state).search('abc', 4)), ['abc', 'abc and more', 'abcd', 'xabc']);
});

test('a folder shows what lies under it: bytes, files, newest date; its own date when it is empty', () => {
  const a = folder('a');
  const b = folder('b', a);
  const state = stateOf(
    a,
    b,
    file('x', a, { size: 1, mtime: 50 }),
    file('y', b, { size: 10, mtime: 60 }),
    folder('empty'),
  );
  const catalog = createCatalog(() => state);
  const [rowA, rowEmpty] = catalog.folder(null, 'name', false).rows;
  assert.deepEqual([rowA?.size, rowA?.files, rowA?.mtime, rowA?.kind], [11, 2, 60, 'folder']);
  assert.deepEqual([rowEmpty?.size, rowEmpty?.files, rowEmpty?.mtime], [0, 0, 7]);
  assert.equal(catalog.fileCount, 2);
  const inside = catalog.folder(idOf(b), 'name', false);
  assert.deepEqual(inside.crumbs, [
    { fileId: idOf(a), name: 'a' },
    { fileId: idOf(b), name: 'b' },
  ]);
  assert.deepEqual(inside.rows[0]?.path, ['a', 'b']);
  assert.throws(() => catalog.folder(idOf(folder('nowhere')), 'name', false), { code: 'E_NOT_FOUND' });
});

test('sums follow the log, and belong to one vault only', () => {
  let state = stateOf(file('a', undefined, { size: 1 }));
  const catalog = createCatalog(() => state);
  assert.equal(catalog.fileCount, 1);
  extend(state, file('b', undefined, { size: 2 }));
  assert.equal(catalog.fileCount, 2);
  // Another account after a sign-in, by chance at the same entry.
  state = extend(stateOf(), file('c'));
  assert.equal(catalog.fileCount, 1);
});

test('what is deleted, or lies in a deleted folder, is in no list, no sum and no search', () => {
  const [a, b] = [folder('a'), file('target gone')];
  const inner = folder('inner', a);
  const deep = file('target deep', inner, { size: 5 });
  const state = stateOf(a, inner, deep, b, { op: 'tombstone', fileId: b.fileId });
  const catalog = createCatalog(() => state);
  assert.deepEqual(names(catalog.search('target', 9)), ['target deep']);
  extend(state, { op: 'tombstone', fileId: a.fileId });
  assert.deepEqual(catalog.folder(null, 'name', false).rows, []);
  assert.deepEqual(catalog.search('target', 9), []);
  assert.deepEqual(catalog.search('inner', 9), []);
  assert.equal(catalog.fileCount, 0);
  extend(state, { op: 'restore', fileId: a.fileId });
  assert.deepEqual(names(catalog.search('target', 9)), ['target deep']);
  assert.equal(catalog.folder(null, 'name', false).rows[0]?.size, 5);
});

test('a search finds part of a name whatever its case and Unicode form, beginnings first', () => {
  const state = stateOf(
    file('Zürich plan.pdf'),
    file('A zu\u0308rich note'),
    file('zürich 2'),
    file('zürich 10'),
    file('①st'),
    folder('ZÜRICH'),
    file('other'),
  );
  const found = (query: string, limit = 9) => names(createCatalog(() => state).search(query, limit));
  assert.deepEqual(found('  ZÜRICH '), ['ZÜRICH', 'zürich 2', 'zürich 10', 'Zürich plan.pdf', 'A zu\u0308rich note']);
  assert.deepEqual(found('zu\u0308rich 1'), ['zürich 10']);
  assert.deepEqual(found('1st'), ['①st']);
  assert.deepEqual(found('zürich', 2), ['ZÜRICH', 'zürich 2']);
  for (const nothing of ['', '   ', 'zurich', 'no such']) assert.deepEqual(found(nothing), []);
});

test('versions of a file, the newest first, with who made them and how', () => {
  const device = new Uint8Array(16).fill(4);
  const cert: Op = {
    op: 'device-cert',
    deviceId: device,
    publicKey: new Uint8Array(32),
    name: 'laptop',
    addedAt: 1,
    signature: new Uint8Array(64),
  };
  const first = file('a', undefined, { deviceId: device, size: 1, capturedAt: 10 });
  const second = put('b', {
    fileId: first.fileId,
    prevVersion: first.versionId,
    size: 2,
    flags: VERSION_FLAG.changedDuringRead,
    attributes: new Map([['url', 'https://example.org/']]),
    mime: 'text/plain',
  });
  const state = stateOf(cert, first, second);
  const catalog = createCatalog(() => state);
  const [newest, oldest] = catalog.versions(idOf(first));
  assert.deepEqual(
    [newest?.versionId, newest?.current, newest?.device, newest?.changedDuringRead, newest?.sourceUrl],
    [toHex(second.versionId), true, '', true, 'https://example.org/'],
  );
  assert.deepEqual(
    [oldest?.versionId, oldest?.current, oldest?.device, oldest?.size, oldest?.capturedAt, oldest?.sourceUrl],
    [toHex(first.versionId), false, 'laptop', 1, 10, null],
  );
  const [row] = catalog.folder(null, 'name', false).rows;
  assert.deepEqual(
    [row?.name, row?.versions, row?.size, row?.mime, row?.changedDuringRead],
    ['b', 2, 2, 'text/plain', true],
  );
  assert.throws(() => catalog.versions(idOf(file('x'))), { code: 'E_NOT_FOUND' });
});
