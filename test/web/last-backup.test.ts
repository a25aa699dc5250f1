/** When the last backup was: what else is written into the log is none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Op } from '../../shared/format/index.ts';
import { applyEntry, emptyState } from '../../shared/vault/index.ts';
import { lastBackupAt } from '../../web/worker/last-backup.ts';
import { GENESIS, put } from '../support/ops.ts';

test('the last backup is the newest version, not the newest entry', () => {
  const state = emptyState();
  const extend = (t: number, ...ops: readonly Op[]): void =>
    applyEntry(state, { device: new Uint8Array(16), grant: 0, t, seen: [], ops }, state.seq + 1, new Uint8Array(32));
  extend(1, GENESIS);
  assert.equal(lastBackupAt(state), null);
  extend(20, put('a', { capturedAt: 10 }), put('b', { capturedAt: 15 }));
  extend(90);
  assert.equal(lastBackupAt(state), 15);
});
