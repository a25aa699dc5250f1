/** Faults of the road and of files in the middle of a run: what they may cost, and what they must not. */
import assert from 'node:assert/strict';
import { openAsBlob } from 'node:fs';
import { mkdir, open, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type ArchiveItem, createLane, type Lane, type SourceFile } from '../../../shared/archiver/index.ts';
import { type Bytes, equal, toHex, utf8 } from '../../../shared/bytes/index.ts';
import { codeOf, HoldfastError } from '../../../shared/errors/index.ts';
import { hasVersion, type LogApi, nodesOf } from '../../../shared/vault/index.ts';
import { joinVault, random, type TestDevice } from '../../support/fixtures.ts';
import { removeFolder, temporaryFolder } from '../../support/folders.ts';
import { backUp, codesOf, item, keysOf, offline, restored, type Scene, setUp } from './scene.ts';

let root: string;
before(async () => {
  root = await temporaryFolder('faults');
});
after(() => removeFolder(root));

const MIB = 1_048_576;

interface Given {
  readonly item: ArchiveItem;
  readonly content: Bytes;
}

function given(count: number, size: number, name = 'f'): Given[] {
  return Array.from({ length: count }, (_, i) => {
    const content = random.bytes(size);
    return { content, item: item(`${name}${i}`, content) };
  });
}

const itemsOf = (files: readonly Given[]): ArchiveItem[] => files.map((each) => each.item);

/** Every file is in the vault once and comes back equal on a device that was not there. */
async function allBack({ server, founder }: Scene, files: readonly Given[]): Promise<void> {
  const other = await joinVault(server, founder);
  for (const node of nodesOf(other.vault.state)) assert.equal(node.versionCount, 1, node.name);
  for (const { item: each, content } of files)
    assert.ok(equal(await restored(server, other, toHex(each.versionId)), content), each.key);
}

test('packs that were put and whose answer was lost are not sent again', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = [...given(40, 5_000), ...given(3, 6 * MIB, 'large')];
  server.after = (call) => {
    if (call === 'putPack' && server.puts > 2) throw offline();
  };
  assert.equal(codeOf((await backUp(device, itemsOf(files))).error), 'E_OFFLINE');
  const before = new Set(server.packs.keys());
  server.after = () => {};
  const again = await backUp(device, itemsOf(files));
  assert.equal(again.error, null);
  assert.equal(again.sentPacks, server.packs.size - before.size, 'each pack sent now is new');
  assert.deepEqual(keysOf(again, 'proven').length, files.length);
  await allBack(scene, files);
});

test('a journal that cannot be read, or holds what no log takes, stops no backup', async () => {
  const { server, device } = await setUp();
  const unreadable = async () => {
    throw new DOMException('Internal error opening backing store', 'UnknownError');
  };
  const journal = { ...device.journal, all: unreadable, remove: unreadable };
  const [one, two] = given(2, 1_000) as [Given, Given];
  assert.equal((await backUp({ ...device, journal }, [one.item])).error, null);

  const id = 'ab'.repeat(32);
  server.packs.set(id, new Uint8Array(65_536));
  const rows = [{ cid: random.bytes(32), off: 36, len: 70_000_000, salt: random.bytes(16) }];
  await device.journal.add(device.vault.vaultId, { id, size: 65_536, rows });
  const told = await backUp(device, [two.item]);
  assert.deepEqual([told.error, keysOf(told, 'proven')], [null, [two.item.key]]);
  assert.deepEqual(await device.journal.all(device.vault.vaultId), []);
});

test('an item that comes twice is committed once', async () => {
  const scene = await setUp();
  const [one, two] = given(2, 1_000) as [Given, Given];
  const told = await backUp(scene.device, [one.item, two.item, { ...one.item }]);
  assert.equal(told.error, null);
  assert.deepEqual(new Set(keysOf(told, 'proven')), new Set([one.item.key, two.item.key]));
  await allBack(scene, [one, two]);
});

test('a name whose normal form is longer than a name may be is kept as it is', async () => {
  const { device } = await setUp();
  const name = '\u0958'.repeat(1_300);
  const told = await backUp(device, [item(name, utf8('x'))]);
  assert.deepEqual([told.error, keysOf(told, 'proven')], [null, [name]]);
  assert.equal([...nodesOf(device.vault.state)][0]?.name, name);
});

