/** A drop brings everything that was dropped, what a browser's folder handle leaves out included. */
import 'fake-indexeddb/auto';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Drop, readDrop } from '../../extension/capture/drop.ts';
import { keep } from '../../extension/capture/keep.ts';
import { pickFiles, pickFolder } from '../../extension/capture/picker.ts';
import { type DropPorts, takeDrop } from '../../extension/capture/take-drop.ts';
import { filesOf } from '../../extension/queue/bundles.ts';
import { type CapturedItem, createOutbox, openQueue, readSummary } from '../../extension/queue/index.ts';
import { codeOf, HoldfastError } from '../../shared/errors/index.ts';

type Tree = { readonly [name: string]: Tree | string };

const SHOWN = /^[\w -]+$/;

/** A folder as Chromium hands it over: its handle without the names that some system could not hold. */
class FolderHandle {
  readonly kind = 'directory';
  readonly name: string;
  readonly tree: Tree;
  readonly #shows: (name: string) => boolean;
  /** Folders whose handle was asked for its names. */
  readonly asked: string[];

  constructor(name: string, tree: Tree, shows = (child: string) => SHOWN.test(child), asked: string[] = []) {
    this.name = name;
    this.tree = tree;
    this.#shows = shows;
    this.asked = asked;
  }

  async *keys() {
    this.asked.push(this.name);
    yield* Object.keys(this.tree).filter(this.#shows);
  }

  async getDirectoryHandle(child: string): Promise<FolderHandle> {
    const inside = this.tree[child];
    if (!this.#shows(child) || inside === undefined || typeof inside === 'string') throw fault('NotFoundError');
    return new FolderHandle(child, inside, this.#shows, this.asked);
  }

  /** Two trees with the same files are one place on this disk. */
  async isSameEntry(other: FolderHandle): Promise<boolean> {
    return JSON.stringify([this.name, this.tree]) === JSON.stringify([other.name, other.tree]);
  }
}

const handleOf = (name: string, tree: Tree) => new FolderHandle(name, tree) as unknown as FileSystemDirectoryHandle;

/** The same folder as an entry, given two children at a time. */
function entryOf(name: string, inside: Tree | string): FileSystemEntry {
  if (typeof inside === 'string') {
    const file = (done: (file: File) => void): void => done(new File([inside], name));
    return { name, isFile: true, isDirectory: false, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(inside).map(([child, below]) => entryOf(child, below));
    return { readEntries: (done: (entries: FileSystemEntry[]) => void): void => done(left.splice(0, 2)) };
  };
  return { name, isFile: false, isDirectory: true, createReader } as unknown as FileSystemEntry;
}

/** A folder that is dropped where there are handles. */
const folder = (name: string, tree: Tree) => ({
  getAsFileSystemHandle: async () => handleOf(name, tree),
  webkitGetAsEntry: () => entryOf(name, tree),
});

const dropOf = (items: readonly object[]): Promise<Drop> =>
  readDrop({ items: items.map((item) => ({ kind: 'file', ...item })), files: [] } as unknown as DataTransfer);

async function drop(items: readonly object[]): Promise<CapturedItem[]> {
  const { items: taken, rest } = await dropOf(items);
  return [...taken, ...(await flat(rest))];
}

async function flat(parts: Drop['rest']): Promise<CapturedItem[]> {
  const all: CapturedItem[] = [];
  for await (const part of parts) all.push(...part);
  return all;
}

const pathsOf = (items: readonly CapturedItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'bytes' ? [[...item.path, item.name].join('/')] : [])).sort();

const TREE: Tree = {
  plain: 'x',
  'a:b': 'x',
  sub: { plain: 'x', 'end.': 'x' },
  'fold?er': { plain: 'x', deep: { y: 'x' } },
};

test('what a folder handle leaves out is taken as files, and nothing twice', async () => {
  const taken = await drop([folder('tree', TREE)]);
  assert.deepEqual(pathsOf(taken), ['tree/a:b', 'tree/fold?er/deep/y', 'tree/fold?er/plain', 'tree/sub/end.']);
  assert.deepEqual(
    taken.flatMap((item) => (item.kind === 'folder' ? [item.handle.name] : [])),
    ['tree'],
  );
});

test('a handle is asked only about names that its browser might leave out', async () => {
  const tree = {
    'a.txt': 'x',
    sub: { 'b.txt': 'x', 'c.TXT': 'x', deep: { 'd.txt': 'x', 'e.url': 'x' } },
    more: { 'f.txt': 'x', below: { 'g.txt': 'x', 'nul.txt': 'x' } },
  };
  const handle = new FolderHandle('tree', tree, (name) => !/url|nul/.test(name));
  const taken = await drop([
    { getAsFileSystemHandle: async () => handle, webkitGetAsEntry: () => entryOf('tree', tree) },
  ]);
  assert.deepEqual(pathsOf(taken), ['tree/more/below/nul.txt', 'tree/sub/deep/e.url']);
  assert.deepEqual(handle.asked.sort(), ['below', 'deep', 'tree']);
});

const NAMES = [
  'a.txt',
  'b.txt',
  'c.md',
  'd',
  'e (1).url',
  'CON',
  'con.md',
  'f:g',
  'h.',
  ' i',
  'é.txt',
  'j.LNK',
  'Thumbs.db',
];
const names = fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 6 });
const trees = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc
    .tuple(
      names,
      fc.uniqueArray(fc.constantFrom('in', 'k.txt', 'l?'), { maxLength: 2 }),
      fc.option(tie('tree'), { maxDepth: 3, nil: {} }),
    )
    .map(([files, folders, below]) =>
      Object.fromEntries([...files.map((name) => [name, 'x']), ...folders.map((name) => [name, below])]),
    ),
})).tree;

