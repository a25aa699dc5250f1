/**
 * What the full page tells the background, and when its copy of the vault is read again: what a person looks at is fresh,
 * and a backup is not read along with.
 */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Live } from '../../extension/queue/live.ts';
import type { Proofs } from '../../extension/queue/view.ts';
import { follow, type QueueSide } from '../../extension/ui/backup/follow.ts';
import type { VaultEvent } from '../../web/session/index.ts';
import { Accounts } from '../../web/worker/accounts.ts';

function page(showsVault: boolean) {
  let prove: (proofs: Proofs) => void = () => undefined;
  let navigate = (): void => undefined;
  let shown = showsVault;
  let refreshed = 0;
  const live = <T>(on: (next: (value: T) => void) => void): Live<T> => ({
    subscribe(next) {
      on(next);
      return { unsubscribe: () => undefined };
    },
  });
  const queue: QueueSide = {
    view: {
      proofs: () =>
        live<Proofs>((next) => {
          prove = next;
        }),
      hold: () => live(() => undefined),
    },
    send: async () => undefined as never,
  };
  const api = {
    status: async () => ({ state: 'signed-out', server: null, reason: null, failure: null }) as const,
    refresh: async () => {
      refreshed += 1;
      return true;
    },
  };
  follow({ api, onEvent: () => () => undefined }, queue, {
    showVault: () => shown,
    subscribe: (listener) => {
      navigate = listener;
    },
  });
  return {
    proven: (lastProvenAt: number, atRest: boolean) => prove({ lastProvenAt, atRest } as Proofs),
    goTo: (vault: boolean) => {
      shown = vault;
      navigate();
    },
    refreshed: () => refreshed,
  };
}

test('a backup is not read along with while no screen shows the vault, and is read once it rests', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const it = page(false);
  it.proven(1, false);
  t.mock.timers.tick(60_000);
  it.proven(2, false);
  t.mock.timers.tick(60_000);
  assert.equal(it.refreshed(), 0);
  it.proven(2, true);
  assert.equal(it.refreshed(), 1);
  it.proven(2, true);
  assert.equal(it.refreshed(), 1);
});

test('a screen of the vault that comes up shows what was proven before, at once', () => {
  const it = page(false);
  it.proven(1, false);
  it.goTo(true);
  assert.equal(it.refreshed(), 1);
  it.goTo(false);
  it.goTo(true);
  assert.equal(it.refreshed(), 1);
});

test('while a screen of the vault is in front, what is proven comes to it now and then', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const it = page(true);
  for (let moment = 1; moment <= 30; moment++) {
    it.proven(moment, false);
    t.mock.timers.tick(1_000);
  }
  assert.equal(it.refreshed(), 2);
});

test('signing out is told to the background though the server does not answer, and why it shows no server is told to the screen', async () => {
  const told: unknown[] = [];
  const statuses: unknown[] = [];
  let hear: (event: VaultEvent) => void = () => undefined;
  const accounts = new Accounts('extension', 'http://127.0.0.1:9', (status) => {
    statuses.push(status);
    hear({ type: 'session', status });
  });
  const still = { subscribe: () => ({ unsubscribe: () => undefined }) };
  follow(
    {
      api: { status: () => new Promise(() => undefined), refresh: async () => true },
      onEvent(listener) {
        hear = listener;
        return () => undefined;
      },
    },
    {
      view: { proofs: () => still, hold: () => still },
      send: async (message) => {
        told.push(message);
        return undefined as never;
      },
    },
    { showVault: () => false, subscribe: () => undefined },
  );
  await accounts.methods.signOut();
  assert.deepEqual(told, [{ type: 'account', account: null }]);
  const server = { url: 'http://127.0.0.1:9', registrationOpen: true };
  assert.deepEqual(statuses, [{ state: 'signed-out', server, reason: null, failure: 'E_OFFLINE' }]);
});
