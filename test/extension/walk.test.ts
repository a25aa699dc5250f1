/** Walking a folder into a real queue: every file once, whatever dies, and what cannot be read has its name. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Anchors, walkFolders } from '../../extension/capture/worker/index.ts';
import { createOutbox, type Outbox, openQueue, type QueueDb } from '../../extension/queue/index.ts';
import { folderHandle, type Tree } from '../support/file-tree.ts';

const PLAIN = { bytes: [1], mtime: 0 };
const never = new AbortController().signal;
let count = 0;

/** Five hundred files in every second folder, three levels deep. */
function tree(depth = 3): Tree {
  const made: Tree = {};
  for (let i = 0; i < (depth % 2 === 0 ? 3 : 500); i++) made[`file ${i}`] = PLAIN;
  if (depth > 0) for (const name of ['one', 'two']) made[name] = tree(depth - 1);
  return made;
}

/** An outbox whose folder is `given`: the database in memory keeps no handles. It dies at telling number `death`. */
function outboxOn(db: QueueDb, given: Tree, death = Number.POSITIVE_INFINITY): Outbox {
  const outbox = createOutbox(db, () => 1);
  let told = 0;
  const walks = {
    next: () => outbox.walks.next(),
    source: async () => ({ id: 's', kind: 'folder', handle: folderHandle('Home', given) }),
    tell: async (...news: Parameters<Outbox['walks']['tell']>) => {
      if (++told > death) throw new Error('dead');
      return outbox.walks.tell(...news);
    },
  };
  return { ...outbox, walks: walks as unknown as Outbox['walks'] };
}

async function walk(outbox: Outbox): Promise<void> {
  const clock = { now: () => 1, sleep: async () => undefined };
  await walkFolders({ outbox, anchors: new Anchors(), clock }, () => undefined, never);
}

async function captured(): Promise<QueueDb> {
  const db = openQueue(`walk-${count++}`);
  const handle = { kind: 'directory', name: 'Home' } as unknown as FileSystemDirectoryHandle;
  await createOutbox(db, () => 1).intake.capture([{ kind: 'folder', handle }]);
  return db;
}

function namesIn(given: Tree, path: readonly string[] = ['Home']): string[] {
  return Object.entries(given).flatMap(([name, node]) =>
    'bytes' in node ? [[...path, name].join('/')] : namesIn(node, [...path, name]),
  );
}

const namesOf = async (db: QueueDb): Promise<string[]> =>
  (await db.jobs.toArray()).map(({ path, name }) => [...path, name].join('/')).sort();

test('killed at any telling, the walk goes on and each file has one job', async () => {
  const given = tree();
  const all = namesIn(given).sort();
  for (const death of [0, 1, 2, 3]) {
    const db = await captured();
    await assert.rejects(walk(outboxOn(db, given, death)), /dead/);
    assert.ok((await db.walks.count()) > 0);
    await walk(outboxOn(db, given));
    assert.deepEqual(await namesOf(db), all);
    assert.equal(await db.walks.count(), 0);
    db.close();
  }
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