test('a run that is stopped while the log does not answer is over soon', { timeout: 20_000 }, async () => {
  const { server, device } = await setUp();
  const stop = new AbortController();
  // As a road that swallows everything: only a signal ends the wait.
  server.append = (...[, , , , signal]: Parameters<LogApi['append']>) =>
    new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(offline())));
  server.after = (call) => {
    if (call === 'putPack' && server.puts === 2) stop.abort();
  };
  const { error } = await backUp(device, [item('big', random.bytes(24 * MIB))], { signal: stop.signal });
  assert.equal(codeOf(error), 'E_CANCELLED');
});

test('a pack that was acknowledged and is not there is caught before anything names it, and sent by the next run', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = given(30, 100_000);
  const lost: string[] = [];
  server.after = (call) => {
    if (call !== 'putPack') return;
    const id = [...server.packs.keys()].at(-1) as string;
    server.packs.delete(id);
    lost.push(id);
  };
  const told = await backUp(device, itemsOf(files));
  assert.equal(codeOf(told.error), 'E_PACKS_MISSING');
  assert.deepEqual([...keysOf(told, 'committed'), ...keysOf(told, 'proven')], []);
  assert.ok(lost.length > 0);
  server.after = () => {};
  assert.equal((await backUp(device, itemsOf(files))).error, null);
  await allBack(scene, files);
});

test('a pack that goes after the commit keeps its files from being called proven', async () => {
  const { server, device } = await setUp();
  server.after = (call) => {
    if (call === 'append') server.packs.clear();
  };
  const told = await backUp(device, itemsOf(given(3, 100_000)));
  assert.notEqual(told.error, null);
  assert.deepEqual(keysOf(told, 'proven'), []);
});

test('what is ready is committed while an earlier proof is still awaited', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = given(14, 4 * MIB);
  const second = Promise.withResolvers<void>();
  let appends = 0;
  server.after = (call) => {
    if (call === 'append' && ++appends === 2) second.resolve();
  };
  server.before = (call) => (call === 'pack' ? second.promise : undefined);
  const told = await backUp(device, itemsOf(files));
  assert.equal(told.error, null);
  assert.equal(keysOf(told, 'proven').length, files.length);
  server.before = () => {};
  await allBack(scene, files);
});

test('a proof that fails when all the rest is done already ends the run all the same', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = given(14, 4 * MIB);
  let [reads, appends] = [0, 0];
  const last = Promise.withResolvers<void>();
  server.before = async (call) => {
    if (call === 'append' && ++appends === 2) last.resolve();
    if (call !== 'pack' || ++reads > 1) return;
    await last.promise;
    throw offline();
  };
  const told = await backUp(device, itemsOf(files));
  assert.equal(codeOf(told.error), 'E_OFFLINE');
  const unproven = keysOf(told, 'committed').filter((key) => !keysOf(told, 'proven').includes(key));
  assert.ok(unproven.length > 0);
  assert.equal(keysOf(await backUp(device, itemsOf(files)), 'proven').length, files.length);
  await allBack(scene, files);
});

test('an append whose answer was lost commits each file once, large ones too', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = [...given(40, 5_000), ...given(2, 5 * MIB, 'large')];
  let lost = 0;
  server.after = (call) => {
    if (call === 'append' && lost++ < 2) throw offline();
  };
  for (let tries = 0; tries < 3; tries++) await backUp(device, itemsOf(files));
  assert.equal((await backUp(device, itemsOf(files))).error, null);
  await allBack(scene, files);
});

test('an append that is tried again although it counted adds nothing', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = given(20, 5_000);
  const append = server.append.bind(server);
  let tries = 0;
  server.append = async (...args) => {
    const outcome = await append(...args);
    return ++tries === 1 ? { ok: false, reason: 'head-moved', head: server.head } : outcome;
  };
  const told = await backUp(device, itemsOf(files));
  assert.equal(told.error, null);
  assert.equal(keysOf(told, 'proven').length, files.length);
  await allBack(scene, files);
});

test('a server whose disk is full in the middle keeps what it has, and the run after it sends the rest', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = given(4, 6 * MIB, 'large');
  server.before = (call) => {
    if (call === 'putPack' && server.puts >= 3) throw new HoldfastError('E_SERVER_FULL', 'no room');
  };
  assert.equal(codeOf((await backUp(device, itemsOf(files))).error), 'E_SERVER_FULL');
  const there = server.puts;
  server.before = () => {};
  const again = await backUp(device, itemsOf(files));
  assert.equal(again.error, null);
  assert.equal(server.puts, there + again.sentPacks);
  assert.equal(server.packs.size, server.puts, 'no pack twice');
  await allBack(scene, files);
});

