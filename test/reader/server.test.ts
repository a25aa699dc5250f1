/** The reader as a process against a real server: everything back, with the words alone. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../shared/browser/index.ts';
import { utf8 } from '../../shared/bytes/index.ts';
import type { TreeFile } from '../support/corpus.ts';
import type { Person } from '../support/person.ts';
import type { TestServer } from '../support/server.ts';
import { itemOf } from '../support/share-scene.ts';
import { archiveAs, runReader } from './scene.ts';
import { assertRestored, serverScene } from './server-scene.ts';

let server: TestServer;
let folder: string;
let ada: Person;
let newcomer: Person;
let original: ReadonlyMap<string, TreeFile>;
let close: () => Promise<void>;

before(async () => {
  ({ server, folder, ada, newcomer, original, close } = await serverScene());
});
after(() => close());

test('from the server: every file under every odd name, its bytes and its date; run again, all of it is kept', async () => {
  const to = join(folder, 'from-server');
  const first = await runReader(ada.words, ['restore', '--server', server.app, '--to', to]);
  assert.deepEqual([first.code, first.err], [0, '']);
  await assertRestored(original, to);
  const again = await runReader(ada.words, ['restore', '--server', server.app, '--to', to]);
  assert.equal(again.code, 0);
  assert.match(again.out, new RegExp(`restored 0 files .*, kept ${original.size}, failed 0`));
});

test('list names every file, as lines and as JSON', async () => {
  const lines = await runReader(ada.words, ['list', '--server', server.app]);
  assert.equal(lines.code, 0);
  assert.ok(lines.out.includes('odd/line\\u{a}break.txt\n'), 'a line break in a name breaks no line');
  const json = await runReader(ada.words, ['list', '--server', server.app, 'odd', '--json']);
  const rows = json.out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; path: string[] });
  const files = rows.filter(({ kind }) => kind === 'file').map(({ path }) => path.join('/'));
  assert.deepEqual(new Set(files), new Set([...original.keys()].filter((path) => path.startsWith('odd/'))));
});

test('reading leaves no device and no session behind', async () => {
  const before = (await ada.ports.api.sessions()).length;
  await runReader(ada.words, ['list', '--server', server.app]);
  assert.equal((await ada.ports.api.sessions()).length, before);
});

test('an empty vault lists, restores and verifies as nothing', async () => {
  for (const command of [['list'], ['restore', '--to', join(folder, 'nothing')], ['verify']]) {
    const { code, err } = await runReader(newcomer.words, [...command, '--server', server.app]);
    assert.equal(code, 0, err);
  }
  assert.deepEqual(await readdir(join(folder, 'nothing')), []);
});

test('words that are none, words of nobody, no server and no command each end with their code', async () => {
  const nobody = `${'abandon '.repeat(11)}about`;
  const outcomes = [
    [await runReader('twelve words these are not', ['list', '--server', server.app]), 3, /E_RECOVERY_WORDS/],
    [await runReader(nobody, ['list', '--server', server.app]), 3, /E_CREDENTIALS/],
    [await runReader(nobody, ['list', '--dir', join(folder, 'nowhere')]), 3, /E_NOT_FOUND/],
    [await runReader(nobody, ['lists', '--server', server.app]), 2, /no command/],
    [await runReader(ada.words, ['list', '--server', server.app, 'no such thing']), 3, /E_NOT_FOUND/],
  ] as const;
  for (const [{ code, err }, expected, text] of outcomes) {
    assert.equal(code, expected, err);
    assert.match(err, text);
    assert.ok(!/\n {4}at /.test(err), 'no stack trace');
  }
});

test('--at shows the tree as it stood', async () => {
  await archiveAs(newcomer.session, [itemOf('diary', utf8('morning'))]);
  const then = new Date(newcomer.session.vault.state.lastCommitAt ?? 0).toISOString();
  await systemClock.sleep(5);
  await archiveAs(newcomer.session, [itemOf('diary', utf8('evening')), itemOf('letter', utf8('late'))]);
  const to = join(folder, 'at');
  const source = ['--server', server.app];
  assert.equal((await runReader(newcomer.words, ['restore', ...source, '--at', then, '--to', to])).code, 0);
  assert.deepEqual(await readdir(to), ['diary']);
  assert.equal(await readFile(join(to, 'diary'), 'utf8'), 'morning');
  const before = await runReader(newcomer.words, ['list', ...source, '--at', '2001-01-01']);
  assert.deepEqual([before.code, before.out], [0, '']);
});
