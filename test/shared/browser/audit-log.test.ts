/** The audit log over IndexedDB: the newest finding of each pack, per vault, shared by all who open it. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAuditLog } from '../../../shared/browser/index.ts';

test('what was found is kept by vault and pack, the newest in place of the older', async () => {
  const log = createAuditLog('audits-test');
  await log.note('v1', { packId: 'a', damage: null }, 1);
  await log.note('v1', { packId: 'b', damage: 'missing' }, 2);
  await log.note('v2', { packId: 'a', damage: 'changed' }, 3);
  await log.note('v1', { packId: 'a', damage: 'chunk' }, 4);
  const other = createAuditLog('audits-test');
  assert.deepEqual(
    [...(await other.all('v1'))],
    [
      ['a', { at: 4, damage: 'chunk' }],
      ['b', { at: 2, damage: 'missing' }],
    ],
  );
  await other.prune('v1', (packId) => packId === 'b');
  assert.deepEqual([...(await log.all('v1')).keys()], ['b']);
  assert.deepEqual([...(await log.all('v2')).keys()], ['a']);
});
