/** Large files that a page lends while it copies them: read from the first moment, and when the page has gone. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveFile } from '../../extension/capture/give.ts';
import { inParts } from '../../extension/capture/parts.ts';
import { type DropPorts, takeDrop } from '../../extension/capture/take-drop.ts';
import { createLoans, Lender, openSource, Sources } from '../../extension/capture/worker/index.ts';
import { type ClaimedJob, createOutbox, openQueue, type Pieces, readSummary } from '../../extension/queue/index.ts';
import { STRETCH } from '../../shared/archiver/index.ts';
import { codeOf, HoldfastError } from '../../shared/errors/index.ts';

const SIZE = 2 * STRETCH + 5;
const LIMITS = { jobs: 10, files: 600, bytes: 10 * SIZE, leaseMs: 60_000 };

const isGone = (error: unknown): boolean => codeOf(error) === 'E_SOURCE_GONE';

/** Three pieces, each telling where it lies. */
const film = () => new Blob([1, 2, 3].map((byte) => new Uint8Array(byte === 3 ? 5 : STRETCH).fill(byte)));

let count = 0;

/** A queue, a page that drops the film into it, and what an engine sees. `onPiece` comes before each piece is kept. */
function scene(onPiece: (number: number) => Promise<void> = async () => undefined) {
  const db = openQueue(`loan-${count++}`);
  const outbox = createOutbox(db, () => 1);
  const { drops, intake, pieces, leases } = outbox;
  const held = new Set<string>();
  const woken = Promise.withResolvers<void>();
  let waits = 0;
  const ports: DropPorts = {
    drops,
    pieces: {
      add: async (...given: Parameters<Pieces['add']>) => {
        await onPiece(given[1]);
        return pieces.add(...given);
      },
      end: (id) => pieces.end(id),
      giveUp: (id) => pieces.giveUp(id),
      isWanted: (id) => pieces.isWanted(id),
    },
    pause: async () => {
      waits++;
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
    wake: async () => {
      if ((await db.jobs.count()) > 0) woken.resolve();
    },
    locked: (name, work) => {
      held.add(name);
      return work().finally(() => held.delete(name));
    },
  };
  const items = [{ kind: 'bytes' as const, blob: film(), path: ['Films'], name: 'film', mtime: 50 }];
  const roots = [{ name: 'Films', handle: null }];
  const sources = new Sources(createLoans(pieces, async () => held));
  return {
    ...{ db, outbox, held, woken: woken.promise },
    waits: () => waits,
    give: (id: string, file: File) => giveFile(id, file, { ...ports, intake }),
    drop: () => takeDrop({ items: [], roots, rest: inParts(items) }, ports),
    claim: async () => (await leases.claim('one', LIMITS))[0] as ClaimedJob,
    open: ({ source, job }: ClaimedJob) => openSource(sources, source, { id: job.id, within: [] }),
  };
}

async function assertIsFilm(...parts: readonly Blob[]): Promise<void> {
  const bytes = new Uint8Array(await new Blob([...parts]).arrayBuffer());
  assert.deepEqual(bytes, new Uint8Array(await film().arrayBuffer()));
}

test('a large file is read before it is copied, and from the copy when the page has gone', async () => {
  const go = Promise.withResolvers<void>();
  const { db, drop, woken, claim, open } = scene(() => go.promise);
  const dropped = drop();
  await woken;
  const claimed = await claim();
  assert.deepEqual([claimed.job.path, claimed.job.name, claimed.job.size], [['Films'], 'film', SIZE]);
  const lent = await open(claimed);
  assert.deepEqual([lent.size, lent.mtime, await db.pieces.count()], [SIZE, 50, 0]);
  await assertIsFilm(lent.blob);
  assert.equal(await lent.copy?.(), null);
  go.resolve();
  await dropped;
  assert.equal(await db.pieces.count(), 3);
  await assertIsFilm(...((await lent.copy?.()) ?? []));
  // What was claimed before says that it is lent: the copy has come since.
  const kept = await open(claimed);
  assert.equal(kept.size, SIZE);
  await assertIsFilm(...((await kept.copy?.()) ?? []));
  db.close();
});

test('bytes are let go when the job is proven, and the page stops copying what nobody needs', async () => {
  const { promise: sent, resolve } = Promise.withResolvers<void>();
  const { db, outbox, drop, woken, claim } = scene((number) => (number === 2 ? sent : Promise.resolve()));
  const dropped = drop();
  await woken;
  const { job } = await claim();
  await outbox.leases.commit('one', [job.id], 60_000);
  await outbox.leases.prove([job.id]);
  resolve();
  await dropped;
  assert.deepEqual([await db.pieces.count(), await db.sources.count()], [0, 0]);
  db.close();
});

test('without room for a copy the page lends the file until it is safe', async () => {
  const full = async (number: number): Promise<void> => {
    if (number === 1) throw new HoldfastError('E_DISK_FULL', 'the test says so');
  };
  const { db, outbox, drop, woken, waits, claim, open } = scene(full);
  const dropped = drop();
  await woken;
  const claimed = await claim();
  while (waits() < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await db.pieces.count(), 0);
  await assertIsFilm((await open(claimed)).blob);
  await outbox.leases.commit('one', [claimed.job.id], 60_000);
  await outbox.leases.prove([claimed.job.id]);
  await dropped;
  db.close();
});

test('when the page dies before the copy is whole, a person is asked for the file', async () => {
  const death = Promise.withResolvers<void>();
  const { db, outbox, held, drop, woken, claim, open } = scene((n) => (n === 1 ? death.promise : Promise.resolve()));
  const dropped = drop();
  await woken;
  const claimed = await claim();
  held.clear();
  await outbox.drops.settle(async () => held);
  assert.equal((await readSummary(db)).cutShort.length, 0, 'the file is in the queue: its own item asks for it');
  await assert.rejects(open(claimed), isGone);
  await outbox.leases.fail('one', [{ jobId: claimed.job.id, fileId: claimed.job.id, code: 'E_SOURCE_GONE' }]);
  assert.equal((await db.jobs.get(claimed.job.id))?.toGive, 1);
  await outbox.controls.retryAll();
  assert.equal((await db.jobs.get(claimed.job.id))?.status.state, 'failed');
  await outbox.intake.supply(claimed.job.id, { blob: new Blob(['again']), name: 'film', mtime: 60 });
  assert.equal(await db.pieces.count(), 0);
  const given = await open(await claim());
  assert.deepEqual([await given.blob.text(), given.mtime], ['again', 60]);
  death.resolve();
  await dropped;
  assert.equal(await db.pieces.count(), 0);
  db.close();
});

test('a large file that a person gives in place of one that was not to be had is lent and copied like a dropped one', async () => {
  const go = Promise.withResolvers<void>();
  const { db, outbox, give, woken, claim, open } = scene(() => go.promise);
  const [id] = await outbox.intake.capture([
    { kind: 'unreadable', path: ['Films'], name: 'old', code: 'E_SOURCE_GONE' },
  ]);
  const given = give(id ?? '', new File([film()], 'film', { lastModified: 70 }));
  await woken;
  const claimed = await claim();
  const { job } = claimed;
  assert.deepEqual([job.id, job.path, job.name, job.size, job.toGive], [id, ['Films'], 'film', SIZE, undefined]);
  const lent = await open(claimed);
  assert.deepEqual([lent.size, lent.mtime, await lent.copy?.()], [SIZE, 70, null]);
  await assertIsFilm(lent.blob);
  go.resolve();
  await given;
  assert.deepEqual([await db.sources.count(), await db.pieces.count()], [1, 3]);
  await assertIsFilm(...((await lent.copy?.()) ?? []));
  await outbox.leases.commit('one', [job.id], 60_000);
  await outbox.leases.prove([job.id]);
  assert.deepEqual([await db.sources.count(), await db.pieces.count()], [0, 0]);
  db.close();
});

test('a large file that is given again takes the place of the one whose copy is not whole', async () => {
  const first = Promise.withResolvers<void>();
  const pieces = [first.promise];
  const { db, outbox, give, woken, claim, open } = scene(async () => pieces.shift());
  const [id = ''] = await outbox.intake.capture([{ kind: 'unreadable', path: [], name: 'old', code: 'E_SOURCE_GONE' }]);
  const before = give(id, new File([film()], 'film'));
  await woken;
  await claim();
  await outbox.leases.fail('one', [{ jobId: id, fileId: id, code: 'E_SOURCE_GONE' }]);
  await give(id, new File([film()], 'film', { lastModified: 80 }));
  first.resolve();
  await before;
  assert.deepEqual([await db.sources.count(), await db.pieces.count()], [1, 3]);
  const claimed = await open(await claim());
  assert.equal(claimed.mtime, 80);
  await assertIsFilm(...((await claimed.copy?.()) ?? []));
  db.close();
});

test('a file that is cleared is copied no further', async () => {
  const made = scene(async (number) => {
    if (number === 1) await made.outbox.controls.cancelAll();
  });
  await made.drop();
  assert.deepEqual([await made.db.pieces.count(), await made.db.sources.count()], [0, 0]);
  made.db.close();
});

test('a page that is busy is waited for as long as it lives', async () => {
  const { borrow } = createLoans({ whole: async () => null }, async () => new Set(['alive']));
  const borrowing = borrow({ id: 'film', lender: 'alive' });
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const page = new Lender();
  page.lend('film', new Blob(['at last']));
  assert.equal(await (await borrowing)?.text(), 'at last');
  page.close();
  assert.equal(await borrow({ id: 'film', lender: 'dead' }), null);
});
