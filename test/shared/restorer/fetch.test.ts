/** Fetching: aligned ranges, each part of a pack once, little held, and a failure told once and curable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BufferPool, type Bytes, equal } from '../../../shared/bytes/index.ts';
import { HoldfastError, integrityError } from '../../../shared/errors/index.ts';
import { MAX_PACK, RANGE_ALIGN } from '../../../shared/protocol/index.ts';
import { createFetcher, type PlannedChunk } from '../../../shared/restorer/index.ts';
import type { PackRange } from '../../../shared/vault/index.ts';

/** A pack whose every four bytes are their own offset. */
function contentAt(off: number, len: number): Bytes {
  const from = off & ~3;
  const view = new DataView(new ArrayBuffer(4 * Math.ceil((len + 4) / 4)));
  for (let i = 0; i < view.byteLength; i += 4) view.setUint32(i, from + i);
  return new Uint8Array(view.buffer).slice(off - from, off - from + len);
}

function chunkAt(packId: string, off: number, len: number, packSize = MAX_PACK): PlannedChunk {
  return {
    packId,
    packSize,
    off,
    len,
    ref: { len, h: new Uint8Array(32) },
    open: async (blob) => {
      if (!equal(blob, contentAt(off, len))) throw integrityError();
      return new Uint8Array(blob);
    },
  };
}

/** Packs that remember what was asked of them and how much of their bytes is still held. */
function recordingPacks(
  answer: (range: PackRange) => Promise<Bytes> = async ({ start, end }) => contentAt(start, end - start),
) {
  const asked: { id: string; range: PackRange }[] = [];
  return {
    asked,
    read: async (id: string, range: PackRange) => {
      asked.push({ id, range });
      return answer(range);
    },
  };
}

function fetcherOf(chunks: readonly PlannedChunk[], read: ReturnType<typeof recordingPacks>['read']) {
  const fetcher = createFetcher(read);
  fetcher.add(chunks);
  return fetcher;
}

async function readAll(
  chunks: readonly PlannedChunk[],
  read: ReturnType<typeof recordingPacks>['read'],
  signal = new AbortController().signal,
) {
  const lengths: number[] = [];
  for await (const bytes of fetcherOf(chunks, read).read(0, chunks.length, signal)) lengths.push(bytes.length);
  return lengths;
}

test('every range is aligned, lies in its pack, and every pack is asked once', async () => {
  const chunks = [
    chunkAt('a', 36, 10),
    chunkAt('b', 70_000, 1),
    chunkAt('a', 200_000, 70_000),
    chunkAt('c', 0, 65_536, 65_536),
    chunkAt('b', RANGE_ALIGN - 1, 2),
    chunkAt('a', 36, 10),
  ];
  const packs = recordingPacks();
  assert.deepEqual(
    await readAll(chunks, packs.read),
    chunks.map((chunk) => chunk.len),
  );
  assert.deepEqual(
    packs.asked.toSorted((x, y) => (x.id < y.id ? -1 : 1)),
    [
      { id: 'a', range: { start: 0, end: 327_680 } },
      { id: 'b', range: { start: 0, end: 131_072 } },
      { id: 'c', range: { start: 0, end: 65_536 } },
    ],
  );
});

test('of a large pack only the part that is needed is asked for', async () => {
  const packs = recordingPacks();
  await readAll([chunkAt('a', 1_000_000, 100)], packs.read);
  assert.deepEqual(packs.asked, [{ id: 'a', range: { start: 983_040, end: 1_048_576 } }]);
});

test('the next packs are on their way while one is opened, and a thousand packs are not held at once', async () => {
  const chunks = Array.from({ length: 200 }, (_, i) => chunkAt(`p${i}`, 36, MAX_PACK - 36));
  let underway = 0;
  let most = 0;
  let consumed = 0;
  let begun = 0;
  const read = async (_: string, { start, end }: PackRange) => {
    begun++;
    most = Math.max(most, ++underway, begun - consumed);
    await new Promise(setImmediate);
    underway--;
    return new Uint8Array(end - start);
  };
  const opened = chunks.map((chunk) => ({
    ...chunk,
    open: async (blob: Uint8Array) => new Uint8Array(blob.length > 0 ? 1 : 0),
  }));
  for await (const _ of fetcherOf(opened, read).read(0, opened.length)) consumed++;
  assert.equal(begun, 200);
  assert.ok(most > 1, 'packs come one after another');
  assert.ok(most * MAX_PACK <= 48 * 1_048_576, `${most} packs at once`);
});

