/** Changing a link's limits: what was not to change is sent as the server has it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../shared/account/index.ts';
import { toHex } from '../../shared/bytes/index.ts';
import { linkLookup } from '../../shared/crypto/index.ts';
import { DAY_MS } from '../../shared/protocol/index.ts';
import { updateLink } from '../../web/worker/link-list.ts';

test('an unchanged expiry is the one the server has; another is counted from today', async () => {
  const secret = new Uint8Array(16);
  const lookup = toHex(await linkLookup(secret));
  const sent: unknown[] = [];
  let rows = [{ lookup, expiresDay: 20_999 }];
  const api = {
    links: async () => rows,
    updateLink: async (which: string, limits: unknown) => void sent.push(which === lookup && limits),
  };
  const session = {
    ports: { api, clock: { now: () => 20_000 * DAY_MS } },
    vault: { state: { links: new Map([['1', { secret }]]) } },
  } as unknown as Session;
  await updateLink(session, '1', 'unchanged', 50);
  await updateLink(session, '1', 7, null);
  await updateLink(session, '1', null, 1);
  assert.deepEqual(sent, [
    { expiresDay: 20_999, maxDownloads: 50 },
    { expiresDay: 20_007, maxDownloads: null },
    { expiresDay: null, maxDownloads: 1 },
  ]);
  rows = [];
  await assert.rejects(updateLink(session, '1', 'unchanged', 1), { code: 'E_NOT_FOUND' });
});
