/** Walking a folder into a real queue: every file once, whatever dies, and what cannot be read has its name. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { openSource, Sources, walkFolders } from '../../extension/capture/worker/index.ts';
import { createOutbox, type Outbox, openQueue, type QueueDb, readSummary } from '../../extension/queue/index.ts';
import type { Unchanged } from '../../shared/archiver/index.ts';
import { type Disk, folderHandle, isFile, type Tree } from '../support/file-tree.ts';

const PLAIN = { bytes: [1], mtime: 0 };
const never = new AbortController().signal;
const MANY = { jobs: 1_000, files: 100_000, bytes: 1e9, leaseMs: 1_000 };
let count = 0;

/** Five hundred files in every second folder, three levels deep. */
function tree(depth = 3): Tree {
  const made: Tree = {};
  for (let i = 0; i < (depth % 2 === 0 ? 3 : 500); i++) made[`file ${i}`] = PLAIN;
  if (depth > 0) for (const name of ['one', 'two']) made[name] = tree(depth - 1);
  return made;
}

/**
 * An outbox whose folder is `given`: the database in memory keeps no handles. It dies at telling number `death`. `jobs`: takes
 * the path of every file that became a job.
 */
function outboxOn(db: QueueDb, given: Tree, death = Number.POSITIVE_INFINITY, jobs: string[] = []): Outbox {
  const outbox = createOutbox(db, () => 1);
  let told = 0;
  const walks = {
    next: () => outbox.walks.next(),
    known: (...folder: Parameters<Outbox['walks']['known']>) => outbox.walks.known(...folder),
    source: async (id: string) => ({ id, kind: 'folder', handle: folderHandle('Home', given) }),
    tell: async (...news: Parameters<Outbox['walks']['tell']>) => {
      if (++told > death) throw new Error('dead');
      const wanted = await outbox.walks.tell(...news);
      if (wanted) jobs.push(...news[2].files.map(({ within }) => ['Home', ...within].join('/')));
      return wanted;
    },
  };
  return { ...outbox, walks: walks as unknown as Outbox['walks'] };
}

interface Walker {
  sources?: Sources;
  unchanged?: Unchanged | null;
  /** How far the clock moves at each look at it: 250 has the walk tell of everything at once. */
  pace?: number;
}

async function walk(
  outbox: Outbox,
  { sources = new Sources(), unchanged = null, pace = 0 }: Walker = {},
): Promise<void> {
  let now = 0;
  const clock = {
    now: () => {
      now += pace;
      return now;
    },
    sleep: async () => undefined,
  };
  await walkFolders({ outbox, sources, clock, unchanged: async () => unchanged }, () => undefined, never);
}

async function captured(): Promise<QueueDb> {
  const db = openQueue(`walk-${count++}`);
  const handle = { kind: 'directory', name: 'Home' } as unknown as FileSystemDirectoryHandle;
  await createOutbox(db, () => 1).intake.capture([{ kind: 'folder', handle }]);
  return db;
}

function namesIn(given: Tree, path: readonly string[] = ['Home']): string[] {
  return Object.entries(given).flatMap(([name, node]) =>
    isFile(node) ? [[...path, name].join('/')] : namesIn(node, [...path, name]),
  );
}

/** Every file that has a job, as often as it has one, whatever became of the job. */
async function namesOf(db: QueueDb): Promise<string[]> {
  const alone = await db.jobs.filter((job) => job.bundle !== 1).toArray();
  const bundles = await db.bundles.toArray();
  const bundled = bundles.flatMap(({ root, folders, files }) =>
    files
      .filter(({ out }) => out !== 1)
      .map(({ folder, name }) => [root, ...folders[folder]!.slice(1), name].join('/')),
  );
  return [...alone.map(({ path, name }) => [...path, name].join('/')), ...bundled].sort();
}

test('killed at any telling, the walk goes on and each file has one job', async () => {
  const given = tree();
  const all = namesIn(given).sort();
  for (const death of [0, 1]) {
    const db = await captured();
    await assert.rejects(walk(outboxOn(db, given, death)), /dead/);
    assert.ok((await db.walks.count()) > 0);
    await walk(outboxOn(db, given));
    assert.deepEqual(await namesOf(db), all);
    assert.equal(await db.walks.count(), 0);
    db.close();
  }
});

const anyTree: fc.Arbitrary<Tree> = fc.letrec<{ tree: Tree; node: Tree | Disk }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, fc.constant<Disk>(PLAIN), tie('tree')),
  tree: fc.dictionary(fc.stringMatching(/^[a-d]{1,2}$/), tie('node'), { maxKeys: 6, noNullPrototype: true }),
})).tree;

