import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rename, rm, truncate, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { bench } from './support/bench.ts';
import { Person, pack } from './support/person.ts';

const CHECK = fileURLToPath(new URL('../../server/check.ts', import.meta.url));

function check(data: string, ...options: string[]) {
  const env = { ...process.env, HOLDFAST_DATA: data };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CHECK, ...options], { env, encoding: 'utf8' });
  return { status, lines: stdout.trim().split('\n'), stderr };
}

it('finds every pack that is missing, damaged or unknown', async () => {
  const server = await bench();
  const person = await Person.registered(server);
  const packs = Array.from({ length: 12 }, () => pack());
  for (const { bytes } of packs) assert.equal((await person.put(bytes)).status, 200);
  const data = join(server.root, 'data');
  const place = (id: string) => join(data, 'packs', id.slice(0, 2), id);
  assert.match(check(data).stderr, /Another server/);
  await Promise.all([server.app.close(), server.share.close()]);
  await server.data.close();

  assert.deepEqual(check(data), { status: 0, lines: ['12 whole, 0 missing, 0 damaged, 0 unknown'], stderr: '' });
  const [gone, short, wrong] = packs.map(({ id }) => id) as [string, string, string];
  const stranger = pack();
  await unlink(place(gone));
  await truncate(place(short), 5);
  await writeFile(place(wrong), Buffer.alloc(65_536));
  await writeFile(place(stranger.id), stranger.bytes);
  const found = check(data);
  assert.equal(found.status, 1);
  const damaged = [short, wrong].sort().map((id) => `damaged  ${id}`);
  assert.deepEqual(found.lines, [
    `missing  ${gone}`,
    ...damaged,
    `unknown  ${stranger.id}`,
    '9 whole, 1 missing, 2 damaged, 1 unknown',
  ]);
  check(data, '--remove-unknown');
  assert.ok(!(await readdir(join(data, 'packs', stranger.id.slice(0, 2)))).includes(stranger.id));
  assert.match(check(data, '--force').stderr, /no option --force/);
  await rm(server.root, { recursive: true });
});

it('makes no directory where there is none, and removes no pack for want of its database', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-check-'));
  const nowhere = check(join(root, 'mistyped'), '--remove-unknown');
  assert.deepEqual([nowhere.status, await readdir(root)], [1, []]);
  assert.match(nowhere.stderr, /holdfast\.db is missing\. Is HOLDFAST_DATA right/);

  const server = await bench({ HOLDFAST_DATA: root });
  const person = await Person.registered(server);
  const { id, bytes } = pack();
  assert.equal((await person.put(bytes)).status, 200);
  await server.close();
  const database = join(root, 'holdfast.db');
  await rename(database, `${database}.kept`);
  assert.match(check(root, '--remove-unknown').stderr, /holdfast\.db is missing/);
  await writeFile(database, '');
  assert.match(check(root, '--remove-unknown').stderr, /There are packs in .* but no account/);
  await rename(`${database}.kept`, database);
  assert.deepEqual(check(root).lines, ['1 whole, 0 missing, 0 damaged, 0 unknown'], id);
  await rm(root, { recursive: true });
});
