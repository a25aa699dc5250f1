/** The server rig itself: other tests rely on a kill that kills and a restart that comes back at the same place. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TestServer } from './server.ts';

let server: TestServer;

const healthy = async (): Promise<boolean> => (await fetch(`${server.app}/healthz`).catch(() => null))?.ok === true;

before(async () => {
  server = await TestServer.start();
});
after(() => server.dispose());

test('it starts on two free ports, one for the app and one for shares', async () => {
  assert.ok(await healthy());
  assert.notEqual(new URL(server.app).port, new URL(server.share).port);
});

test('killed without warning, it comes back where it was', async () => {
  const { app, share } = server;
  await server.kill();
  assert.equal(await healthy(), false);
  assert.equal(server.running, false);
  await server.restart();
  assert.deepEqual([server.app, server.share], [app, share]);
  assert.ok(await healthy());
});

test('stopped in good order, it says so by its exit code', async () => {
  assert.equal(await server.stop(), 0);
  await server.restart();
  assert.ok(await healthy());
});
