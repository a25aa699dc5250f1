/** A restore into a folder: goes on where it was, asks before it overwrites, and one bad file spoils no other. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { type Bytes, concat, equal, utf8 } from '../../../shared/bytes/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import {
  type ConflictRule,
  planNode,
  restoreTree,
  type TargetFile,
  type TargetTree,
} from '../../../shared/restorer/index.ts';
import { foundVault, joinVault, random, type TestDevice } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { put } from '../../support/ops.ts';
import { archive, idByName, itemOf } from '../../support/share-scene.ts';

const BIG = random.bytes(9_000_000);
const CONTENT: ReadonlyMap<string, Bytes> = new Map([
  ['top/a.txt', utf8('first')],
  ['top/b.txt', utf8('second')],
  ['top/deep/er/c.txt', utf8('third')],
  ['top/empty', new Uint8Array(0)],
  ['top/big.bin', BIG],
]);

let server: MemoryServer;
let device: TestDevice;
/** Ids of packs that were asked for. */
let asked: string[];

beforeEach(async () => {
  server = new MemoryServer();
  device = await joinVault(server, await foundVault(server));
  await archive(
    device,
    [...CONTENT].map(([path, bytes]) => itemOf(path, bytes)),
  );
  asked = [];
});

/** A folder in memory that behaves as a browser's does: a file has its name when it is finished. */
class MemoryTree implements TargetTree {
  readonly files = new Map<string, Bytes>();
  readonly parts = new Map<string, Bytes>();
  readonly folders = new Set<string>();
  onWrite: (path: string, written: number) => void = () => {};

  async makeFolder(path: readonly string[]) {
    if (this.files.has(path.join('/'))) throw new HoldfastError('E_INPUT', 'in the way');
    this.folders.add(path.join('/'));
  }

  async file(path: readonly string[]) {
    return fileOf(this.files.get(path.join('/')));
  }

  async unfinished({ path }: TargetFile) {
    return fileOf(this.parts.get(path.join('/')));
  }

  async write({ path }: TargetFile, keep: number) {
    const key = path.join('/');
    let bytes: Bytes = (this.parts.get(key) ?? new Uint8Array(0)).slice(0, keep);
    return {
      write: async (more: Bytes) => {
        this.onWrite(key, bytes.length);
        bytes = concat(bytes, more);
      },
      finish: async () => {
        this.parts.delete(key);
        this.files.set(key, bytes);
      },
      abandon: async () => void this.parts.set(key, bytes),
    };
  }
}

function fileOf(bytes: Bytes | undefined) {
  if (bytes === undefined) return null;
  return { size: bytes.length, read: async (start: number, end: number) => bytes.slice(start, end) };
}

const never = async (): Promise<ConflictRule> => assert.fail('there is no conflict');

function restoreTo(tree: TargetTree, onConflict: (path: readonly string[]) => Promise<ConflictRule> = never) {
  const readPack = async (id: string, range: { start: number; end: number }) => {
    asked.push(id);
    return server.pack('', id, range);
  };
  const source = { state: device.vault.state, keys: device.domain };
  const set = planNode(source, idByName({ device }, 'top'));
  const { signal } = new AbortController();
  return restoreTree(set, readPack, tree, { signal, onConflict, onBytes: () => {} });
}

function assertWhole(tree: MemoryTree, content = CONTENT): void {
  assert.deepEqual([...tree.files.keys()].sort(), [...content.keys()].sort());
  for (const [path, bytes] of content) assert.ok(equal(tree.files.get(path) as Bytes, bytes), path);
  assert.equal(tree.parts.size, 0);
}

test('every file comes under its path, and empty folders too', async () => {
  const top = idByName({ device }, 'top');
  await device.vault.append(() => [put('hollow', { kind: 1, parent: Buffer.from(top, 'hex') as never })], []);
  const tree = new MemoryTree();
  assert.deepEqual(await restoreTo(tree), { restored: 5, kept: 0, skipped: 0, failed: [] });
  assertWhole(tree);
  assert.deepEqual([...tree.folders], ['top/hollow']);
});

test('what is there already is verified and not fetched again', async () => {
  const tree = new MemoryTree();
  await restoreTo(tree);
  asked = [];
  assert.deepEqual(await restoreTo(tree), { restored: 0, kept: 5, skipped: 0, failed: [] });
  assert.deepEqual(asked, []);
});

test('an interrupted restore goes on: finished files stay, a large one from where it was, a spoiled part anew', async () => {
  const tree = new MemoryTree();
  tree.onWrite = (path, written) => {
    if (path === 'top/big.bin' && written > 3_000_000) throw new HoldfastError('E_DISK_FULL', 'full');
  };
  await assert.rejects(restoreTo(tree), { code: 'E_DISK_FULL' });
  assert.equal(tree.files.has('top/big.bin'), false, 'an unfinished file never has the name');
  const part = tree.parts.get('top/big.bin') as Bytes;
  assert.ok(part.length > 3_000_000);
  const firstWrites: number[] = [];
  tree.onWrite = (path, written) => void (path === 'top/big.bin' && firstWrites.push(written));
  await restoreTo(tree);
  assert.equal(firstWrites[0], part.length);
  assertWhole(tree);

  tree.files.delete('top/big.bin');
  const spoiled = part.slice();
  spoiled[100] = (spoiled[100] as number) ^ 1;
  tree.parts.set('top/big.bin', spoiled);
  firstWrites.length = 0;
  await restoreTo(tree);
  assert.equal(firstWrites[0], 0);
  assertWhole(tree);
});

