/** Restoring into a folder: what is there already, what is in the way, what is damaged, and the vault as it once was. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { ListCommand, RestoreCommand } from '../../reader/arguments.ts';
import { list } from '../../reader/list.ts';
import { restore } from '../../reader/restore.ts';
import { type Bytes, utf8 } from '../../shared/bytes/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { nodesOf, readLog } from '../../shared/vault/index.ts';
import { random } from '../support/fixtures.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { archive, idByName, itemOf } from '../support/share-scene.ts';
import { flipped } from '../support/tamper.ts';
import { type MemoryVault, memoryVault, NEVER, recorder } from './scene.ts';

let folder: string;
before(async () => {
  folder = await temporaryFolder('reader-restore');
});
after(() => removeFolder(folder));

const common = { source: { server: null, directory: null }, wordsFile: null } as const;

async function restored({ vault }: Pick<MemoryVault, 'vault'>, to: string, more: Partial<RestoreCommand> = {}) {
  const output = recorder();
  const command: RestoreCommand = {
    name: 'restore',
    ...common,
    paths: [],
    to: join(folder, to),
    at: null,
    version: null,
    overwrite: false,
    ...more,
  };
  const tally = await restore(vault, command, output, NEVER);
  return { ...tally, notes: output.notes, to: command.to };
}

async function listed({ vault }: Pick<MemoryVault, 'vault'>, more: Partial<ListCommand> = {}): Promise<string[]> {
  const output = recorder();
  const command: ListCommand = {
    name: 'list',
    ...common,
    paths: [],
    allVersions: false,
    at: null,
    json: false,
    ...more,
  };
  await list(vault.state, command, output);
  return output.lines;
}

const NAMES = ['..', '.', 'a\\b', 'a/b', '/etc/passwd', 'con.txt', 'x'.repeat(300), 'tab\there', '\u202egpj.exe'];

test('no name leads out of the target, and every file comes back', async () => {
  const memory = await memoryVault();
  const items = NAMES.flatMap((name, i) => [
    { ...itemOf(`top ${i}`, utf8(`top ${i}`)), name },
    { ...itemOf(`below ${i}`, utf8(`below ${i}`)), path: ['..', name] },
  ]);
  await archive(memory.device, items);
  const inner = join('names', 'inner');
  const { restored: count, failed, to } = await restored(memory, inner);
  assert.deepEqual([count, failed], [items.length, 0]);
  assert.deepEqual(await readdir(join(folder, 'names')), ['inner']);
  const files = (await readdir(to, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const contents = await Promise.all(files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8')));
  assert.deepEqual(contents.sort(), items.map(({ key }) => key).sort());
});

test('a date before 1970 comes back', async () => {
  const memory = await memoryVault();
  const moon = Date.UTC(1969, 6, 20);
  const item = itemOf('moon', utf8('moon'));
  await archive(memory.device, [{ ...item, open: async () => ({ ...(await item.open()), mtime: moon }) }]);
  const { to } = await restored(memory, 'before');
  assert.equal((await stat(join(to, 'moon'))).mtimeMs, moon);
  assert.equal((await restored(memory, 'before')).kept, 1);
});

test('a symbolic link in the way is not followed', async () => {
  const memory = await memoryVault();
  await archive(memory.device, [itemOf('photos/a.txt', utf8('a')), itemOf('b.txt', utf8('b'))]);
  const outside = join(folder, 'outside');
  const to = join(folder, 'links');
  await mkdir(outside);
  await mkdir(to);
  await writeFile(join(outside, 'precious'), 'precious');
  await symlink(outside, join(to, 'photos'));
  await symlink(join(outside, 'precious'), join(to, 'b.txt'));
  const first = await restored(memory, 'links');
  assert.ok(first.failed > 0 && first.restored === 0, first.notes.join('\n'));
  const second = await restored(memory, 'links', { overwrite: true, paths: ['b.txt'] });
  assert.deepEqual([second.restored, second.failed], [1, 0]);
  assert.ok((await stat(join(to, 'b.txt'))).isFile());
  assert.deepEqual(await readdir(outside), ['precious']);
  assert.equal(await readFile(join(outside, 'precious'), 'utf8'), 'precious');
});

test('what is there and equal is kept, what differs is left alone unless it may be replaced', async () => {
  const memory = await memoryVault();
  const big = random.bytes(6_000_000);
  await archive(memory.device, [itemOf('same', big), itemOf('dated', utf8('dated')), itemOf('mine', utf8('theirs'))]);
  const { to } = await restored(memory, 'resume');
  await utimes(join(to, 'dated'), 5, 5);
  await writeFile(join(to, 'mine'), 'my own');
  const { ino } = await stat(join(to, 'same'));
  const again = await restored(memory, 'resume');
  assert.deepEqual([again.restored, again.kept, again.failed], [0, 2, 1]);
  assert.match(again.notes.join(), /mine {2}E_INPUT.*--overwrite/);
  assert.equal((await stat(join(to, 'same'))).ino, ino);
  assert.equal((await stat(join(to, 'dated'))).mtimeMs, 1);
  assert.equal(await readFile(join(to, 'mine'), 'utf8'), 'my own');
  const replaced = await restored(memory, 'resume', { overwrite: true });
  assert.deepEqual([replaced.restored, replaced.kept, replaced.failed], [1, 2, 0]);
  assert.equal(await readFile(join(to, 'mine'), 'utf8'), 'theirs');
  assert.deepEqual((await readdir(to)).sort(), ['dated', 'mine', 'same']);
});

test('a damaged pack spoils the files in it and no other, and nothing of them is left', async () => {
  const memory = await memoryVault();
  await archive(memory.device, [itemOf('good', random.bytes(3_000_000))]);
  const good = new Set(memory.server.packs.keys());
  await archive(memory.device, [itemOf('bad', random.bytes(9_000_000)), itemOf('small', utf8('small'))]);
  for (const [id, pack] of memory.server.packs) if (!good.has(id)) memory.server.packs.set(id, flipped(pack, 1_000));
  const { restored: count, failed, notes, to } = await restored(memory, 'damage');
  assert.ok(count >= 1 && failed >= 1);
  assert.match(notes.join('\n'), /failed {2}bad {2}E_INTEGRITY/);
  const names = await readdir(to);
  assert.ok(names.includes('good') && !names.includes('bad'), names.join());
  assert.ok(names.every((name) => !name.endsWith('.part')));
});

test('a connection that is lost ends the restore instead of failing each file', async () => {
  const memory = await memoryVault();
  await archive(memory.device, [itemOf('one', utf8('one')), itemOf('two', utf8('two'))]);
  memory.server.before = (call) => {
    if (call === 'pack') throw new HoldfastError('E_OFFLINE', 'gone');
  };
  await assert.rejects(restored(memory, 'offline'), { code: 'E_OFFLINE' });
});

test('parts of a tree, by any form of their name', async () => {
  const memory = await memoryVault();
  await archive(memory.device, [
    itemOf('a/caf\u00e9/one', utf8('1')),
    itemOf('a/b/two', utf8('2')),
    itemOf('ab/three', utf8('3')),
  ]);
  const { restored: count, to } = await restored(memory, 'parts', { paths: ['a/cafe\u0301/', '/ab'] });
  assert.equal(count, 2);
  assert.deepEqual((await readdir(to)).sort(), ['a', 'ab']);
  assert.deepEqual(await readdir(join(to, 'a')), ['caf\u00e9']);
  await assert.rejects(restored(memory, 'parts', { paths: ['a/b/none'] }), { code: 'E_NOT_FOUND' });
});

test('earlier versions by id, and the whole tree as it was', async () => {
  const memory = await memoryVault();
  const { device, vault, server, founder } = memory;
  await archive(device, [itemOf('old name', utf8('first'))]);
  const fileId = idByName({ device }, 'old name');
  const then = device.vault.state.seq;
  await archive(device, [itemOf('old name', utf8('second')), itemOf('later', utf8('later'))]);
  const node = [...nodesOf(vault.state)].find((each) => each.fileId === fileId);
  assert.equal(node?.versionCount, 2);
  const id = Buffer.from(fileId, 'hex');
  const parent = new Uint8Array(16);
  await device.vault.append(
    () => [{ op: 'move', fileId: new Uint8Array(id), parent, name: 'new', nameNfc: 'new' }],
    [],
  );
  const later = new Uint8Array(Buffer.from(idByName({ device }, 'later'), 'hex'));
  await device.vault.append(() => [{ op: 'tombstone', fileId: later }], []);

  assert.deepEqual(
    (await listed(memory)).map((line) => line.split('  ').at(-1)),
    ['new'],
  );
  const rows = (await listed(memory, { allVersions: true, json: true })).map((line) => JSON.parse(line));
  assert.deepEqual(
    rows.map(({ path, deleted, size }) => [path.join('/'), deleted, size]),
    [
      ['later', true, 5],
      ['new', false, 5],
      ['new', false, 6],
    ],
  );
  const deleted = await restored(memory, 'deleted', { version: rows[0].versionId });
  assert.equal(await readFile(join(deleted.to, 'later'), 'utf8'), 'later');
  const first = await restored(memory, 'first', { version: rows[1].versionId });
  assert.equal(await readFile(join(first.to, 'old name'), 'utf8'), 'first');

  // As `--at` does it, by number instead of by time. The genesis is not asked about.
  let seq = 1;
  const before = (): boolean => ++seq > then;
  const state = await readLog(server, vault.vaultId, founder.logKey, { before });
  const past = await restored({ vault: { ...vault, state } }, 'past');
  assert.deepEqual(await readdir(past.to), ['old name']);
  assert.equal(await readFile(join(past.to, 'old name'), 'utf8'), 'first');
});

test('what is wrong with the log behind the moment asked for is no matter then', async () => {
  const { device, server, founder } = await memoryVault();
  await archive(device, [itemOf('early', utf8('first'))]);
  const then = device.vault.state.seq;
  for (const name of ['late', 'latest']) await archive(device, [itemOf(name, utf8(name))]);
  const last = server.bodies.pop() as Bytes;
  for (const body of [flipped(last, 200), null]) {
    server.bodies.splice(server.head.seq - 1, 1, ...(body === null ? [] : [body]));
    await assert.rejects(readLog(server, founder.vaultId, founder.logKey), { code: 'E_INTEGRITY' });
    let seq = 1;
    const before = (): boolean => ++seq > then;
    const state = await readLog(server, founder.vaultId, founder.logKey, { before });
    assert.deepEqual(
      [...nodesOf(state)].map(({ name }) => name),
      ['early'],
    );
  }
});

test('an unfinished file of a run that was killed is no obstacle', async () => {
  const memory = await memoryVault();
  await archive(memory.device, [itemOf('file', utf8('whole'))]);
  const { to } = await restored(memory, 'killed');
  const [row] = (await listed(memory, { json: true })).map((line) => JSON.parse(line));
  await rm(join(to, 'file'));
  await writeFile(join(to, `.holdfast-${row.versionId}.part`), 'half of it');
  await restored(memory, 'killed');
  assert.deepEqual(await readdir(to), ['file']);
});
