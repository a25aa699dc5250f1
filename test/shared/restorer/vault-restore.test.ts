/** Restores from a vault: whatever a file is called and wherever it came from, it comes back, under a name that fits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, concat, equal, utf8 } from '../../../shared/bytes/index.ts';
import { createCatalog } from '../../../shared/catalog/index.ts';
import {
  planNode,
  planVersion,
  type RestoreSet,
  restoreLength,
  restoreStream,
} from '../../../shared/restorer/index.ts';
import { newestVersion } from '../../../shared/vault/index.ts';
import { foundVault, joinVault, random, type TestDevice } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { put } from '../../support/ops.ts';
import { archive, idByName, itemOf } from '../../support/share-scene.ts';
import { unzip } from '../../support/unzip.ts';

async function setUp() {
  const server = new MemoryServer();
  const founder = await foundVault(server);
  return { server, founder, device: await joinVault(server, founder) };
}

const NEVER = new AbortController().signal;
const sourceOf = ({ vault, domain }: TestDevice) => ({
  state: vault.state,
  keys: domain,
});

async function bytesOf(server: MemoryServer, set: RestoreSet, signal = NEVER): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of restoreStream(set, (id, range) => server.pack('', id, range), signal))
    parts.push(part.slice());
  assert.equal(concat(...parts).length, restoreLength(set));
  return concat(...parts);
}

/** Names that systems, marks and bad intentions make. */
const NAMES = [
  '\ufefflist.csv',
  'a\\b',
  'con.txt',
  'ends with a dot.',
  'tab\there',
  'x'.repeat(300),
  'e\u0301.txt',
  '\u00e9.txt',
  'UPPER.TXT',
  'upper.txt',
  '..',
  '\u202egpj.exe',
  '\u{1f9ff}',
];

test('a folder of files with every awkward name comes back whole, and a new device reads the log', async () => {
  const { server, founder, device } = await setUp();
  await archive(
    device,
    NAMES.map((name) => ({ ...itemOf('x', utf8(name)), key: name, path: ['folder\ufeff'], name })),
  );
  const reader = await joinVault(server, founder);
  const set = planNode(sourceOf(reader), idByName({ device: reader }, 'folder\ufeff'));
  const entries = unzip(await bytesOf(server, set));
  assert.deepEqual(
    entries.map(({ bytes }) => bytes.toString()).sort(),
    NAMES.map((name) => name.toWellFormed()).sort(),
  );
  const names = entries.map((entry) => entry.name.split('/').slice(1).join('/'));
  assert.equal(new Set(names.map((name) => name.normalize('NFC').toLowerCase())).size, NAMES.length);
  for (const name of names) assert.ok(name !== '..' && !/[/\\]/.test(name), name);
});

test('a single file comes back by its id and by its version, also one whose name is a path', async () => {
  const { server, device } = await setUp();
  await archive(device, [{ ...itemOf('x', utf8('content')), name: '../../etc/passwd' }]);
  const fileId = idByName({ device }, '../../etc/passwd');
  const version = newestVersion(device.vault.state, { fileId });
  const sets = [
    planNode(sourceOf(device), fileId),
    planVersion(sourceOf(device), Buffer.from(version.versionId).toString('hex')),
  ];
  for (const set of sets) assert.deepEqual(await bytesOf(server, set), utf8('content'));
});

test('facts about a file that are too long for the format are left out, the file is kept', async () => {
  const { server, founder, device } = await setUp();
  const facts = { mime: 'm'.repeat(300), sourceUrl: `data:${'u'.repeat(70_000)}`, sourceTitle: 't'.repeat(70_000) };
  const summary = await archive(device, [itemOf('file', utf8('content'), facts)]);
  assert.equal(summary.committed, 1);
  const reader = await joinVault(server, founder);
  const [row] = createCatalog(() => reader.vault.state).search('file', 1);
  assert.deepEqual([row?.mime, row?.sourceUrl], [null, null]);
});

test('two files of one name in one folder both come back, and empty folders do too', async () => {
  const { server, device } = await setUp();
  const folder = put('folder', { kind: 1 });
  await device.vault.append(() => [folder, put('empty', { kind: 1, parent: folder.fileId })], []);
  await archive(device, [itemOf('folder/same', utf8('one'))]);
  const version = newestVersion(device.vault.state, { fileId: idByName({ device }, 'same') });
  const twin = {
    ...put('same'),
    parent: folder.fileId,
    size: version.size,
    rootHash: version.rootHash,
    manifest: version.manifest,
  };
  await device.vault.append(() => [twin], []);
  const set = planNode(sourceOf(device), idByName({ device }, 'folder'));
  const entries = unzip(await bytesOf(server, set));
  assert.deepEqual(entries.map((entry) => entry.name).sort(), ['folder/empty/', 'folder/same', 'folder/same (2)']);
});

test('a folder is restored as it stood when it was planned, whatever is backed up meanwhile', async () => {
  const { server, device } = await setUp();
  await archive(device, [itemOf('folder/note', utf8('as planned'))]);
  const set = planNode(sourceOf(device), idByName({ device }, 'folder'));
  await archive(device, [itemOf('folder/note', utf8('newer'))]);
  const [entry] = unzip(await bytesOf(server, set));
  assert.equal(entry?.bytes.toString(), 'as planned');
});

test('a manifest in segments comes back, and a segment that lies is an integrity error', async () => {
  const { server, device } = await setUp();
  const content = random.bytes(50 * 1_048_576);
  await archive(device, [itemOf('film', content)]);
  const fileId = idByName({ device }, 'film');
  const version = newestVersion(device.vault.state, { fileId });
  assert.equal(version.manifest.op, 'segments');
  assert.ok(equal(await bytesOf(server, planNode(sourceOf(device), fileId)), content));
  const other = { ...put('liar'), size: version.size + 1, rootHash: version.rootHash, manifest: version.manifest };
  await device.vault.append(() => [other], []);
  const lie = planNode(sourceOf(device), idByName({ device }, 'liar'));
  await assert.rejects(bytesOf(server, lie), { code: 'E_INTEGRITY' });
});

test('a chunk the index does not know, and ids nobody has, are errors of their own', async () => {
  const { server, device } = await setUp();
  const unknown = put('unknown', { size: 5, manifest: { op: 'inline', chunks: [[5, random.bytes(32)]] } });
  await device.vault.append(() => [unknown], []);
  const lost = planNode(sourceOf(device), idByName({ device }, 'unknown'));
  await assert.rejects(bytesOf(server, lost), { code: 'E_INTEGRITY' });
  for (const plan of [planNode, planVersion]) {
    assert.throws(() => plan(sourceOf(device), 'ab'.repeat(16)), { code: 'E_NOT_FOUND' });
  }
});

test('a restore that is cancelled half way ends', async () => {
  const { server, device } = await setUp();
  await archive(device, [itemOf('big', random.bytes(12_000_000))]);
  const set = planNode(sourceOf(device), idByName({ device }, 'big'));
  const controller = new AbortController();
  const stream = restoreStream(set, (id, range) => server.pack('', id, range), controller.signal);
  assert.equal((await stream.next()).done, false);
  controller.abort();
  await assert.rejects(
    async () => {
      for await (const _ of stream);
    },
    { code: 'E_CANCELLED' },
  );
});
