/** The runner and the web: documents come beside everything else, and one that does not end holds nothing up. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { WebPort } from '../../extension/capture/worker/index.ts';
import { readSummary } from '../../extension/queue/index.ts';
import { run } from '../../extension/runner/run.ts';
import type { Archiver } from '../../shared/archiver/index.ts';
import { bytesItem, webItem } from '../contract/queue-suite.ts';
import { never, nextTick, rig, road, wellBehaved } from './runner-rig.ts';

test('documents are fetched and archived in the same run; those that cannot be are items with a cause', async () => {
  const r = rig(wellBehaved, {
    web: {
      fetch: async (url) => {
        if (url.endsWith('/gone')) return new Response(null, { status: 404 });
        if (url.endsWith('/busy')) return new Response(null, { status: 503 });
        return new Response('text', { headers: { 'content-type': 'text/plain' } });
      },
    },
  });
  const urls = ['one', 'two', 'three', 'four', 'gone', 'busy'].map((name) =>
    webItem(`https://site.test/${name}`, true),
  );
  await r.ports.outbox.intake.capture([...urls, webItem('https://other.test/x', false)]);
  await run(r.ports, never);
  const { counts, waiting } = await readSummary(r.db);
  assert.deepEqual([counts.proven, counts.failed, waiting.offline, waiting.permission], [4, 1, 1, 1]);
  assert.deepEqual([...r.vault.values()].sort(), ['four.txt', 'one.txt', 'three.txt', 'two.txt']);
});

test('what is captured while a large file is under way is fetched at once, not after it', async () => {
  const r = rig(async (items, options, vault) => {
    if (items[0]?.name === 'large') {
      await r.ports.outbox.intake.capture([webItem('https://site.test/late', true)]);
      r.ports.woken.ring();
      while ((await readSummary(r.db)).counts.captured > 0) await nextTick();
    }
    await wellBehaved(items, options, vault);
  });
  await r.ports.outbox.intake.capture([bytesItem('large')]);
  await run(r.ports, never);
  assert.deepEqual(
    r.streams.map((names) => names.length),
    [1, 1],
  );
  assert.equal((await readSummary(r.db)).counts.proven, 2);
});

/** As the real one does: each file is dealt with when it comes, and the stream need not end. */
const asTheyCome: Archiver = {
  scan: () => async () => false,
  async archive(items, { onEvent }) {
    for await (const { key } of items) {
      onEvent({ type: 'committed', key, unchanged: false, size: 1 });
      onEvent({ type: 'proven', key });
    }
    return { committed: 0, failed: 0, sentBytes: 0, sentPacks: 0 };
  },
};

/** A body that is as long as `more` answers true. */
function drip(signal: AbortSignal | null | undefined, more: () => Promise<boolean>): ReadableStream {
  return new ReadableStream({
    start: (body) => signal?.addEventListener('abort', () => body.error(signal.reason)),
    async pull(body) {
      if (await more()) body.enqueue(new Uint8Array(1));
      else body.close();
    },
  });
}
const silent: WebPort['fetch'] = async (_, { signal }) =>
  new Response(drip(signal, () => new Promise(() => undefined)));

const page = async (): Promise<Response> => new Response('page');

test('a document that does not end holds nothing up that is captured after it', async () => {
  const fetch: WebPort['fetch'] = (url, init) => (url.endsWith('/live') ? silent(url, init) : page());
  const r = rig(wellBehaved, { web: { fetch } });
  const over = new AbortController();
  const proven = async (files: number): Promise<void> => {
    while ((await readSummary(r.db)).counts.proven < files) await nextTick();
  };
  await r.ports.outbox.intake.capture([webItem('https://site.test/live', true), bytesItem('early')]);
  const running = run({ ...r.ports, openEngine: async () => asTheyCome }, over.signal);
  await proven(1);
  for (let i = 0; i < 100; i++) await nextTick();
  await r.ports.outbox.intake.capture([bytesItem('late'), webItem('https://site.test/late', true)]);
  r.ports.woken.ring();
  await proven(3);
  over.abort();
  await running;
  assert.equal((await readSummary(r.db)).counts.captured, 1);
});

test('when the road is closed, a document that does not end is cut off and fetched again meanwhile', async () => {
  let fetches = 0;
  const r = rig(wellBehaved, {
    openEngine: () => Promise.reject(road('E_UNAVAILABLE')),
    web: {
      async fetch(url, init) {
        init.signal?.throwIfAborted();
        return fetches++ === 0 ? silent(url, init) : page();
      },
    },
  });
  const { intake, leases } = r.ports.outbox;
  await intake.capture([webItem('https://site.test/slow', true), bytesItem('a')]);
  await run(r.ports, never);
  const cut = await readSummary(r.db);
  assert.deepEqual([cut.counts.captured, cut.waiting.offline, cut.hold?.code], [1, 1, 'E_UNAVAILABLE']);
  assert.equal(await leases.nextDue(), 0);
  await run(r.ports, never);
  assert.deepEqual([(await readSummary(r.db)).counts.captured, fetches], [0, 2]);
  assert.equal(await leases.nextDue(), cut.hold?.notBefore);
});

test('a site that falls silent is asked again later', async () => {
  const r = rig(wellBehaved, {
    web: {
      fetch: (url, init) => {
        r.clock.now += 61_000;
        return silent(url, init);
      },
    },
  });
  await r.ports.outbox.intake.capture([webItem('https://site.test/silent', true)]);
  await run(r.ports, never);
  assert.equal((await readSummary(r.db)).waiting.offline, 1);
});

test('what comes for ever is given up after an hour; a document that says how long it is may take longer', async () => {
  for (const [headers, state] of [
    [{}, 'failed'],
    [{ 'content-length': '500' }, 'proven'],
  ] as const) {
    let bytes = 0;
    const r = rig(wellBehaved, {
      web: {
        fetch: async (_, { signal }) => {
          const more = async (): Promise<boolean> => {
            await nextTick();
            r.clock.now += 10_000;
            return bytes++ < 500;
          };
          return new Response(drip(signal, more), { headers });
        },
      },
    });
    const [id = ''] = await r.ports.outbox.intake.capture([webItem('https://radio.test/', true)]);
    await run(r.ports, never);
    const { status } = (await r.db.jobs.get(id))!;
    assert.equal(status.state, state);
    assert.equal(status.state === 'failed' && status.code, state === 'failed' && 'E_CAPTURE_ENDLESS');
  }
});

test('a road that fails is written down though a document is still awaited', { timeout: 20_000 }, async () => {
  const fetch: WebPort['fetch'] = async (url, init) => {
    init.signal?.throwIfAborted();
    return silent(url, init);
  };
  const r = rig(wellBehaved, { web: { fetch } });
  const failing: Archiver = {
    ...asTheyCome,
    async archive(items) {
      const stream = (items as AsyncIterable<unknown>)[Symbol.asyncIterator]();
      await stream.next();
      stream.next().catch(() => undefined);
      await nextTick();
      throw road('E_UNAVAILABLE');
    },
  };
  await r.ports.outbox.intake.capture([bytesItem('a'), webItem('https://site.test/slow', true)]);
  await run({ ...r.ports, openEngine: async () => failing }, never);
  const { hold, counts } = await readSummary(r.db);
  assert.deepEqual([hold?.code, counts.leased, counts.captured], ['E_UNAVAILABLE', 0, 1]);
});
