/** When the full page's copy of the vault is read again: what a person looks at is fresh, and a backup is not read along with. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Live } from '../../extension/queue/live.ts';
import type { Proofs } from '../../extension/queue/view.ts';
import { follow, type QueueSide } from '../../extension/ui/backup/follow.ts';

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
    status: async () => ({ state: 'signed-out', server: null, reason: null }) as const,
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
