/** What a restore asks of a server that is away is asked again, from the first question on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { RestoreSet } from '../../shared/restorer/index.ts';
import type { RestoreNotice } from '../../web/session/contract.ts';
import { createRestores, type RestoreSource } from '../../web/worker/restores.ts';

/** Refuses once, then answers. */
function late<T>(answer: T): () => Promise<T> {
  let asked = 0;
  return async () => {
    if (asked++ === 0) throw new HoldfastError('E_OFFLINE', 'away');
    return answer;
  };
}

/** One empty file whose chunks are not known before a pack was read. */
const SET: RestoreSet = {
  zip: false,
  emptyFolders: [],
  files: [
    {
      ...{ path: ['note.txt'], size: 0, mtime: 0, place: 0 },
      chunks: async (readPack) => {
        await readPack('00', { start: 0, end: 65_536 });
        return [];
      },
    },
  ],
};

async function run(open: (signal: AbortSignal) => RestoreSource): Promise<readonly (string | null)[]> {
  const waiting: (string | null)[] = [];
  const restores = createRestores((notice: RestoreNotice) => {
    if (notice.type === 'restore-progress') waiting.push(notice.progress.waiting);
  });
  const { port1, port2 } = new MessageChannel();
  port2.postMessage({ type: 'pull' });
  restores.plan('r', SET);
  await restores.run('r', open, { kind: 'port', port: port1 });
  port1.close();
  return waiting;
}

test('the plan of a restore waits for the server, and says so', async () => {
  const source = { readPack: late(new Uint8Array(1)) };
  assert.deepEqual((await run(() => source)).slice(0, 2), ['E_OFFLINE', null]);
});

test('so does the ticket of a download by link', async () => {
  let tickets = 0;
  const ticket = late(null);
  const begin = async (): Promise<void> => {
    await ticket();
    tickets++;
  };
  const source = { begin, readPack: async () => new Uint8Array(1) };
  assert.deepEqual((await run(() => source)).slice(0, 2), ['E_OFFLINE', null]);
  assert.equal(tickets, 1);
});

test('what would only come again ends it', async () => {
  const begin = async (): Promise<void> => {
    throw new HoldfastError('E_LINK_GONE', 'gone');
  };
  const source = { begin, readPack: async () => new Uint8Array(1) };
  await assert.rejects(
    run(() => source),
    { code: 'E_LINK_GONE' },
  );
});

/** A restore whose download nobody pulls, as one that is paused. */
function stalled() {
  const restores = createRestores(() => undefined);
  const { port1, port2 } = new MessageChannel();
  restores.plan('r', SET);
  const source = { readPack: async () => new Uint8Array(1) };
  const running = restores.run('r', () => source, { kind: 'port', port: port1 }).finally(() => port1.close());
  return { restores, running, reader: port2 };
}

test('cancelled while its download asks for nothing it is over', async () => {
  const { restores, running } = stalled();
  restores.cancel('r');
  await assert.rejects(running, { code: 'E_CANCELLED' });
});

test('all are over, and what was only planned is forgotten, when nobody is signed in any more', async () => {
  const { restores, running } = stalled();
  restores.plan('next', SET);
  restores.cancelAll();
  await assert.rejects(running, { code: 'E_CANCELLED' });
  const { port1, port2 } = new MessageChannel();
  const source = { readPack: async () => new Uint8Array(1) };
  await assert.rejects(
    restores.run('next', () => source, { kind: 'port', port: port1 }).finally(() => port2.close()),
    { code: 'E_INTERNAL' },
  );
});

test('whose reader cancels, or is gone without a word, is over too', async () => {
  const cancelled = stalled();
  cancelled.reader.postMessage({ type: 'cancel' });
  await assert.rejects(cancelled.running, { code: 'E_CANCELLED' });
  const gone = stalled();
  gone.reader.close();
  await assert.rejects(gone.running, { code: 'E_INTERNAL' });
});

test('what was not planned, or was cancelled, is not restored; a name serves once', async () => {
  const restores = createRestores(() => undefined);
  const source = { readPack: async () => new Uint8Array(1) };
  const go = async (): Promise<unknown> => {
    const { port1, port2 } = new MessageChannel();
    port2.postMessage({ type: 'pull' });
    return restores.run('r', () => source, { kind: 'port', port: port1 }).finally(() => port1.close());
  };
  await assert.rejects(go(), { code: 'E_INTERNAL' });
  assert.deepEqual(restores.plan('r', SET), { length: 0, size: 0 });
  restores.cancel('r');
  await assert.rejects(go(), { code: 'E_INTERNAL' });
  restores.plan('r', SET);
  assert.equal(await go(), null);
  await assert.rejects(go(), { code: 'E_INTERNAL' });
});