const filesIn = (tree: Tree, path: string, shows: (name: string) => boolean): string[] =>
  Object.entries(tree).flatMap(([name, inside]) => {
    const below = shows(name) ? shows : () => false;
    if (typeof inside !== 'string') return filesIn(inside, `${path}/${name}`, below);
    return below(name) ? [] : [`${path}/${name}`];
  });

test('whatever endings a browser leaves out beside the names that no system likes, exactly that is taken', async () => {
  const endings = fc.subarray(['.txt', '.md', '.url', '.lnk', '.db']);
  await fc.assert(
    fc.asyncProperty(trees, endings, async (tree, hidden) => {
      const odd = /[:?é]|^[ .]|[ .]$|^con(\.|$)|^thumbs\.db$/i;
      const shows = (name: string) => !odd.test(name) && !hidden.some((ending) => name.toLowerCase().endsWith(ending));
      const handle = new FolderHandle('tree', tree, shows);
      const taken = await drop([
        { getAsFileSystemHandle: async () => handle, webkitGetAsEntry: () => entryOf('tree', tree) },
      ]);
      assert.deepEqual(pathsOf(taken), filesIn(tree, 'tree', shows).sort());
    }),
  );
});

test('without handles every file of the tree is taken', async () => {
  const taken = await drop([{ webkitGetAsEntry: () => entryOf('tree', TREE) }]);
  const inside = ['a:b', 'fold?er/deep/y', 'fold?er/plain', 'plain', 'sub/end.', 'sub/plain'];
  assert.deepEqual(
    pathsOf(taken),
    inside.map((path) => `tree/${path}`),
  );
});

const fault = (name: string): DOMException => new DOMException('', name);

test('what cannot be looked at is an item by its name, and keeps nothing else out', async () => {
  const shut = {
    ...entryOf('shut.', {}),
    createReader: () => ({ readEntries: (_: unknown, no: (error: Error) => void) => no(fault('NotReadableError')) }),
  };
  const gone = {
    ...entryOf('gone?', 'x'),
    file: (_: unknown, no: (error: Error) => void) => no(fault('NotFoundError')),
  };
  const left = [shut, gone, entryOf('a:b', 'x')];
  const entry = { ...entryOf('tree', {}), createReader: () => ({ readEntries: readOnce(left) }) };
  const taken = await drop([
    { getAsFileSystemHandle: async () => handleOf('tree', {}), webkitGetAsEntry: () => entry },
  ]);
  assert.deepEqual(
    taken.flatMap((item) => (item.kind === 'unreadable' ? [[...item.path, item.name, item.code]] : [])),
    [
      ['tree', 'shut.', 'E_SOURCE_UNREADABLE'],
      ['tree', 'gone?', 'E_SOURCE_GONE'],
    ],
  );
  assert.deepEqual(pathsOf(taken), ['tree/a:b']);
  assert.equal(taken[0]?.kind, 'folder');
});

