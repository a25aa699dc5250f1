/** The corpus must hold what it promises, or the tests on it prove less than they say. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { hashFile, hashTree, type TreeFile, writeCorpus, writePseudoRandom } from './corpus.ts';
import { removeFolder, temporaryFolder } from './folders.ts';

let folder = '';
let tree: ReadonlyMap<string, TreeFile>;

before(async () => {
  folder = await temporaryFolder('corpus');
  await writeCorpus(join(folder, 'tree'));
  tree = await hashTree(join(folder, 'tree'));
});
after(() => removeFolder(folder));

test('at least 500 files, with every odd name as it was given', () => {
  assert.ok(tree.size >= 500, `${tree.size} files`);
  const names = [...tree.keys()].map((path) => path.split('/').at(-1) ?? '');
  assert.ok(names.some((name) => name.startsWith('.')));
  assert.ok(names.some((name) => Buffer.byteLength(name) === 255));
  assert.ok(names.includes('caf\u00e9.txt') && names.includes('cafe\u0301.txt'));
  assert.ok(names.includes('Case.txt') && names.includes('case.txt'));
  assert.ok(names.some((name) => name.endsWith('.')) && names.includes('CON'));
  assert.ok(names.some((name) => /\p{Extended_Pictographic}/u.test(name)));
  assert.equal(tree.get('odd/empty')?.size, 0);
  assert.equal(tree.get('odd/one byte')?.size, 1);
  assert.equal(tree.get('sizes/1MiB+1.bin')?.size, 1_048_577);
  assert.equal(tree.get('odd/twins/first.bin')?.sha256, tree.get('odd/twins/second.bin')?.sha256);
});

test('pseudo-random files are the same for the same seed', async () => {
  const paths = ['a', 'b', 'c'].map((name) => join(folder, name));
  for (const [i, path] of paths.entries()) await writePseudoRandom(path, 3_000_001, i === 2 ? 'other' : 'seed');
  const [a, b, c] = await Promise.all(paths.map(hashFile));
  assert.equal(a, b);
  assert.notEqual(a, c);
});
