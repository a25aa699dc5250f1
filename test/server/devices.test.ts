/** Devices of an account: those of the web go with their sessions, those of the extension outlive them. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { DEVICE_SESSION_MAX_MS, ROUTES, WEB_SESSION_MAX_MS } from '../../shared/protocol/index.ts';
import { type Bench, bench } from './support/bench.ts';
import { device, Person } from './support/person.ts';

describe('devices', () => {
  let server: Bench;
  beforeEach(async () => {
    server = await bench();
  });
  afterEach(() => server.close());

  async function signInOnTheWeb(person: Person): Promise<{ cookie: string; status: number }> {
    const answer = await person.login('correct horse', 'web');
    const cookie = String(answer?.headers['set-cookie']).split(';')[0] ?? '';
    const { status } = await server.ask('POST', ROUTES.devices, { json: device().wire, headers: { cookie } });
    return { cookie, status };
  }

  it('lets somebody sign in on the web every day for years', async () => {
    const person = await Person.registered(server);
    for (let day = 0; day < 300; day++) {
      assert.equal((await signInOnTheWeb(person)).status, 200, `day ${day}`);
      server.now += WEB_SESSION_MAX_MS;
    }
  });

  it('keeps the devices of the extension, which sign in again by their own key', async () => {
    const person = await Person.registered(server);
    server.now += 2 * DEVICE_SESSION_MAX_MS;
    await signInOnTheWeb(person);
    assert.equal((await person.deviceLogin()).status, 200);
  });

  it('keeps a web device as long as its session lives', async () => {
    const person = await Person.registered(server);
    const { cookie } = await signInOnTheWeb(person);
    server.now += 60_000;
    await signInOnTheWeb(person);
    const { status, bytes } = await server.ask('GET', ROUTES.session, { headers: { cookie } });
    assert.equal(status, 200);
    assert.ok(JSON.parse(bytes.toString()).device);
  });
});