/** A file on the disk, read as a browser reads one: a file that has moved since it was opened refuses to be read. */
async function onDisk(path: string, size: number, met: (opens: number) => Promise<void> = async () => undefined) {
  const content = random.bytes(size);
  await writeFile(path, content);
  await utimes(path, 1, 1);
  let opens = 0;
  const look = () =>
    stat(path).catch((cause) => {
      throw new HoldfastError('E_SOURCE_GONE', 'gone', { cause });
    });
  const openFile = async (): Promise<SourceFile> => {
    const first = await look();
    const blob = await openAsBlob(path);
    await met(++opens);
    return {
      ...{ size: first.size, mtime: Math.floor(first.mtimeMs), mime: '', blob },
      check: async () => {
        const now = await look();
        if (now.size !== first.size || now.mtimeMs !== first.mtimeMs)
          throw new HoldfastError('E_SOURCE_CHANGED', 'changed');
      },
    };
  };
  return { content, item: item(path.slice(root.length + 1), content, 0, openFile) };
}

async function grow(path: string): Promise<void> {
  const file = await open(path, 'a');
  await file.write('more');
  await file.close();
}

const FAULTS: Readonly<Record<string, { fault: (path: string, size: number) => Promise<void>; code: string | null }>> =
  {
    'is deleted': { fault: (path) => rm(path, { force: true }), code: 'E_SOURCE_GONE' },
    shrinks: { fault: (path, size) => truncate(path, Math.floor(size / 2)), code: null },
    grows: { fault: (path) => grow(path), code: null },
  };

for (const [what, { fault, code }] of Object.entries(FAULTS)) {
  for (const [kind, size] of [
    ['small files read together', 40_000],
    ['a large file', 14 * MIB],
  ] as const) {
    test(`a file that ${what} between opening and reading concerns itself alone: ${kind}`, async () => {
      const scene = await setUp();
      const folder = join(root, `${what} ${size}`);
      await mkdir(folder);
      const bad = join(folder, 'bad');
      const restless = await onDisk(bad, size, async (opens) => {
        if (opens === 1) await fault(bad, size);
      });
      const others = await Promise.all([1, 2, 3, 4, 5].map((i) => onDisk(join(folder, `${i}`), size)));
      const told = await backUp(scene.device, itemsOf([...others.slice(0, 2), restless, ...others.slice(2)]));
      assert.equal(told.error, null);
      assert.deepEqual(codesOf(told), new Map(code === null ? [] : [[restless.item.key, code]]));
      assert.equal(keysOf(told, 'proven').length, code === null ? 6 : 5);
      await allBack(scene, others);
      if (code === null) {
        const now = new Uint8Array(await (await openAsBlob(bad)).arrayBuffer());
        await allBack(scene, [{ item: restless.item, content: now }]);
      }
    });
  }
}

test('a large file that is deleted while it is being cut fails alone', async () => {
  const scene = await setUp();
  const bad = join(root, 'cut');
  const film = await onDisk(bad, 24 * MIB);
  const others = given(10, 300_000);
  const gone = Promise.withResolvers<void>();
  const told = await backUp(scene.device, itemsOf([film, ...others]), {
    onEvent: (event) => {
      if (event.type === 'progress' && event.key === film.item.key) rm(bad, { force: true }).then(gone.resolve);
    },
  });
  await gone.promise;
  assert.equal(told.error, null);
  assert.deepEqual(codesOf(told), new Map([[film.item.key, 'E_SOURCE_GONE']]));
  assert.equal(keysOf(told, 'proven').length, 10);
  await allBack(scene, others);
});

/** A file whose every byte may be read but the last ones: the permission goes in between. */
function withdrawn(name: string, size: number): ArchiveItem {
  let opens = 0;
  const refuse = (): never => {
    throw new HoldfastError('E_SOURCE_PERMISSION', 'the permission is gone');
  };
  const content = random.bytes(size);
  const blob = new Blob([content]);
  const slice = blob.slice.bind(blob);
  blob.slice = (start = 0, end = size) =>
    end > size / 2 ? Object.assign(new Blob(), { arrayBuffer: async () => refuse() }) : slice(start, end);
  return item(name, content, Date.now(), async () => {
    if (opens++ > 0) refuse();
    return { size, mtime: Date.now(), mime: '', blob, check: async () => refuse() };
  });
}

