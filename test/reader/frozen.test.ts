/** The frozen account of the format's first version, laid out as an export: what was stored then is read for ever. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fromBase64url } from '../../shared/bytes/index.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { runReader } from './scene.ts';

interface Vault {
  vaultId: string;
  head: { seq: number; hash: string };
  entries: string[];
}
interface Golden {
  words: string;
  accountId: string;
  wrap: { epoch: number; blob: string };
  vaults: { account: Vault; personal: Vault };
  packs: Record<string, string>;
  files: Record<string, string[]>;
  deleted: string[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('../vectors/account.json', import.meta.url), 'utf8'));
let folder: string;
let copy: string;

before(async () => {
  folder = await temporaryFolder('reader-frozen');
  copy = join(folder, 'export');
  const put = async (path: string, content: string | Uint8Array) => {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), content);
  };
  const { words: _, accountId, wrap, vaults, packs } = golden;
  const account = {
    format: 'holdfast-export',
    version: 1,
    serverId: '00'.repeat(16),
    accountId,
    wrap: { epoch: wrap.epoch, blob: wrap.blob },
    vaults: (['account', 'personal'] as const).map((kind) => {
      const { vaultId, head } = vaults[kind];
      return { vaultId, kind, head };
    }),
  };
  await put('account.json', JSON.stringify(account));
  for (const { vaultId, entries } of Object.values(vaults))
    for (const [i, entry] of entries.entries())
      await put(`log/${vaultId}/${String(i + 1).padStart(10, '0')}`, fromBase64url(entry));
  for (const [id, pack] of Object.entries(packs)) await put(`packs/${id.slice(0, 2)}/${id}`, fromBase64url(pack));
});
after(() => removeFolder(folder));

interface Row {
  path: string[];
  kind: string;
  deleted: boolean;
  versionId: string;
}

async function versions(): Promise<Row[]> {
  const { code, out, err } = await runReader(golden.words, ['list', '--dir', copy, '--all-versions', '--json']);
  assert.equal(code, 0, err);
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  return rows.filter(({ kind }) => kind === 'file');
}

test('every version of every file comes back as it was, what was deleted is known', async () => {
  const rows = await versions();
  const live = Map.groupBy(
    rows.filter(({ deleted }) => !deleted),
    ({ path }) => path.join('/'),
  );
  assert.deepEqual(new Set(live.keys()), new Set(Object.keys(golden.files)));
  for (const [path, contents] of Object.entries(golden.files)) {
    const own = live.get(path) as Row[];
    assert.equal(own.length, contents.length);
    for (const [i, content] of contents.entries()) {
      const { versionId } = own[i] as Row;
      const to = join(folder, `${path.replaceAll('/', '-')}-${i}`);
      const ended = await runReader(golden.words, ['restore', '--dir', copy, '--version', versionId, '--to', to]);
      assert.equal(ended.code, 0, ended.err);
      const [name] = await readdir(to);
      assert.deepEqual(await readFile(join(to, name as string)), Buffer.from(fromBase64url(content)), path);
    }
  }
  const deleted = rows.filter((row) => row.deleted).map(({ path }) => path.join('/'));
  assert.deepEqual([...new Set(deleted)].sort(), golden.deleted);
});

test('the newest of all files, and a pack that was cut', async () => {
  const to = join(folder, 'newest');
  assert.equal((await runReader(golden.words, ['restore', '--dir', copy, '--to', to])).code, 0);
  for (const [path, contents] of Object.entries(golden.files))
    assert.deepEqual(await readFile(join(to, path)), Buffer.from(fromBase64url(contents.at(-1) as string)), path);
  assert.equal((await runReader(golden.words, ['verify', '--dir', copy])).code, 0);

  const id = Object.keys(golden.packs)[0] as string;
  const pack = join(copy, 'packs', id.slice(0, 2), id);
  const whole = await readFile(pack);
  await truncate(pack, whole.length >> 1);
  const cut = await runReader(golden.words, ['verify', '--dir', copy]);
  await writeFile(pack, whole);
  assert.equal(cut.code, 1);
  assert.ok(cut.out.includes(`pack     ${id}  unreadable`), cut.out);
});
