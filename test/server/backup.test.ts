/** The operator's copy of the database, made while the server runs. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { copyDatabase } from '../../server/db/index.ts';
import { logReadPath } from '../../shared/protocol/index.ts';
import { LogPage } from '../../shared/protocol/schemas.ts';
import { bench } from './support/bench.ts';
import { entry, Person } from './support/person.ts';

const BACKUP = fileURLToPath(new URL('../../server/backup.ts', import.meta.url));

function backUp(data: string, ...files: string[]): { status: number | null; stderr: string } {
  const env = { ...process.env, HOLDFAST_DATA: data };
  const { status, stderr } = spawnSync(process.execPath, [BACKUP, ...files], { env, encoding: 'utf8' });
  return { status, stderr };
}

it('copies a database that is written to without a pause, as it was at one moment', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-backup-'));
  const [path, copy] = [join(root, 'a.db'), join(root, 'b.db')];
  const source = new DatabaseSync(path);
  source.exec('pragma journal_mode = wal; create table large (body blob); create table t (n integer)');
  source.exec('insert into large values (zeroblob(8388608)); insert into t values (0), (0)');
  const write = source.prepare('update t set n = n + 1');
  let isDone = false;
  const copying = copyDatabase(path, copy).then(() => {
    isDone = true;
  });
  for (let i = 0; i < 2_000 && !isDone; i++) {
    write.run();
    await setImmediate();
  }
  assert.ok(isDone, 'while it was written to');
  await copying;
  source.close();
  const copied = new DatabaseSync(copy);
  assert.equal(copied.prepare('pragma integrity_check').get()?.integrity_check, 'ok');
  assert.equal(copied.prepare('select count(distinct n) as count from t').get()?.count, 1);
  copied.close();
  await rm(root, { recursive: true });
});

it('is a command, beside a running server, whose copy a server starts on', async () => {
  const server = await bench();
  const [data, copied] = [join(server.root, 'data'), join(server.root, 'copied')];
  const person = await Person.registered(server);
  assert.equal((await person.append([entry()])).status, 200);
  await cp(join(data, 'secrets.json'), join(copied, 'secrets.json'));
  const file = join(copied, 'holdfast.db');
  await writeFile(file, 'the copy of yesterday', { mode: 0o644 });
  assert.deepEqual(backUp(data, file), { status: 0, stderr: '' });
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = await bench({ HOLDFAST_DATA: copied });
  const page = await again.ask('POST', logReadPath(person.vault), { json: { after: 0 }, headers: person.bearer });
  assert.deepEqual(page.as(LogPage).head, person.head);
  await again.close();
  await server.close();
});

it('says what is wrong, and does not write over the database itself', async () => {
  const server = await bench();
  const data = join(server.root, 'data');
  for (const files of [[], [join(data, 'holdfast.db')]]) {
    const { status, stderr } = backUp(data, ...files);
    assert.equal(status, 1);
    assert.match(stderr, /Say where the copy goes/);
  }
  assert.match(backUp(server.root, 'copy.db').stderr, /holdfast\.db is missing/);
  await server.close();
});
