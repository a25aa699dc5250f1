/** A restore's picked folder: names that the browser refuses, and what is already there. Real folders: test/e2e/restore.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '../../shared/bytes/index.ts';
import { folderTree } from '../../web/worker/folder-tree.ts';

/** A folder that refuses names as Chromium does, and counts what it is asked for. */
class FakeFolder {
  readonly entries = new Map<string, FakeFolder | string>();
  asked = 0;

  async getDirectoryHandle(name: string, { create = false } = {}): Promise<FakeFolder> {
    const found = this.#find(name);
    if (found instanceof FakeFolder) return found;
    if (found !== undefined) throw new DOMException('a file', 'TypeMismatchError');
    if (!create) throw new DOMException('none', 'NotFoundError');
    const made = new FakeFolder();
    this.entries.set(name, made);
    return made;
  }

  async getFileHandle(name: string, { create = false } = {}) {
    const found = this.#find(name);
    if (found instanceof FakeFolder) throw new DOMException('a folder', 'TypeMismatchError');
    if (found === undefined && !create) throw new DOMException('none', 'NotFoundError');
    this.entries.set(name, found ?? '');
    let written = '';
    return {
      name,
      getFile: async () => new Blob([this.entries.get(name) as string]),
      createWritable: async () => {
        allowed(`${name}.crswap`);
        return {
          write: async (bytes: Uint8Array) => {
            written += new TextDecoder().decode(bytes);
          },
          truncate: async () => undefined,
          seek: async () => undefined,
          close: async () => {
            if (name.endsWith('.exe')) throw new DOMException('blocked by Safe Browsing', 'AbortError');
            this.entries.set(name, written);
          },
          abort: async () => undefined,
        };
      },
      move: async (to: FakeFolder, other: string) => {
        this.entries.delete(name);
        to.entries.set(other, written);
      },
    };
  }

  async removeEntry(name: string): Promise<void> {
    this.entries.delete(name);
  }

  #find(name: string): FakeFolder | string | undefined {
    this.asked++;
    allowed(name);
    return this.entries.get(name);
  }
}

function allowed(name: string): void {
  if (/\.(?:url|lnk)$|never/.test(name)) throw new TypeError('Name is not allowed.');
  if (utf8(name).length > 255) throw new DOMException('too long', 'InvalidStateError');
}

/** From here on a file is unfinished before it has its name. */
const LARGE = 64 * 1_048_576;

const treeIn = (root: FakeFolder) => folderTree(root as unknown as FileSystemDirectoryHandle);

async function put(
  tree: ReturnType<typeof treeIn>,
  path: readonly string[],
  text: string,
  size = text.length,
): Promise<void> {
  const writer = await tree.write({ path, size, mark: 'abcd0123' }, 0);
  await writer.write(utf8(text));
  await writer.finish();
}

for (const order of [
  ['site.url', 'site.url_', 'site.url__'],
  ['site.url__', 'site.url_', 'site.url'],
]) {
  test(`a refused name gets an underscore, and no two files the same (${order.join(', ')})`, async () => {
    const root = new FakeFolder();
    const tree = treeIn(root);
    for (const name of order) assert.equal(await tree.file([name]), null);
    for (const name of order) await put(tree, [name], name);
    assert.equal(root.entries.size, 3);
    assert.deepEqual(new Set(root.entries.values()), new Set(order));
    for (const name of order) assert.equal((await tree.file([name]))?.size, name.length);
  });
}

test('a refused folder name too; one that nothing helps fails by itself', async () => {
  const root = new FakeFolder();
  const tree = treeIn(root);
  await put(tree, ['links.url', 'a.txt'], 'a');
  assert.deepEqual([...root.entries.keys()], ['links.url_']);
  await assert.rejects(tree.file(['never']), { code: 'E_INPUT' });
  await assert.rejects(tree.write({ path: ['never'], size: 1, mark: '' }, 0), { code: 'E_INPUT' });
});

test('a file that is called like the unfinished part of another is none', async () => {
  for (const order of [
    ['film', 'unfinished abcd0123 film'],
    ['unfinished abcd0123 film', 'film'],
  ]) {
    const root = new FakeFolder();
    const tree = treeIn(root);
    await Promise.all(order.map((name) => put(tree, [name], name, name === 'film' ? LARGE : name.length)));
    assert.equal(root.entries.get('film'), 'film');
    assert.deepEqual(new Set(root.entries.values()), new Set(order));
  }
});

test("a person's own file that is called like a part is left alone", async () => {
  const root = new FakeFolder();
  root.entries.set('unfinished film', 'mine');
  const tree = treeIn(root);
  assert.equal(await tree.unfinished({ path: ['film'], size: LARGE, mark: 'abcd0123' }), null);
  await put(tree, ['film'], 'film', LARGE);
  assert.deepEqual(Object.fromEntries(root.entries), { 'unfinished film': 'mine', film: 'film' });
});

test('a small file that does not come whole leaves nothing under its name, or what was there', async () => {
  const root = new FakeFolder();
  root.entries.set('old', 'there');
  for (const name of ['old', 'new']) {
    const writer = await treeIn(root).write({ path: [name], size: 9, mark: '' }, 0);
    await writer.write(utf8('half'));
    await writer.abandon();
  }
  assert.deepEqual(Object.fromEntries(root.entries), { old: 'there' });
});

test('a file that the browser holds to be harmful is the fault of that file', async () => {
  await assert.rejects(put(treeIn(new FakeFolder()), ['tool.exe'], 'x'), { code: 'E_INPUT' });
});

test('a name can be as long as a disk takes it, for a small file and a large one', async () => {
  const alike = [`${'ü'.repeat(125)}x.mp4`, `ab${'ü'.repeat(124)}x.mp4`];
  for (const size of [1, LARGE]) {
    const root = new FakeFolder();
    const tree = treeIn(root);
    const names = [...alike, 'y'.repeat(249), 'z'.repeat(248)];
    await Promise.all(names.map((name) => put(tree, [name], name, size)));
    assert.deepEqual(Object.fromEntries(root.entries), Object.fromEntries(names.map((name) => [name, name])));
  }
});

test('a name that no disk takes is the fault of that file', async () => {
  await assert.rejects(treeIn(new FakeFolder()).file(['x'.repeat(256)]), { code: 'E_INPUT' });
});

test('what a folder holds is looked for, unless this restore made the folder', async () => {
  const root = new FakeFolder();
  const old = await root.getDirectoryHandle('old', { create: true });
  old.entries.set('a.txt', 'there');
  const tree = treeIn(root);
  assert.equal((await tree.file(['old', 'a.txt']))?.size, 5);
  assert.equal(await tree.file(['new', 'deep', 'a.txt']), null);
  await put(tree, ['new', 'deep', 'a.txt'], 'now');
  const deep = (root.entries.get('new') as FakeFolder).entries.get('deep') as FakeFolder;
  assert.equal(deep.asked, 1, 'for the file that was written');
  assert.equal((await treeIn(root).file(['new', 'deep', 'a.txt']))?.size, 3, 'the next restore looks');
});
