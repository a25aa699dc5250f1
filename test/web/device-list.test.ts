/** The list of devices: one row each, whatever sessions it keeps open. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Session } from '../../shared/account/index.ts';
import { listDevices } from '../../web/worker/device-list.ts';

const EXTENSION = 'aa'.repeat(16);
const WEB = 'bb'.repeat(16);
const row = (sessionId: string, deviceId: string, createdAt: number, lastSeenAt: number) => ({
  ...{ sessionId, deviceId, createdAt, lastSeenAt },
  client: deviceId === WEB ? ('web' as const) : ('extension' as const),
  current: sessionId === 'w',
});

test('a device with several sessions is one row, by the name it wrote into the log', async () => {
  const sessions = [row('e1', EXTENSION, 10, 90), row('w', WEB, 50, 60), row('e2', EXTENSION, 20, 30)];
  const session = {
    ports: { api: { sessions: async () => sessions } },
    vault: { state: { devices: new Map([[EXTENSION, { name: 'Firefox on Linux (extension)' }]]) } },
  } as unknown as Session;
  assert.deepEqual(await listDevices(session), [
    { sessionId: 'w', client: 'web', deviceName: null, createdAt: 50, lastSeenAt: 60, current: true },
    {
      sessionId: 'e1',
      client: 'extension',
      deviceName: 'Firefox on Linux (extension)',
      createdAt: 10,
      lastSeenAt: 90,
      current: false,
    },
  ]);
});