test('memory that was lent for a pack is lent again once its last chunk is open, and not before', async () => {
  const pool = new BufferPool(131_072, 8);
  const lent = new Set<ArrayBuffer>();
  const read = async (_: string, { start, end }: PackRange) => {
    const bytes = pool.take(end - start);
    lent.add(bytes.buffer);
    bytes.set(contentAt(start, bytes.length));
    return pool.lend(bytes);
  };
  const chunks = Array.from({ length: 400 }, (_, i) => {
    const chunk = chunkAt(`p${Math.floor(i / 4)}`, 36 + 30_000 * (i % 4), 30_000);
    // each takes its own time, so that the last one of a pack is not the last to be open
    const wait = () => new Promise((done) => setTimeout(done, (i * 7) % 5));
    return { ...chunk, open: (blob: Uint8Array) => wait().then(() => chunk.open(blob)) };
  });
  for await (const _ of fetcherOf(chunks.slice(0, 3), read).read(0, 2));
  const left = lent.size;
  await readAll(chunks, read);
  assert.ok(lent.size - left < 40, `${lent.size} buffers for 100 packs`);
});

test('chunks of two files that take turns in many packs do not read any of them twice', async () => {
  const chunks = Array.from({ length: 60 }, (_, i) => chunkAt(`p${i % 3}`, 36 + 1_000 * i, 1_000));
  const packs = recordingPacks();
  await readAll(chunks, packs.read);
  assert.equal(packs.asked.length, 3);
});

test('of a pack most of which is needed all is asked for, and what comes to the plan later shares it', async () => {
  const packs = recordingPacks();
  const fetcher = createFetcher(packs.read);
  assert.equal(fetcher.add([chunkAt('a', 36, 10), chunkAt('a', 1_000_000, 2_000_000), chunkAt('a', 400_000, 10)]), 0);
  const lengths: number[] = [];
  const read = async (from: number, to: number) => {
    for await (const bytes of fetcher.read(from, to)) lengths.push(bytes.length);
  };
  await read(0, 1);
  assert.equal(fetcher.add([chunkAt('a', 4_000_000, 20), chunkAt('b', 0, 30)]), 3);
  await read(1, 5);
  assert.deepEqual(lengths, [10, 2_000_000, 10, 20, 30]);
  assert.deepEqual(packs.asked, [
    { id: 'a', range: { start: 0, end: MAX_PACK } },
    { id: 'b', range: { start: 0, end: 65_536 } },
  ]);
});

test('of a pack of which little is needed, here and there, what lies between is left', async () => {
  const packs = recordingPacks();
  const chunks = [3_000_000, 36, 2_900_000, 1_500_000].map((off) => chunkAt('a', off, 10));
  assert.deepEqual(await readAll(chunks, packs.read), [10, 10, 10, 10]);
  assert.deepEqual(
    packs.asked.map(({ range }) => range).toSorted((x, y) => x.start - y.start),
    [
      { start: 0, end: 65_536 },
      { start: 1_441_792, end: 1_507_328 },
      { start: 2_883_584, end: 3_014_656 },
    ],
  );
});

test('what lies outside the part of a pack that is there already is asked for by itself', async () => {
  const packs = recordingPacks();
  const fetcher = createFetcher(packs.read);
  fetcher.add([chunkAt('a', 36, 10), chunkAt('a', 100, 10)]);
  for await (const _ of fetcher.read(0, 1));
  fetcher.add([chunkAt('a', 1_000_000, 10)]);
  for await (const bytes of fetcher.read(1, 3)) assert.equal(bytes.length, 10);
  assert.deepEqual(
    packs.asked.map(({ range }) => range.start),
    [0, 983_040],
  );
});