test('an empty file of the name, as a cut write leaves it, is no conflict', async () => {
  const tree = new MemoryTree();
  tree.files.set('top/a.txt', new Uint8Array(0));
  await restoreTo(tree);
  assertWhole(tree);
});

const MINE = utf8('my own words');

function treeWithMine(): MemoryTree {
  const tree = new MemoryTree();
  for (const path of ['top/a.txt', 'top/deep/er/c.txt']) tree.files.set(path, MINE);
  return tree;
}

test('files in the way are asked about once: skip leaves them, replace takes their place', async () => {
  const questions: string[] = [];
  const answer = (rule: ConflictRule) => async (path: readonly string[]) => {
    questions.push(path.join('/'));
    return rule;
  };
  const skipped = treeWithMine();
  assert.deepEqual(await restoreTo(skipped, answer('skip')), { restored: 3, kept: 0, skipped: 2, failed: [] });
  assert.equal(questions.length, 1);
  assertWhole(skipped, new Map([...CONTENT, ['top/a.txt', MINE], ['top/deep/er/c.txt', MINE]]));
  const replaced = treeWithMine();
  await restoreTo(replaced, answer('replace'));
  assertWhole(replaced);
});

test('keep both writes beside, and doing it again finds that', async () => {
  const tree = treeWithMine();
  const both = async () => 'keep-both' as const;
  assert.deepEqual(await restoreTo(tree, both), { restored: 5, kept: 0, skipped: 0, failed: [] });
  const whole = new Map([
    ...CONTENT,
    ['top/a.txt', MINE],
    ['top/deep/er/c.txt', MINE],
    ['top/a (2).txt', utf8('first')],
    ['top/deep/er/c (2).txt', utf8('third')],
  ] as const);
  assertWhole(tree, whole);
  assert.deepEqual(await restoreTo(tree, both), { restored: 0, kept: 5, skipped: 0, failed: [] });
});

test('keep both takes no name that another file of the restore has', async () => {
  await archive(device, [itemOf('top/a (2).txt', utf8('another'))]);
  const tree = new MemoryTree();
  tree.files.set('top/a.txt', MINE);
  await restoreTo(tree, async () => 'keep-both');
  const whole = new Map([...CONTENT, ['top/a.txt', MINE], ['top/a (2).txt', utf8('another')]] as const);
  assertWhole(tree, new Map([...whole, ['top/a (3).txt', utf8('first')]]));
});

test('an empty folder that something is in the way of fails by name, and the files come', async () => {
  const top = idByName({ device }, 'top');
  await device.vault.append(() => [put('hollow', { kind: 1, parent: Buffer.from(top, 'hex') as never })], []);
  const tree = new MemoryTree();
  tree.files.set('top/hollow', MINE);
  const report = await restoreTo(tree);
  assert.deepEqual(report, {
    restored: 5,
    kept: 0,
    skipped: 0,
    failed: [{ path: ['top', 'hollow'], code: 'E_INPUT' }],
  });
  assertWhole(tree, new Map([...CONTENT, ['top/hollow', MINE]]));
});

test('a damaged file fails by name, has no file of its name, and the others come', async () => {
  const bad = put('bad.bin', {
    parent: Buffer.from(idByName({ device }, 'top'), 'hex') as never,
    size: 5,
    manifest: { op: 'inline', chunks: [[5, random.bytes(32)]] },
  });
  await device.vault.append(() => [bad], []);
  const tree = new MemoryTree();
  const report = await restoreTo(tree);
  assert.deepEqual(report.failed, [{ path: ['top', 'bad.bin'], code: 'E_INTEGRITY' }]);
  assert.equal(report.restored, 5);
  assertWhole(tree);
});

test('a full disk ends the restore at once, though another file waits for the road', { timeout: 20_000 }, async () => {
  const tree = new MemoryTree();
  tree.onWrite = () => {
    throw new HoldfastError('E_DISK_FULL', 'full');
  };
  const { pack } = server;
  let reads = 0;
  server.pack = (...wanted) => (reads++ === 0 ? pack.apply(server, wanted) : new Promise<never>(() => undefined));
  await assert.rejects(restoreTo(tree), { code: 'E_DISK_FULL' });
});

test('a folder that may no longer be written to ends the restore, and nothing unfinished has a name', async () => {
  const tree = new MemoryTree();
  tree.onWrite = (path) => {
    if (path === 'top/b.txt') throw new HoldfastError('E_SINK_PERMISSION', 'taken back');
  };
  await assert.rejects(restoreTo(tree), { code: 'E_SINK_PERMISSION' });
  assert.equal(tree.files.has('top/b.txt'), false);
});