test('a folder that cannot be read either way is left to the walk, which names it once', async () => {
  const refuse = { readEntries: (_: unknown, no: (error: Error) => void) => no(fault('NotReadableError')) };
  const shut = { ...entryOf('shut', {}), createReader: () => refuse };
  const entry = { ...entryOf('tree', {}), createReader: () => ({ readEntries: readOnce([shut]) }) };
  const inside = { keys: () => Promise.reject(fault('NotReadableError')) };
  const handle = {
    ...{ kind: 'directory', name: 'tree' },
    keys: async function* () {
      yield 'shut';
    },
    getDirectoryHandle: async () => ({ keys: () => ({ [Symbol.asyncIterator]: () => ({ next: inside.keys }) }) }),
  };
  const taken = await drop([{ getAsFileSystemHandle: async () => handle, webkitGetAsEntry: () => entry }]);
  assert.deepEqual(
    taken.map(({ kind }) => kind),
    ['folder'],
  );
});

function readOnce(entries: object[]) {
  return (done: (entries: object[]) => void): void => done(entries.splice(0));
}

test('where the browser refuses a handle, the files come as copies', async () => {
  const refused = { getAsFileSystemHandle: () => Promise.reject(fault('AbortError')) };
  const unread = {
    kind: 'directory',
    name: 'other',
    keys: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(fault('NotAllowedError')) }) }),
  };
  const taken = await drop([
    { ...refused, webkitGetAsEntry: () => entryOf('tree', { plain: 'x' }) },
    { getAsFileSystemHandle: async () => unread, webkitGetAsEntry: () => entryOf('other', { plain: 'x' }) },
  ]);
  assert.deepEqual(pathsOf(taken), ['other/plain', 'tree/plain']);
});

test('what comes from nowhere on a disk is taken as the files it brings', async () => {
  const bare = { kind: 'file', webkitGetAsEntry: () => null };
  const transfer = { items: [bare], files: [new File(['x'], 'picture.png')] } as unknown as DataTransfer;
  const { items, roots } = await readDrop(transfer);
  assert.deepEqual([pathsOf(items), roots], [['picture.png'], []]);
});

let count = 0;

/** A queue, and pages that drop into it. A page dies when it is told to do call number `death` of the queue's. */
function scene() {
  const db = openQueue(`drop-${count++}`);
  const { drops, pieces, controls } = createOutbox(db, () => 1);
  const held = new Set<string>();
  const take = async (dropped: readonly object[], death = Number.POSITIVE_INFINITY): Promise<void> => {
    let calls = 0;
    const alive = async <T>(call: () => Promise<T>): Promise<T> => {
      if (++calls > death) throw new Error('dead');
      return call();
    };
    const ports: DropPorts = {
      drops: {
        cutShort: () => drops.cutShort(),
        begin: (...given) => alive(() => drops.begin(...given)),
        add: (...given) => alive(() => drops.add(...given)),
        end: (lock) => alive(() => drops.end(lock)),
      },
      pieces,
      pause: async () => undefined,
      wake: async () => undefined,
      locked: (name, work) => {
        held.add(name);
        return work().finally(() => held.delete(name));
      },
    };
    await takeDrop(await dropOf(dropped), ports);
  };
  const look = async () => {
    await drops.settle(async () => held);
    const { walks, drops: open, cutShort } = await readSummary(db);
    const jobs = await db.jobs.toArray();
    const bundles = new Map((await db.bundles.toArray()).map((bundle) => [bundle.id, bundle]));
    const files = jobs.flatMap((job) => filesOf(job, bundles.get(job.id)));
    const names = files.map(({ path, name }) => [...path, name].join('/')).sort();
    return { walks, open, cutShort: cutShort.map(({ name }) => name), names };
  };
  return { db, controls, take, look };
}