test('what is left of a pack is kept for what comes to the plan, until its room is needed', async () => {
  const packs = recordingPacks();
  const fetcher = createFetcher(packs.read);
  const read = async (chunks: readonly PlannedChunk[]) => {
    const first = fetcher.add(chunks);
    for await (const _ of fetcher.read(first, first + chunks.length));
    await new Promise(setImmediate);
  };
  const some = (id: string) => [chunkAt(id, 0, 1_500_000), chunkAt(id, 2_000_000, 1_500_000)];
  await read(some('a'));
  await read([chunkAt('a', 1_600_000, 10)]);
  for (let i = 0; i < 12; i++) await read(some(`p${i}`));
  await read([chunkAt('p11', 1_600_000, 10), chunkAt('a', 1_600_000, 10)]);
  fetcher.complete();
  await read([chunkAt('p11', 1_600_000, 10)]);
  assert.deepEqual(
    packs.asked.map(({ id }) => id),
    ['a', ...Array.from({ length: 12 }, (_, i) => `p${i}`), 'a', 'p11'],
  );
});

test('a pack of which nearly all was used is not kept', async () => {
  const packs = recordingPacks();
  const fetcher = createFetcher(packs.read);
  for (let i = 0; i < 2; i++) {
    fetcher.add([chunkAt('a', 0, 4_000_000)]);
    for await (const _ of fetcher.read(i, i + 1));
    await new Promise(setImmediate);
  }
  assert.equal(packs.asked.length, 2);
});

test('a reader that leaves early lets go of the packs that only it wanted', async () => {
  const pool = new BufferPool(65_536, 8);
  const lent = new Set<ArrayBuffer>();
  const fetcher = createFetcher(async (_, { start, end }) => {
    const bytes = pool.take(end - start);
    lent.add(bytes.buffer);
    bytes.set(contentAt(start, bytes.length));
    return pool.lend(bytes);
  });
  for (let round = 0; round < 50; round++) {
    const first = fetcher.add([chunkAt(`p${round}`, 36, 10), chunkAt(`p${round}`, 100, 10)]);
    for await (const _ of fetcher.read(first, first + 2)) break;
    await new Promise(setImmediate);
  }
  assert.ok(lent.size < 8, `${lent.size} buffers`);
});

test('a failed fetch in advance is silent until its chunk is wanted, and is then tried again', async () => {
  const chunks = [chunkAt('a', 36, 10), chunkAt('b', 36, 10)];
  let failures = 0;
  const packs = recordingPacks();
  const read = async (id: string, range: PackRange) => {
    if (id === 'b' && failures++ === 0) throw new HoldfastError('E_OFFLINE', 'gone for a moment');
    return packs.read(id, range);
  };
  const fetcher = fetcherOf(chunks, read);
  for await (const bytes of fetcher.read(0, 1)) assert.equal(bytes.length, 10);
  await new Promise(setImmediate);
  assert.equal(failures, 1);
  for await (const bytes of fetcher.read(1, 2)) assert.equal(bytes.length, 10);
  assert.equal(failures, 2);
});

test('a fetch that goes on failing fails the read once, with its own error', async () => {
  const chunks = [chunkAt('a', 36, 10), chunkAt('a', 100, 10), chunkAt('b', 36, 10), chunkAt('b', 100, 10)];
  const packs = recordingPacks();
  const read = async (id: string, range: PackRange) => {
    if (id === 'b') throw new HoldfastError('E_OFFLINE', 'gone');
    return packs.read(id, range);
  };
  await assert.rejects(readAll(chunks, read), { code: 'E_OFFLINE' });
});

test('a cancelled read ends', async () => {
  const controller = new AbortController();
  const never = recordingPacks(() => new Promise(() => {}));
  const reading = readAll([chunkAt('a', 36, 10)], never.read, controller.signal);
  controller.abort();
  await assert.rejects(reading, { code: 'E_CANCELLED' });
});

test('fewer bytes, other bytes and a place outside the pack are integrity errors', async () => {
  const refused = { code: 'E_INTEGRITY' };
  const short = recordingPacks(async ({ start, end }) => contentAt(start, (end - start) / 2));
  await assert.rejects(readAll([chunkAt('a', 60_000, 100)], short.read), refused);
  const empty = recordingPacks(async () => new Uint8Array(0));
  await assert.rejects(readAll([chunkAt('a', 60_000, 100)], empty.read), refused);
  const shifted = recordingPacks(async ({ start, end }) => contentAt(start + 4, end - start));
  await assert.rejects(readAll([chunkAt('a', 60_000, 100)], shifted.read), refused);
  for (const chunk of [chunkAt('a', 65_530, 10, 65_536), chunkAt('a', MAX_PACK, 1), chunkAt('a', 0, 1, 0)]) {
    assert.throws(() => fetcherOf([chunk], short.read), refused);
  }
});