test('a file whose permission goes while it is read fails alone, by its name', async () => {
  const scene = await setUp();
  const others = [...given(10, 20_000), ...given(2, 5 * MIB, 'large')];
  const items = [withdrawn('small', 30_000), ...itemsOf(others), withdrawn('film', 14 * MIB)];
  const told = await backUp(scene.device, items);
  assert.equal(told.error, null);
  assert.deepEqual(
    codesOf(told),
    new Map([
      ['small', 'E_SOURCE_PERMISSION'],
      ['film', 'E_SOURCE_PERMISSION'],
    ]),
  );
  assert.equal(keysOf(told, 'proven').length, others.length);
  await allBack(scene, others);
});

/** A lane whose worker is gone after so many calls. */
function dying(lane: Lane, calls: number): Lane {
  let left = calls;
  const or = async <T>(call: () => Promise<T>): Promise<T> => {
    if (left-- <= 0) throw new HoldfastError('E_INTERNAL', 'the worker stopped');
    return call();
  };
  return {
    whole: (...files) => or(() => lane.whole(...files)),
    open: (...file) => or(() => lane.open(...file)),
    turnTo: (cutting, pieces) => or(() => lane.turnTo(cutting, pieces)),
    next: (file) => or(() => lane.next(file)),
    close: (file) => or(() => lane.close(file)),
    seal: (group, wanted) => or(() => lane.seal(group, wanted)),
  };
}

const freshLanes = (device: TestDevice) =>
  Promise.all([true, false].map((fillsFromFiles) => createLane(device.domain, { random, fillsFromFiles })));

test('a file whose reading the browser breaks off fails alone: nobody cancelled anything', async () => {
  const scene = await setUp();
  const [one, two] = given(2, 1_000) as [Given, Given];
  const broken = { ...one.item, open: () => Promise.reject(new DOMException('broken off', 'AbortError')) };
  const told = await backUp(scene.device, [broken, two.item]);
  assert.deepEqual([told.error, codesOf(told)], [null, new Map([[one.item.key, 'E_SOURCE_UNREADABLE']])]);
  await allBack(scene, [two]);
});

test('a lane that dies ends the run with its error, and the next run with fresh lanes completes', async () => {
  for (const calls of [0, 1, 4, 7]) {
    const scene = await setUp();
    const { device } = scene;
    const files = [...given(70, 3_000), ...given(2, 6 * MIB, 'large')];
    const lanes = await freshLanes(device);
    const broken = await backUp({ ...device, lanes: lanes.map((lane) => dying(lane, calls)) }, itemsOf(files));
    assert.equal(codeOf(broken.error), 'E_INTERNAL');
    assert.deepEqual(keysOf(broken, 'failed'), []);
    const again = await backUp({ ...device, lanes: await freshLanes(device) }, itemsOf(files));
    assert.equal(again.error, null);
    await allBack(scene, files);
  }
});

test('a run that is cancelled anywhere says so, leaves no rejection behind, and holds nothing back from the next', async () => {
  const stray: unknown[] = [];
  const note = (reason: unknown): void => void stray.push(reason);
  process.on('unhandledRejection', note);
  try {
    const scene = await setUp();
    const { server, device } = scene;
    const files = [...given(70, 3_000), ...given(3, 5 * MIB, 'large')];
    let calls = 0;
    let limit = 0;
    let controller = new AbortController();
    server.before = () => {
      if (++calls > limit) controller.abort();
    };
    for (limit = 0; limit < 8; limit++) {
      calls = 0;
      controller = new AbortController();
      const told = await backUp(device, itemsOf(files), { signal: controller.signal });
      if (told.error !== null) assert.equal(codeOf(told.error), 'E_CANCELLED');
    }
    server.before = () => {};
    assert.equal((await backUp(device, itemsOf(files))).error, null);
    assert.ok(files.every((each) => hasVersion(device.vault.state, each.item.versionId)));
    await allBack(scene, files);
    await new Promise(setImmediate);
    assert.deepEqual(stray, []);
  } finally {
    process.off('unhandledRejection', note);
  }
});
