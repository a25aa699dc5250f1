/** Searching as one types finds what a plain look at every name finds, whatever was typed before. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Catalog, createCatalog } from '../../../shared/catalog/index.ts';
import type { Op, PutVersion } from '../../../shared/format/index.ts';
import { applyEntry, emptyState, type NodeState, nodesOf, ROOT, type VaultState } from '../../../shared/vault/index.ts';
import { GENESIS, put } from '../../support/ops.ts';

/** Few letters, so that names meet queries and one another; some fold to others, some take several bytes. */
const LETTERS = ['a', 'b', 'B', 'Ä', 'ä', 'a\u0308', 'ß', '①', '1', '.', ' ', '\u212a', 'k', '日'];
const text = (maxLength: number) =>
  fc.array(fc.constantFrom(...LETTERS), { minLength: 1, maxLength }).map((letters) => letters.join(''));
const name = fc.oneof(
  { weight: 9, arbitrary: text(6) },
  fc.nat(300).map((length) => `b${'a'.repeat(length)}`),
);
const fold = (value: string) => value.normalize('NFKC').toLowerCase();
const bytesIn = (value: string) => Math.min(new TextEncoder().encode(value).length, 255);

interface Made {
  readonly state: VaultState;
  readonly extend: (...ops: readonly Op[]) => void;
}

/** Files and folders where `places` says, some of them deleted afterwards. */
function made(files: readonly { name: string; folder: boolean; place: number; gone: boolean }[]): Made {
  const state = emptyState();
  const extend = (...ops: readonly Op[]): void => {
    const entry = { device: new Uint8Array(16), grant: 0, t: 1, seen: [], ops };
    applyEntry(state, entry, state.seq + 1, new Uint8Array(32));
  };
  extend(GENESIS);
  const folders: PutVersion[] = [];
  const all = files.map((file) => {
    const parent = folders[file.place % (folders.length + 1)]?.fileId;
    const op = put(file.name, { kind: file.folder ? 1 : 0, ...(parent && { parent }) });
    if (file.folder) folders.push(op);
    return op;
  });
  extend(...all);
  extend(...all.filter((_, i) => files[i]?.gone).map(({ fileId }): Op => ({ op: 'tombstone', fileId })));
  return { state, extend };
}

/** Live nodes that hold the query: those that begin with it first, then the shorter, then the earlier. */
function plainly(state: VaultState, query: string): NodeState[] {
  const wanted = fold(query.trim());
  const all = new Map([...nodesOf(state)].map((node) => [node.fileId, node]));
  const isLive = ({ deleted, parent }: NodeState): boolean =>
    !deleted && (parent === ROOT || isLive(all.get(parent) as NodeState));
  const rank = (node: NodeState) => bytesIn(node.name) + (fold(node.name).startsWith(wanted) ? 0 : 256);
  return [...all.values()]
    .filter((node) => wanted !== '' && fold(node.name).includes(wanted) && isLive(node))
    .sort((a, b) => rank(a) - rank(b));
}

function assertFound(catalog: Catalog, state: VaultState, query: string, limit: number): void {
  const found = catalog.search(query, limit).map(({ fileId }) => fileId);
  const expected = plainly(state, query).slice(0, limit);
  assert.deepEqual(found.toSorted(), expected.map(({ fileId }) => fileId).sort(), `${query}, ${limit}`);
}

const file = fc.record({ name, folder: fc.boolean(), place: fc.nat(), gone: fc.boolean() });

test('each query finds the best that a plain look at all names finds, in the order in which they are typed', () => {
  const session = [
    fc.array(file, { maxLength: 60 }),
    fc.array(text(4), { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 0, max: 20 }),
  ] as const;
  const property = fc.property(...session, (files, queries, limit) => {
    const { state, extend } = made(files);
    const catalog = createCatalog(() => state);
    for (const [i, query] of queries.entries()) {
      for (let end = 1; end <= query.length; end++) assertFound(catalog, state, query.slice(0, end), limit);
      if (i % 3 === 2) extend(put(`new ${query}`));
    }
  });
  fc.assert(property, { numRuns: 300 });
});

test('of more rows than one group of the tables holds none is missed, nor found in the wrong place', () => {
  const { state, extend } = made([]);
  const names = Array.from({ length: 10_000 }, (_, n) => `${n % 7 === 0 ? 'IMG' : 'doc'} ${(n * 7919) % 10_000}`);
  const ops = names.map((each) => put(each));
  extend(...ops);
  extend(...ops.filter((_, i) => i % 11 === 0).map(({ fileId }): Op => ({ op: 'tombstone', fileId })));
  const catalog = createCatalog(() => state);
  for (const query of ['i', 'im', 'img 9', '9', '99', 'c 1', '0', 'zz']) {
    for (const limit of [1, 700]) assertFound(catalog, state, query, limit);
  }
});
