/** A link from both sides: what was shared comes out whole, nothing else does, and its owner always sees it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Bytes, concat, equal, toHex, utf8 } from '../../../shared/bytes/index.ts';
import { linkKeys } from '../../../shared/crypto/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { type LinkRecord, openChunk, sealLinkRecord } from '../../../shared/format/index.ts';
import { planShare, restoreLength, restoreStream } from '../../../shared/restorer/index.ts';
import { createLink, linkUrl, openShare, revokeLink } from '../../../shared/share/index.ts';
import { chunkPlaces } from '../../../shared/vault/index.ts';
import { joinVault, random } from '../../support/fixtures.ts';
import {
  archive,
  depsOf,
  FILES,
  fragmentOf,
  idByName,
  itemOf,
  type Scene,
  share,
  shareScene,
} from '../../support/share-scene.ts';
import { flipped } from '../../support/tamper.ts';
import { unzip } from '../../support/unzip.ts';

const NEVER = new AbortController().signal;

async function download({ links }: Scene, record: LinkRecord, index: number | null): Promise<Bytes> {
  const set = planShare(record, index);
  const parts: Bytes[] = [];
  for await (const part of restoreStream(set, (id, range) => links.pack('', id, range), NEVER))
    parts.push(part.slice());
  assert.equal(concat(...parts).length, restoreLength(set));
  return concat(...parts);
}

test('a file: link, record, download', async () => {
  const at = await shareScene();
  const link = await share(at, 'one.bin');
  assert.match(linkUrl('https://share.example', link), /^https:\/\/share\.example\/s#[\w-]{24}$/);
  const opened = await openShare(at.links, fragmentOf(link), '');
  const { record } = opened;
  assert.deepEqual([record.name, record.kind, record.from, record.note], ['one.bin', 0, 'Ada', 'for you']);
  assert.deepEqual([opened.downloadsLeft, typeof opened.expiresDay], [3, 'number']);
  assert.ok(equal(await download(at, record, null), FILES['album/one.bin'] as Bytes));
});

test('a folder: as one archive, or each file by itself', async () => {
  const at = await shareScene();
  const { record } = await openShare(at.links, fragmentOf(await share(at, 'album')), '');
  assert.equal(record.kind, 1);
  const files = record.manifest.files.map((file) => file.path.join('/'));
  assert.deepEqual(
    files.toSorted(),
    Object.keys(FILES)
      .filter((path) => path.startsWith('album/'))
      .toSorted(),
  );
  for (const [index, path] of files.entries())
    assert.ok(equal(await download(at, record, index), FILES[path] as Bytes), path);
  assert.equal(planShare(record, null).zip, true);
  const entries = unzip(await download(at, record, null));
  assert.deepEqual(entries.map((entry) => entry.name).toSorted(), files.toSorted());
});

test('a folder is shared whole while another device commits to it', async () => {
  const at = await shareScene();
  const names = Array.from({ length: 60 }, (_, i) => `many/${i}.txt`);
  await archive(
    at.device,
    names.map((name) => itemOf(name, utf8(name))),
  );
  const other = await joinVault(at.server, at.founder);
  await other.vault.pull();
  await archive(
    other,
    names.map((name) => itemOf(name, utf8(`${name}, changed`))),
  );
  const making = share(at, 'many');
  await at.device.vault.pull();
  const { record } = await openShare(at.links, fragmentOf(await making), '');
  const shared = record.manifest.files.map(({ path }) => path.join('/'));
  assert.deepEqual(shared.toSorted(), names.toSorted());
});

test('a record of one file that goes by another name is refused: what is shown is what is saved', async () => {
  const at = await shareScene();
  const link = await share(at, 'one.bin');
  const { record } = await openShare(at.links, fragmentOf(link), '');
  const keys = await linkKeys({ secret: link.secret, hasPassword: false }, '');
  const { files } = record.manifest;
  for (const crafted of [
    { ...record, name: 'setup.exe' },
    { ...record, manifest: { ...record.manifest, files: [...files, ...files] } },
  ]) {
    const sealed = await sealLinkRecord(keys.enc, keys.lookup, crafted, random.bytes(32));
    const links = {
      ...at.links,
      open: async () => ({ ...(await at.links.open({ lookup: toHex(keys.lookup), auth: keys.auth })), record: sealed }),
    };
    await assert.rejects(openShare(links as never, fragmentOf(link), ''), { code: 'E_INTEGRITY' });
  }
});

test('with a password the link alone opens nothing, and a wrong one gives another proof', async () => {
  const at = await shareScene();
  const link = await share(at, 'one.bin', 'correct horse');
  const fragment = fragmentOf(link);
  for (const wrong of ['', 'Correct horse'])
    await assert.rejects(openShare(at.links, fragment, wrong), { code: 'E_LINK_PASSWORD' });
  const { record } = await openShare(at.links, fragment, 'correct horse');
  assert.equal(record.name, 'one.bin');
  const bare = await linkKeys({ secret: link.secret, hasPassword: false }, '');
  const proof = { lookup: toHex(bare.lookup), auth: bare.auth };
  await assert.rejects(at.links.open(proof), { code: 'E_LINK_PASSWORD' });
});

test("a recipient's keys open the shared chunks and no other blob of the same packs", async () => {
  const at = await shareScene();
  const { record } = await openShare(at.links, fragmentOf(await share(at, 'two.txt')), '');
  const shared = record.manifest.files.flatMap((file) => file.chunks);
  const salts = new Set(shared.map((chunk) => toHex(chunk[9])));
  const others = [...chunkPlaces(at.device.vault.state)].filter((place) => !salts.has(toHex(place.salt)));
  assert.ok(others.length >= 2);
  for (const [, , , len, key, nonce, cid, h, , salt] of shared) {
    for (const { pack, off, len: length, salt: own } of others) {
      const blob = (at.server.packs.get(pack.id) as Bytes).slice(off, off + length);
      for (const tried of [salt, own]) {
        const opening = openChunk(record.manifest.domainId, { salt: tried, key, nonce, cid }, { len, h }, blob);
        await assert.rejects(opening, { code: 'E_INTEGRITY' });
      }
    }
  }
});

test('neither keys of the vault nor names outside the share are in a record', async () => {
  const at = await shareScene();
  const { record } = await openShare(at.links, fragmentOf(await share(at, 'album')), '');
  const text = JSON.stringify(record, (_, value) => (value instanceof Uint8Array ? toHex(value) : value));
  const { logKey, indexKey, domainSecret, accountId } = at.founder;
  for (const key of [logKey, indexKey, domainSecret, accountId, at.device.deviceId])
    assert.ok(!text.includes(toHex(key)));
  for (const name of ['secret.txt', at.founder.vaultId]) assert.ok(!text.includes(name));
});

test('the log has the link before the server does, and a link the server refuses is not left in it', async () => {
  const at = await shareScene();
  const api = {
    ...depsOf(at).api,
    createLink: async () => {
      assert.equal(at.device.vault.state.links.size, 1);
      throw new HoldfastError('E_QUOTA', 'refused');
    },
  };
  const wish = {
    fileId: idByName(at, 'one.bin'),
    password: '',
    expiresInDays: null,
    maxDownloads: null,
    note: '',
    from: '',
  };
  await assert.rejects(createLink({ ...depsOf(at), api }, wish), { code: 'E_QUOTA' });
  assert.equal(at.device.vault.state.links.size, 0);
  const offline = {
    ...api,
    revokeLink: async () => {
      throw new HoldfastError('E_OFFLINE', 'no road');
    },
  };
  await assert.rejects(createLink({ ...depsOf(at), api: offline }, wish), { code: 'E_QUOTA' });
  assert.equal(at.device.vault.state.links.size, 1, 'it may live on the server, so its owner can still see and end it');
  await assert.rejects(createLink(depsOf(at), { ...wish, fileId: 'ab'.repeat(16) }), { code: 'E_NOT_FOUND' });
  await assert.rejects(createLink(depsOf(at), { ...wish, note: 'n'.repeat(5_000) }), { code: 'E_INPUT' });
});

test('a revoked link is gone for the recipient and from the list, and revoking again is harmless', async () => {
  const at = await shareScene();
  const link = await share(at, 'one.bin');
  for (const _ of [1, 2]) await revokeLink(depsOf(at), link.secret);
  assert.equal(at.device.vault.state.links.size, 0);
  await assert.rejects(openShare(at.links, fragmentOf(link), ''), { code: 'E_LINK_GONE' });
});

test('an evil server or sharer gives an integrity error and never other bytes', async () => {
  const at = await shareScene();
  const link = await share(at, 'one.bin');
  await share(at, 'two.txt');
  const fragment = fragmentOf(link);
  const { record } = await openShare(at.links, fragment, '');
  const records = [...at.links.links.values()].map((each) => each.record);
  const keys = await linkKeys({ secret: link.secret, hasPassword: false }, '');
  const [file] = record.manifest.files as [LinkRecord['manifest']['files'][0]];
  const forged = (change: Partial<typeof file>) =>
    sealLinkRecord(
      keys.enc,
      keys.lookup,
      { ...record, manifest: { ...record.manifest, files: [{ ...file, ...change }] } },
      random.bytes(32),
    );
  const evil = [
    flipped(records[0] as Bytes, 90),
    records[1] as Bytes,
    await forged({ size: file.size + 1 }),
    await forged({ chunks: file.chunks.toReversed() }),
    await forged({ chunks: file.chunks.slice(1), size: file.size - (file.chunks[0]?.[3] ?? 0) }),
    await forged({ path: [] }),
  ];
  for (const each of evil) {
    at.links.deliver = () => each;
    await assert.rejects(openShare(at.links, fragment, ''), { code: 'E_INTEGRITY' });
  }
  for (const pack of at.server.packs.values()) pack.fill(7);
  await assert.rejects(download(at, record, null), { code: 'E_INTEGRITY' });
});