test('killed at any transaction, with jobs archived and files failing meanwhile, each file of any tree has one job', async () => {
  const life = fc.record({
    /** Tellings before the death. */
    tellings: fc.nat(4),
    pace: fc.constantFrom(0, 60, 250),
    /** What becomes of what was claimed before the next life. */
    after: fc.constantFrom('nothing', 'prove', 'fail', 'halve'),
  });
  await fc.assert(
    fc.asyncProperty(anyTree, fc.array(life, { maxLength: 4 }), async (given, lives) => {
      const db = await captured();
      const { leases } = createOutbox(db, () => 1);
      const jobs: string[] = [];
      for (const { tellings, pace, after } of lives) {
        await walk(outboxOn(db, given, tellings, jobs), { pace }).catch((error: unknown) =>
          assert.match(String(error), /dead/),
        );
        for (const { job, files } of await leases.claim('one', MANY)) {
          if (after === 'halve') await leases.halve('one', job.id);
          if (after === 'fail')
            await leases.fail('one', [{ jobId: job.id, fileId: files[0]!.id, code: 'E_SOURCE_GONE' }]);
          if (after !== 'prove') continue;
          await leases.commit('one', [job.id], 0);
          await leases.prove([job.id]);
        }
        await leases.inherit('two');
      }
      await walk(outboxOn(db, given, undefined, jobs));
      assert.deepEqual(jobs.sort(), namesIn(given).sort());
      const { counts, tally, walks } = await readSummary(db);
      assert.equal(walks, 0);
      assert.equal(tally.files + counts.failed, namesIn(given).length);
      db.close();
    }),
    { numRuns: 100 },
  );
});

test('files that the vault has as they are have no job, in any folder', async () => {
  const given: Tree = { a: PLAIN, sub: { b: { ...PLAIN, mtime: 5 }, c: PLAIN }, same: { d: PLAIN, e: PLAIN } };
  const db = await captured();
  const asked: string[] = [];
  await walk(outboxOn(db, given), {
    unchanged: async (path, name, size, mtime) => {
      asked.push([...path, name].join('/'));
      return size === 1 && mtime === 0;
    },
  });
  assert.deepEqual(asked.sort(), namesIn(given).sort());
  assert.deepEqual(await namesOf(db), ['Home/sub/b']);
  const { tally } = await readSummary(db);
  assert.deepEqual([tally.files, tally.unchanged], [1, 4]);
});

test('what a walk has just met is read without being opened again; what is not at hand is opened from its folder', async () => {
  const looks: string[] = [];
  const given: Tree = { sub: {} };
  for (const name of ['a', 'b'])
    Object.defineProperty(given.sub, name, {
      enumerable: true,
      get: () => {
        looks.push(name);
        return { ...PLAIN, bytes: [1, 2] };
      },
    });
  const db = await captured();
  const [sources, outbox] = [new Sources(), outboxOn(db, given)];
  await walk(outbox, { sources });
  const [{ job, files } = assert.fail()] = await outbox.leases.claim('one', MANY);
  const source = await outbox.walks.source(job.sourceId);
  looks.length = 0;
  for (const file of files) assert.equal((await openSource(sources, source, file)).size, 2);
  assert.deepEqual(looks, []);
  await openSource(sources, source, files[0]!);
  assert.deepEqual(looks, ['a']);
});

test('a folder that cannot be read is an item by its name, one that may not be read waits, the rest is walked', async () => {
  const gone: Tree = {};
  Object.defineProperty(gone, 'x', {
    enumerable: true,
    get() {
      throw new DOMException('', 'NotReadableError');
    },
  });
  const given: Tree = { gone, shut: { a: { ...PLAIN, fault: 'NotAllowedError' } }, open: { b: PLAIN } };
  const db = await captured();
  await walk(outboxOn(db, given));
  assert.deepEqual(await namesOf(db), ['Home/gone', 'Home/open/b']);
  const [failed] = (await db.jobs.toArray()).filter(({ status }) => status.state === 'failed');
  assert.deepEqual([failed?.name, failed?.status], ['gone', { state: 'failed', code: 'E_SOURCE_UNREADABLE' }]);
  assert.deepEqual(
    (await db.walks.toArray()).map(({ place, blocked }) => [place, blocked]),
    [['shut', 1]],
  );
});

test('a queue that cannot take more stops the walk; no folder is blamed for it', async () => {
  const given: Tree = { sub: tree(1) };
  const db = await captured();
  await assert.rejects(walk(outboxOn(db, given, 0)), /dead/);
  assert.deepEqual(await namesOf(db), []);
});