const HIDDEN = ['tree/a:b', 'tree/fold?er/deep/y', 'tree/fold?er/plain', 'tree/sub/end.'];

test('what is at hand is in the queue before the rest is looked at, and a note stands until that is there too', async () => {
  const { take, look, db } = scene();
  const [reading, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const entry = entryOf('tree', TREE) as FileSystemDirectoryEntry;
  const createReader = () => {
    const reader = entry.createReader();
    const readEntries = (done: (entries: FileSystemEntry[]) => void): void => {
      reading.resolve();
      void go.promise.then(() => reader.readEntries(done));
    };
    return { readEntries };
  };
  const taken = take([{ ...folder('tree', TREE), webkitGetAsEntry: () => ({ ...entry, createReader }) }]);
  await reading.promise;
  assert.deepEqual(await look(), { walks: 1, open: 1, cutShort: [], names: [] });
  go.resolve();
  await taken;
  assert.deepEqual(await look(), { walks: 1, open: 0, cutShort: [], names: HIDDEN });
  db.close();
});

test('whenever the page dies, all that was dropped is in the queue, or nothing, or it is said that some may be missing', async () => {
  const ends = new Set<string>();
  for (const ways of [folder('tree', TREE), { webkitGetAsEntry: () => entryOf('tree', TREE) }]) {
    for (let death = 0; death < 4; death++) {
      const { take, look, db } = scene();
      await take([ways], death).catch((error: unknown) => assert.match(String(error), /dead/));
      const { walks, open, cutShort, names } = await look();
      const all = names.length === (walks === 1 ? HIDDEN.length : 6);
      assert.equal(open, 0);
      assert.ok(walks + names.length === 0 || all || cutShort.length > 0, `unsaid after ${death}: ${names}`);
      ends.add(cutShort.length > 0 ? 'said' : all ? 'all' : 'nothing');
      db.close();
    }
  }
  assert.deepEqual(ends, new Set(['nothing', 'said', 'all']));
});

test('a drop whose page no longer holds its lock is cut short; one that ends while that is asked stays ended', async () => {
  const { db } = scene();
  const { drops } = createOutbox(db, () => 1);
  for (const [lock, names] of Object.entries({ alive: ['a'], dead: ['b', 'c'], ending: ['d'] })) {
    await drops.begin(
      lock,
      names.map((name) => ({ name, handle: null })),
      [],
      [],
    );
  }
  const held = async () => {
    await drops.end('ending');
    return new Set(['alive', 'somebody else']);
  };
  assert.equal(await drops.settle(held), 1);
  const { cutShort, drops: open } = await readSummary(db);
  assert.deepEqual([cutShort.map(({ name }) => name).sort(), open], [['b', 'c'], 1]);
  await drops.forget(cutShort.map(({ id }) => id));
  assert.deepEqual((await readSummary(db)).cutShort, []);
  db.close();
});

test('a drop that was cut short is made good by the same folder, not by another of its name', async () => {
  const { take, look, db } = scene();
  const other = { x: 'x' };
  await assert.rejects(take([folder('tree', TREE), folder('more', other)], 1), /dead/);
  assert.deepEqual((await look()).cutShort.sort(), ['more', 'tree']);
  await take([folder('tree', other)]);
  assert.deepEqual((await look()).cutShort.sort(), ['more', 'tree']);
  await take([folder('tree', TREE)]);
  assert.deepEqual((await look()).cutShort, ['more']);
  // Where there is nothing else to go by, the name has to do.
  await take([{ webkitGetAsEntry: () => entryOf('more', other) }]);
  assert.deepEqual((await look()).cutShort, []);
  db.close();
});

test('files of no folder share one note, which only all of them make good', async () => {
  const { take, look, db } = scene();
  const loose = ['a', 'b', 'c'].map((name) => ({ webkitGetAsEntry: () => entryOf(name, 'x') }));
  await assert.rejects(take(loose, 1), /dead/);
  assert.deepEqual(await look(), { walks: 0, open: 0, cutShort: ['a'], names: [] });
  assert.equal((await readSummary(db)).cutShort[0]?.others, 2);
  await take(loose.slice(0, 1));
  assert.deepEqual((await look()).cutShort, ['a']);
  await take(loose);
  assert.deepEqual(await look(), { walks: 0, open: 0, cutShort: [], names: ['a', 'a', 'b', 'c'] });
  db.close();
});

test('what is chosen where there are no handles is taken like a drop, each file with its folders', async () => {
  const chosen = (paths: readonly string[]): Window => {
    const file = (path: string): File =>
      Object.assign(new File(['x'], path.split('/').at(-1) ?? ''), {
        webkitRelativePath: path.includes('/') ? path : '',
      });
    const input = Object.assign(new EventTarget(), { files: paths.map(file), click: () => undefined });
    input.click = () => void input.dispatchEvent(new Event(paths.length === 0 ? 'cancel' : 'change'));
    return { document: { createElement: () => input } } as unknown as Window;
  };
  const { items, roots, rest } = await pickFolder(chosen(['tree/a', 'tree/sub/b']));
  assert.deepEqual([items, roots], [[], [{ name: 'tree', handle: null }]]);
  assert.deepEqual(pathsOf(await flat(rest)), ['tree/a', 'tree/sub/b']);
  assert.deepEqual((await pickFiles(chosen(['c', 'd']))).roots, [{ name: 'c', handle: null, others: 1 }]);
  assert.deepEqual((await pickFiles(chosen([]))).roots, []);
});

test('when there is no room for copies of what a handle leaves out, the folder is taken, and it is said that some may be missing', async () => {
  const { take, look, db } = scene();
  db.sources.hook('creating', (_, source) => {
    if (source.kind !== 'folder') throw new DOMException('the test says so', 'QuotaExceededError');
  });
  await assert.rejects(take([folder('tree', TREE)]), isFull);
  assert.deepEqual(await look(), { walks: 1, open: 0, cutShort: ['tree'], names: [] });
  db.close();
});

test('what a person clears is not brought back by a drop that is still looked through', async () => {
  const { take, look, controls, db } = scene();
  const entry = entryOf('tree', TREE) as FileSystemDirectoryEntry;
  const clearing = {
    ...entry,
    createReader: () => {
      const reader = entry.createReader();
      return { readEntries: (done: () => void) => void controls.cancelAll().then(() => reader.readEntries(done)) };
    },
  };
  await take([{ ...folder('tree', TREE), webkitGetAsEntry: () => clearing }]);
  assert.deepEqual(await look(), { walks: 0, open: 0, cutShort: [], names: [] });
  db.close();
});

const isFull = (error: unknown): boolean => codeOf(error) === 'E_DISK_FULL';
const copy = (name: string, blob: Blob = new Blob(['x'])): CapturedItem => {
  return { kind: 'bytes', blob, path: ['tree'], name, mtime: 0 };
};

test('a file that the browser cannot copy, or that is gone, keeps out no other', async () => {
  const kept: string[] = [];
  const capture = async (items: readonly CapturedItem[]): Promise<void> => {
    const bytes = items.filter((item) => item.kind === 'bytes');
    if (bytes.some(({ name }) => name === 'bad')) throw fault('DataError');
    for (const item of items) if ('name' in item) kept.push(`${item.kind} ${item.name}`);
  };
  const gone = Object.assign(new Blob([]), { arrayBuffer: () => Promise.reject(fault('NotFoundError')) });
  await keep(capture, [copy('a'), copy('bad'), copy('gone', gone), copy('empty', new Blob([])), copy('b')]);
  assert.deepEqual(kept, ['bytes a', 'unreadable bad', 'unreadable gone', 'bytes empty', 'bytes b']);
  const full = (): Promise<never> => Promise.reject(new HoldfastError('E_DISK_FULL', 'the test says so'));
  await assert.rejects(keep(full, [copy('a'), copy('b')]), isFull);
});
