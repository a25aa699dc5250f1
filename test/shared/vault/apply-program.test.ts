/** Programs of operations, sensible or not: state stays a function of the entries, and a tree. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Op } from '../../../shared/format/index.ts';
import {
  applyEntry,
  childrenOf,
  emptyState,
  nodeById,
  nodesOf,
  ROOT,
  type VaultState,
} from '../../../shared/vault/index.ts';
import { GENESIS, put } from '../../support/ops.ts';

function extend(state: VaultState, ops: readonly Op[]): VaultState {
  applyEntry(state, { device: new Uint8Array(16), grant: 0, t: 9, seen: [], ops }, state.seq + 1, new Uint8Array(32));
  return state;
}

/** Nodes as they are, and each folder's list in its order; versions carry the number of their entry, which is left out. */
const seen = (state: VaultState) => [
  [...nodesOf(state)],
  [ROOT, ...[...nodesOf(state)].map((node) => node.fileId)].map((id) =>
    [...childrenOf(state, id)].map((node) => node.fileId),
  ),
  [...state.devices],
];

test('any program of operations gives the same state twice, in many entries or one, and never a node without a way up', () => {
  const ids = Array.from({ length: 5 }, (_, i) => new Uint8Array(16).fill(i + 1));
  const step = fc.record({
    what: fc.constantFrom('put', 'folder', 'move', 'tombstone', 'restore'),
    file: fc.constantFrom(...ids),
    parent: fc.constantFrom(new Uint8Array(16), ...ids),
    name: fc.constantFrom('a', 'b'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const state = extend(emptyState(), [GENESIS]);
      const taken: Op[] = [];
      for (const { what, file, parent, name } of steps) {
        const op: Op =
          what === 'move'
            ? { op: 'move', fileId: file, parent, name, nameNfc: name }
            : what === 'tombstone' || what === 'restore'
              ? { op: what, fileId: file }
              : put(name, { fileId: file, parent, kind: what === 'folder' ? 1 : 0 });
        try {
          extend(state, [op]);
          taken.push(op);
        } catch (error) {
          assert.equal((error as { code?: string }).code, 'E_INTEGRITY');
        }
      }
      const again = extend(emptyState(), [GENESIS, ...taken]);
      assert.deepEqual(seen(again), seen(state));
      for (const node of nodesOf(state)) {
        let up = node.parent;
        for (let i = 0; up !== ROOT; i++) {
          assert.ok(i < ids.length, 'a ring');
          up = nodeById(state, up)?.parent as string;
        }
        const listed = [...childrenOf(state, node.parent)].filter((child) => child.fileId === node.fileId).length;
        assert.equal(listed, node.deleted ? 0 : 1);
      }
    }),
    { numRuns: 200 },
  );
});
