/** From files to packs and log and back, in memory: what was put in comes out, once, whatever the road did. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ArchiveEvent, type ArchiveItem, createArchiver } from '../../../shared/archiver/index.ts';
import { type Bytes, concat, equal, utf8 } from '../../../shared/bytes/index.ts';
import { createCatalog } from '../../../shared/catalog/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { type AuditTokens, auditTokenKey } from '../../../shared/format/index.ts';
import { planNode, planVersion, restoreLength, restoreStream } from '../../../shared/restorer/index.ts';
import { chunkPlaces, countsOf, nodesOf } from '../../../shared/vault/index.ts';
import { joinVault, noTokens, random, sourceOf, type TestDevice } from '../../support/fixtures.ts';
import type { MemoryServer } from '../../support/memory-server.ts';
import { item, setUp } from './scene.ts';

async function backUp(device: TestDevice, items: readonly ArchiveItem[], signal = new AbortController().signal) {
  const events: ArchiveEvent[] = [];
  const summary = await createArchiver(device).archive(items, { signal, onEvent: (event) => void events.push(event) });
  return { events, summary };
}

async function restoreNode(server: MemoryServer, device: TestDevice, fileId: string): Promise<Bytes> {
  const readPack = (id: string, range: { start: number; end: number }) => server.pack('', id, range);
  const set = planNode({ state: device.vault.state, keys: device.domain }, fileId);
  return collect(restoreStream(set, readPack, new AbortController().signal), restoreLength(set));
}

async function collect(stream: AsyncIterable<Bytes>, length: number): Promise<Bytes> {
  const parts: Bytes[] = [];
  for await (const part of stream) parts.push(part.slice());
  const all = concat(...parts);
  assert.equal(all.length, length);
  return all;
}

function idOf(device: TestDevice, name: string): string {
  const [row] = createCatalog(() => device.vault.state)
    .search(name, 10)
    .filter((each) => each.name === name);
  assert.ok(row, `no ${name}`);
  return row.fileId;
}

const EDGES = [0, 1, 4_096, 1_048_575, 1_048_576, 1_048_577, 3_000_000, 9_437_184];

test('files of every awkward size come back equal on another device', async () => {
  const { server, founder, device } = await setUp();
  const files = EDGES.map((size) => [`tree/f${size}.bin`, random.bytes(size)] as const);
  const { events, summary } = await backUp(
    device,
    files.map(([path, content]) => item(path, content)),
  );
  assert.equal(summary.committed, EDGES.length);
  for (const [path] of files) {
    assert.equal(events.filter((e) => e.type === 'committed' && e.key === path).length, 1);
    assert.equal(events.filter((e) => e.type === 'proven' && e.key === path).length, 1);
  }
  const other = await joinVault(server, founder);
  for (const [path, content] of files) {
    const got = await restoreNode(server, other, idOf(other, path.split('/')[1] as string));
    assert.ok(equal(got, content), path);
  }
});

test('of a backup of many small files, all is got with hardly more than its packs, and a few with a part of them', async () => {
  const { server, device } = await setUp();
  const [FILES, FEW] = [4_000, 20];
  const items = Array.from({ length: FILES }, (_, i) => {
    const name = `${(i * 2_654_435_761) % 4_294_967_296}`;
    return item(`${i % (FILES / FEW) === 0 ? 'album/few' : 'album'}/${name}`, random.bytes(12_288));
  });
  const { summary } = await backUp(device, items);
  const fetchedFor = async (folder: string, files: number): Promise<number> => {
    let fetched = 0;
    const readPack = async (id: string, range: { start: number; end: number }) => {
      fetched += range.end - range.start;
      return server.pack('', id, range);
    };
    const set = planNode({ state: device.vault.state, keys: device.domain }, idOf(device, folder));
    assert.equal(set.files.length, files);
    await collect(restoreStream(set, readPack, new AbortController().signal), restoreLength(set));
    return fetched;
  };
  const all = await fetchedFor('album', FILES);
  assert.ok(all < 1.2 * summary.sentBytes, `${all} bytes of ${summary.sentBytes}`);
  const few = await fetchedFor('few', FEW);
  assert.ok(few < 0.15 * summary.sentBytes, `${few} bytes of ${summary.sentBytes}`);
});

test('the same content is sent once, and an unchanged file is not read', async () => {
  const { server, device } = await setUp();
  const content = random.bytes(2_000_000);
  await backUp(device, [item('a', content), item('b', content)]);
  const after = server.puts;
  let reads = 0;
  const again = item('a', content, 1_000, async () => ({
    ...sourceOf(content, 1_000),
    get blob(): Blob {
      reads++;
      throw new Error('must not be read');
    },
  }));
  const { events } = await backUp(device, [again]);
  assert.equal(reads, 0);
  assert.equal(server.puts, after);
  assert.ok(events.some((e) => e.type === 'committed' && e.unchanged));
});

for (const [was, is] of [
  ['refs/name', 'refs/name/inside'],
  ['refs/name/inside', 'refs/name'],
] as const) {
  test(`${is} where ${was} was is stored once, and unchanged after that`, async () => {
    const { device } = await setUp();
    await backUp(device, [item(was, random.bytes(10))]);
    const now = () => item(is, utf8('the same'));
    await backUp(device, [now()]);
    const counts = countsOf(device.vault.state);
    const { events } = await backUp(device, [now()]);
    assert.ok(events.some((event) => event.type === 'committed' && event.unchanged));
    const { path, name, size } = now();
    assert.ok(await createArchiver(device).scan()(path, name, size, 1_000));
    assert.deepEqual(countsOf(device.vault.state), counts);
  });
}

test('a changed file has two versions, both whole, and only its changed part travels', async () => {
  const { server, device } = await setUp();
  const first = random.bytes(24 * 1_048_576);
  await backUp(device, [item('big', first)]);
  const second = first.slice();
  second.set(random.bytes(1_000), 12_000_000);
  const { summary } = await backUp(device, [item('big', second, 2_000)]);
  assert.ok(summary.sentBytes <= 8 * 1_048_576, `${summary.sentBytes} bytes sent`);
  const versions = createCatalog(() => device.vault.state).versions(idOf(device, 'big'));
  assert.equal(versions.length, 2);
  const readPack = (id: string, range: { start: number; end: number }) => server.pack('', id, range);
  for (const [version, content] of [
    [versions[0], second],
    [versions[1], first],
  ] as const) {
    const source = { state: device.vault.state, keys: device.domain };
    const set = planVersion(source, version?.versionId as string);
    assert.ok(
      equal(await collect(restoreStream(set, readPack, new AbortController().signal), content.length), content),
    );
  }
});

test('a lost answer to an append commits each version once', async () => {
  const { server, founder, device } = await setUp();
  const items = Array.from({ length: 40 }, (_, i) => item(`n${i}`, utf8(`content ${i}`)));
  let lost = false;
  server.after = (call) => {
    if (call !== 'append' || lost) return;
    lost = true;
    throw new HoldfastError('E_OFFLINE', 'the answer was lost');
  };
  await assert.rejects(backUp(device, items), { code: 'E_OFFLINE' });
  const { summary } = await backUp(device, items);
  assert.equal(summary.committed, 40);
  const other = await joinVault(server, founder);
  for (const node of nodesOf(other.vault.state)) assert.equal(node.versionCount, 1);
  assert.equal(countsOf(other.vault.state).nodes, 40);
});

test('a pack that cannot be put fails the run, commits nothing that is not stored, and the next run completes', async () => {
  const { server, device } = await setUp();
  const items = Array.from({ length: 12 }, (_, i) => item(`r${i}`, random.bytes(900_000)));
  let tried = 0;
  server.before = (call) => {
    if (call === 'putPack' && ++tried > 1) throw new HoldfastError('E_OFFLINE', 'no road');
  };
  const events: ArchiveEvent[] = [];
  const options = { signal: new AbortController().signal, onEvent: (event: ArchiveEvent) => void events.push(event) };
  await assert.rejects(createArchiver(device).archive(items, options), { code: 'E_OFFLINE' });
  assert.equal(
    events.some((event) => event.type === 'proven' || event.type === 'failed'),
    false,
  );
  server.before = () => {};
  const { summary } = await backUp(device, items);
  assert.equal(summary.committed, 12);
  for (const node of nodesOf(device.vault.state)) assert.equal(node.versionCount, 1);
});

test('after a pause nothing that was acknowledged is sent again', async () => {
  const { server, device } = await setUp();
  const content = random.bytes(40 * 1_048_576);
  const controller = new AbortController();
  server.after = (call) => {
    if (call === 'putPack' && server.puts === 5) controller.abort();
  };
  const big = item('big', content);
  await assert.rejects(backUp(device, [big], controller.signal), { code: 'E_CANCELLED' });
  const acknowledged = server.puts;
  server.after = () => {};
  const { summary } = await backUp(device, [big]);
  assert.ok(acknowledged >= 5);
  assert.ok(summary.sentPacks <= 44 - acknowledged, `${summary.sentPacks} packs after ${acknowledged}`);
  assert.ok(equal(await restoreNode(server, device, idOf(device, 'big')), content));
});

test('a large file that is cut short in the middle goes on where it was', async () => {
  const { server, device } = await setUp();
  const big = item('big', random.bytes(60 * 1_048_576));
  server.before = () => {
    if (server.puts >= 12) throw new HoldfastError('E_OFFLINE', 'no road');
  };
  await assert.rejects(backUp(device, [big]), { code: 'E_OFFLINE' });
  assert.ok(
    countsOf(device.vault.state).packs >= 8,
    `${countsOf(device.vault.state).packs} packs of ${server.puts} are known`,
  );
  const known = countsOf(device.vault.state).packs;
  server.before = () => {};
  const { summary } = await backUp(device, [big]);
  assert.ok(summary.sentPacks <= 18 - known, `${summary.sentPacks} packs sent, ${known} were known`);
});

test('packs that reached the server before this device died are not sent again', async () => {
  const { server, device } = await setUp();
  const big = item('big', random.bytes(24 * 1_048_576));
  server.after = (call) => {
    if (call === 'putPack' && server.puts >= 4) throw new HoldfastError('E_OFFLINE', 'the answer was lost');
  };
  // Neither is the log reached: what a death in the middle leaves is the journal alone.
  server.before = (call) => {
    if (call === 'append') throw new HoldfastError('E_OFFLINE', 'no road');
  };
  await assert.rejects(backUp(device, [big]), { code: 'E_OFFLINE' });
  const there = server.puts;
  assert.ok(there >= 4);
  server.after = () => {};
  server.before = () => {};
  const { summary } = await backUp(device, [big]);
  assert.equal(summary.committed, 1);
  assert.ok(summary.sentPacks <= 8 - there, `${summary.sentPacks} packs sent, ${there} were there`);
  assert.deepEqual(await device.journal.all(device.vault.vaultId), []);
});

test('an item is proven while the next one is still awaited', async () => {
  const { device } = await setUp();
  const proven = Promise.withResolvers<void>();
  async function* slowly() {
    yield item('first', random.bytes(10_000));
    await proven.promise;
    yield item('second', random.bytes(10_000));
  }
  const onEvent = (event: ArchiveEvent) => {
    if (event.type === 'proven' && event.key === 'first') proven.resolve();
  };
  const signal = new AbortController().signal;
  assert.equal((await createArchiver(device).archive(slowly(), { signal, onEvent })).committed, 2);
});

test('what is left at the end of a run leaves in few packs', async () => {
  const { server, device } = await setUp();
  await backUp(
    device,
    Array.from({ length: 12 }, (_, i) => item(`r${i}`, random.bytes(600_000))),
  );
  assert.equal(server.puts, 2);
});

test('two devices that commit at once lose nothing', async () => {
  const { server, founder, device } = await setUp();
  const other = await joinVault(server, founder);
  const mine = Array.from({ length: 20 }, (_, i) => item(`shared/mine${i}`, utf8(`m${i}`)));
  const theirs = Array.from({ length: 20 }, (_, i) => item(`shared/theirs${i}`, utf8(`t${i}`)));
  await Promise.all([backUp(device, mine), backUp(other, theirs)]);
  const third = await joinVault(server, founder);
  const catalog = createCatalog(() => third.vault.state);
  assert.equal(catalog.fileCount, 40);
  assert.equal(catalog.folder(null, 'name', false).rows.length, 1, 'one folder, not one per device');
});

test('a file that changes while it is read is read again, and marked when it never holds still', async () => {
  const { device } = await setUp();
  for (const size of [100_000, 3_000_000]) {
    const content = random.bytes(size);
    const changing = (name: string, times: number) => {
      let checks = 0;
      return item(name, content, Date.now(), async () => ({
        ...sourceOf(content, Date.now()),
        check: async () => {
          if (++checks <= times) throw new HoldfastError('E_SOURCE_CHANGED', 'changed');
        },
      }));
    };
    await backUp(device, [changing(`calms${size}`, 2), changing(`restless${size}`, 1_000)]);
    const catalog = createCatalog(() => device.vault.state);
    assert.equal(catalog.versions(idOf(device, `calms${size}`))[0]?.changedDuringRead, false);
    assert.equal(catalog.versions(idOf(device, `restless${size}`))[0]?.changedDuringRead, true);
  }
});

test("one file's fault stays its own", async () => {
  const { device } = await setUp();
  const gone = item('gone', utf8(''), 1, async () => {
    throw new HoldfastError('E_SOURCE_GONE', 'gone');
  });
  const { events, summary } = await backUp(device, [
    item('a', utf8('a')),
    gone,
    item('', utf8('x')),
    item('b', utf8('b')),
  ]);
  assert.equal(summary.committed, 2);
  assert.deepEqual(
    new Map(events.filter((e) => e.type === 'failed').map((e) => [e.key, e.error.code])),
    new Map([
      ['gone', 'E_SOURCE_GONE'],
      ['', 'E_INPUT'],
    ]),
  );
});

test('nothing is called safe when the server does not give back what it acknowledged', async () => {
  const { server, device } = await setUp();
  server.before = (call) => {
    if (call !== 'pack') return;
    for (const pack of server.packs.values()) pack.fill(0);
  };
  const events: ArchiveEvent[] = [];
  const options = { signal: new AbortController().signal, onEvent: (event: ArchiveEvent) => void events.push(event) };
  await assert.rejects(createArchiver(device).archive([item('a', random.bytes(10_000))], options), {
    code: 'E_INTEGRITY',
  });
  assert.equal(
    events.some((event) => event.type === 'proven'),
    false,
  );
});

test('each pack has its audit tokens, and a backup does not mind when they cannot be kept', async () => {
  const { server, device } = await setUp();
  const kept = new Map<string, AuditTokens>();
  const tokens = { ...noTokens, put: async (_vault: string, id: string, made: AuditTokens) => void kept.set(id, made) };
  await backUp({ ...device, tokens }, [item('a', random.bytes(6_000_000))]);
  assert.deepEqual([...kept.keys()].toSorted(), [...server.packs.keys()].toSorted());
  for (const [id, { salt, macs }] of kept) {
    assert.equal(macs.length, 4);
    for (const [index, mac] of macs.entries()) {
      assert.deepEqual(server.macOf(id, await auditTokenKey(device.domain, id, { salt, index })), mac);
    }
  }
  const broken = { ...device, tokens: { ...noTokens, put: () => Promise.reject(new Error('the disk is full')) } };
  assert.equal((await backUp(broken, [item('b', random.bytes(100_000))])).summary.committed, 1);
});

test('a tampered or cut pack gives an error and not one wrong byte', async () => {
  const { server, device } = await setUp();
  const content = random.bytes(600_000);
  await backUp(device, [item('a', content)]);
  const fileId = idOf(device, 'a');
  for (const [id, pack] of server.packs) {
    const place = [...chunkPlaces(device.vault.state)].find((each) => each.pack.id === id);
    assert.ok(place);
    for (const at of [place.off, place.off + 16, place.off + place.len - 1]) {
      pack[at] = (pack[at] as number) ^ 1;
      await assert.rejects(restoreNode(server, device, fileId), { code: 'E_INTEGRITY' });
      pack[at] = (pack[at] as number) ^ 1;
    }
    server.packs.set(id, pack.slice(0, place.off + 10));
    await assert.rejects(restoreNode(server, device, fileId), { code: 'E_INTEGRITY' });
    server.packs.set(id, pack);
  }
  assert.ok(equal(await restoreNode(server, device, fileId), content));
});
