/** What the server lost is sent again when its files are backed up again: that and no more, and without a version anew. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type ArchiveItem, createArchiver } from '../../../shared/archiver/index.ts';
import { type Bytes, equal, fromHex, toHex } from '../../../shared/bytes/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { chunkPlaces, countsOf, nodesOf, packsInUse, versionsOf } from '../../../shared/vault/index.ts';
import { joinVault, noTokens, random, sourceOf, type TestDevice } from '../../support/fixtures.ts';
import * as independent from '../../support/independent-reader.ts';
import { pseudoRandom } from '../../support/pseudo-random.ts';
import { backUp, item, keysOf, restored, type Scene, setUp } from './scene.ts';

/** A file that is on the disk for as long as the test wants, and how often it was read. */
function onDisk(path: string, content: Bytes, mtime = 1_000) {
  const file = { content, mtime, opened: 0 };
  const again = (): ArchiveItem => ({
    ...item(path, file.content),
    open: async () => {
      file.opened++;
      return sourceOf(file.content, file.mtime);
    },
  });
  return { file, again };
}

/** The audit that follows finds out. */
async function lose({ server, device }: Scene, ...ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    server.packs.delete(id);
    await device.findings.note('', id);
  }
}

/** Ids of the chunks in packs that are sent from now on. */
function sentBy(device: TestDevice): { device: TestDevice; cids: string[] } {
  const cids: string[] = [];
  const add: TestDevice['journal']['add'] = (vault, pack) => {
    cids.push(...pack.rows.map(({ cid }) => toHex(cid)));
    return device.journal.add(vault, pack);
  };
  return { device: { ...device, journal: { ...device.journal, add } }, cids };
}

const versionCounts = ({ device }: Scene) => [...nodesOf(device.vault.state)].map(({ versionCount }) => versionCount);
const versionIds = ({ device }: Scene, name: string) => {
  const node = [...nodesOf(device.vault.state)].find((each) => each.name === name);
  return versionsOf(device.vault.state, node ?? { fileId: '' }).map(({ versionId }) => toHex(versionId));
};

/** Every version comes back equal on a device that reads the log from its start; whoever else reads it finds the same places. */
async function assertWhole({ server, founder, device }: Scene, contents: ReadonlyMap<string, Bytes>): Promise<void> {
  const fresh = await joinVault(server, founder);
  const places = [...chunkPlaces(fresh.vault.state)];
  assert.deepEqual([...chunkPlaces(device.vault.state)], places);
  const { index } = independent.readLog(fromHex(founder.vaultId), founder.logKey, server.bodies);
  const key = (pack: string, off: number, len: number, salt: Uint8Array) => `${pack} ${off} ${len} ${toHex(salt)}`;
  assert.deepEqual(
    new Set([...index.values()].map(({ pack, off, len, salt }) => key(pack, off, len, salt))),
    new Set(places.map(({ pack, off, len, salt }) => key(pack.id, off, len, salt))),
  );
  for (const [id, content] of contents) assert.ok(equal(await restored(server, fresh, id), content));
}

test('what was found lost since the last scan is not unchanged to the next', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  await backUp(device, [onDisk('one', random.bytes(1_000)).again()]);
  const archiver = createArchiver(device);
  assert.equal(await archiver.scan()([], 'one', 1_000, 1_000), true);
  await lose(scene, [...server.packs.keys()][0] as string);
  assert.equal(await archiver.scan()([], 'one', 1_000, 1_000), false);
});

test('an unchanged file in a lost pack is read again, its chunks are sent and its version stands', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const early = await joinVault(server, scene.founder);
  const one = onDisk('one', random.bytes(300_000));
  const two = onDisk('two', random.bytes(300_000));
  await backUp(device, [one.again()]);
  const [first] = server.packs.keys();
  await backUp(device, [two.again()]);
  await early.vault.pull();
  await lose(scene, first as string);
  const { state } = device.vault;
  const archiver = createArchiver(device);
  const unchanged = archiver.scan();
  assert.deepEqual(
    [await unchanged([], 'one', 300_000, 1_000), await unchanged([], 'two', 300_000, 1_000)],
    [false, true],
  );
  const { chunks } = countsOf(state);
  const told = await backUp(device, [one.again(), two.again()]);
  assert.deepEqual([told.error, told.sentPacks, keysOf(told, 'proven').toSorted()], [null, 1, ['one', 'two']]);
  const committed = told.events.filter((event) => event.type === 'committed');
  assert.deepEqual(
    new Map(committed.map(({ key, unchanged }) => [key, unchanged])),
    new Map([
      ['one', false],
      ['two', true],
    ]),
  );
  assert.deepEqual([versionCounts(scene), countsOf(state).chunks], [[1, 1], chunks]);
  assert.ok(!packsInUse(state).some(({ id }) => id === first));
  assert.equal(await archiver.scan()([], 'one', 300_000, 1_000), true);
  const contents = new Map([
    [versionIds(scene, 'one')[0] as string, one.file.content],
    [versionIds(scene, 'two')[0] as string, two.file.content],
  ]);
  await assertWhole(scene, contents);
  await early.vault.pull();
  assert.deepEqual([...chunkPlaces(early.vault.state)], [...chunkPlaces(state)]);
  for (const [id, content] of contents) assert.ok(equal(await restored(server, early, id), content));
  assert.equal((await backUp(device, [one.again()])).sentPacks, 0);
});

test('of a large file only what lay in the lost pack travels again, the list of its chunks included', async () => {
  const scene = await setUp();
  const { device } = scene;
  const large = onDisk('large', random.bytes(60_000_000));
  await backUp(device, [large.again()]);
  const { state } = device.vault;
  assert.equal(versionsOf(state, [...nodesOf(state)][0] ?? { fileId: '' })[0]?.manifest.op, 'segments');
  const last = [...chunkPlaces(state)].at(-1)?.pack.id as string;
  for (const lost of [packsInUse(state)[3]?.id as string, last]) {
    const inIt = packsInUse(state).find(({ id }) => id === lost)?.chunks ?? 0;
    await lose(scene, lost);
    const sent = sentBy(device);
    const told = await backUp(sent.device, [large.again()]);
    assert.deepEqual([told.error, new Set(sent.cids).size, sent.cids.length], [null, inIt, inIt]);
  }
  assert.deepEqual(versionCounts(scene), [1]);
  await assertWhole(scene, new Map([[versionIds(scene, 'large')[0] as string, large.file.content]]));
});

test('what shared the pack and is not backed up again stays lost, until it is', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const files = Array.from({ length: 5 }, (_, i) => onDisk(`${i}`, random.bytes(1_000 + i)));
  await backUp(
    device,
    files.map(({ again }) => again()),
  );
  assert.equal(server.packs.size, 1);
  const [lost] = server.packs.keys();
  await lose(scene, lost as string);
  const archiver = createArchiver(device);
  await backUp(device, [files[0]!.again(), files[1]!.again()]);
  const scan = archiver.scan();
  const unchanged = await Promise.all(files.map((_, i) => scan([], `${i}`, 1_000 + i, 1_000)));
  assert.deepEqual(unchanged, [true, true, false, false, false]);
  assert.equal(packsInUse(device.vault.state).find(({ id }) => id === lost)?.chunks, 3);
  await backUp(
    device,
    files.map(({ again }) => again()),
  );
  assert.ok(!packsInUse(device.vault.state).some(({ id }) => id === lost));
  assert.deepEqual(versionCounts(scene), [1, 1, 1, 1, 1]);
});

test('the same content at another path, or as a newer version, mends it as well', async () => {
  const scene = await setUp();
  const content = random.bytes(5_000);
  await backUp(scene.device, [item('a', content)]);
  const [before] = versionIds(scene, 'a');
  for (const more of [item('folder/b', content), item('a', content, 2_000)]) {
    await lose(scene, ...scene.server.packs.keys());
    assert.equal((await backUp(scene.device, [more])).error, null);
    await assertWhole(scene, new Map([[before as string, content]]));
  }
});

test('a file that is gone or differs is what it ever was, and the lost version stays as it is', async () => {
  const scene = await setUp();
  const [gone, edited] = [onDisk('gone', random.bytes(2_000)), onDisk('edited', random.bytes(2_000))];
  await backUp(scene.device, [gone.again(), edited.again()]);
  await lose(scene, ...scene.server.packs.keys());
  edited.file.content = random.bytes(3_000);
  const missing = {
    ...gone.again(),
    open: () => Promise.reject(new HoldfastError('E_SOURCE_GONE', 'the test says so')),
  };
  const told = await backUp(scene.device, [missing, edited.again()]);
  assert.deepEqual([keysOf(told, 'failed'), keysOf(told, 'proven')], [['gone'], ['edited']]);
  const [old, newer] = versionIds(scene, 'edited');
  await assertWhole(scene, new Map([[newer as string, edited.file.content]]));
  await assert.rejects(restored(scene.server, scene.device, old as string), { code: 'E_NOT_FOUND' });
});

test('a sample that does not come back is noted, and the next try sends again what no audit has missed yet', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const one = onDisk('one', random.bytes(2_000));
  await backUp(device, [one.again()]);
  server.packs.clear();
  const again = one.again();
  const first = await backUp(device, [again]);
  assert.equal((first.error as HoldfastError).code, 'E_NOT_FOUND');
  const second = await backUp(device, [again]);
  assert.deepEqual([second.error, second.sentPacks, keysOf(second, 'proven')], [null, 1, ['one']]);
  assert.deepEqual(versionCounts(scene), [1]);
});

test('lost again before it was proven: the job that is in the log already sends it once more', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const one = onDisk('one', random.bytes(2_000));
  const job = one.again();
  server.after = (call) => {
    if (call === 'append') server.packs.clear();
  };
  for (let i = 0; i < 3; i++) assert.notEqual((await backUp(device, [job])).error, null);
  server.after = () => undefined;
  assert.deepEqual(keysOf(await backUp(device, [job]), 'proven'), ['one']);
  assert.deepEqual(versionIds(scene, 'one'), [toHex(job.versionId)]);
  await assertWhole(scene, new Map([[toHex(job.versionId), one.file.content]]));
});

test('a job whose version was lost and whose file has changed since is a version of its own, once', async () => {
  const scene = await setUp();
  const { server, device } = scene;
  const one = onDisk('one', random.bytes(2_000));
  const job = one.again();
  server.before = (call) => {
    if (call === 'pack') server.packs.clear();
  };
  assert.notEqual((await backUp(device, [job])).error, null);
  server.before = () => undefined;
  one.file.content = random.bytes(2_500);
  one.file.mtime = 2_000;
  for (let i = 0; i < 2; i++) assert.deepEqual(keysOf(await backUp(device, [job]), 'proven'), ['one']);
  const ids = versionIds(scene, 'one');
  assert.deepEqual([ids.length, ids[0]], [2, toHex(job.versionId)]);
  await assertWhole(scene, new Map([[ids[1] as string, one.file.content]]));
});

test('two devices that mend the same at once: the first place stays, and both files come back', async () => {
  const scene = await setUp();
  const { server, device, founder } = scene;
  const content = random.bytes(4_000);
  await backUp(device, [item('a', content)]);
  const other = await joinVault(server, founder);
  const [lost] = server.packs.keys();
  await lose(scene, lost as string);
  await other.findings.note('', lost as string);
  let theirs: string[] | null = null;
  server.before = async (call) => {
    if (call !== 'append' || theirs !== null) return;
    theirs = [];
    assert.equal((await backUp(other, [item('a', content)])).error, null);
    theirs = packsInUse(other.vault.state).map(({ id }) => id);
  };
  assert.equal((await backUp(device, [item('a', content)])).error, null);
  assert.equal(server.packs.size, 2);
  assert.deepEqual(
    packsInUse(device.vault.state).map(({ id }) => id),
    theirs,
  );
  assert.deepEqual(versionCounts(scene), [1]);
  await assertWhole(scene, new Map([[versionIds(scene, 'a')[0] as string, content]]));
});

test('a pack that a device finds in its journal late takes no chunk away from where it is', async () => {
  const scene = await setUp();
  const { server, founder, device } = scene;
  const content = random.bytes(4_000);
  const died = await joinVault(server, founder);
  server.before = (call) => {
    if (call === 'append') throw new HoldfastError('E_OFFLINE', 'the device died here');
  };
  await backUp(died, [item('a', content)]);
  server.before = () => undefined;
  const [late] = server.packs.keys();
  await backUp(device, [item('a', content)]);
  // On its disk it is gone, in its database it is not.
  server.packsMissing = async () => [];
  assert.equal((await backUp(died, [])).error, null);
  server.packs.delete(late as string);
  await device.vault.pull();
  assert.ok(!packsInUse(device.vault.state).some(({ id }) => id === late));
  await assertWhole(scene, new Map([[versionIds(scene, 'a')[0] as string, content]]));
});

test('packs that take the place of lost ones are to be read, whichever way they come into the log, and no others', async () => {
  const scene = await setUp();
  const { server } = scene;
  const owed: string[] = [];
  const tokens = { ...noTokens, owe: async (_vault: string, ids: readonly string[]) => void owed.push(...ids) };
  const device = { ...scene.device, tokens };
  const [one, two] = [random.bytes(3_000), random.bytes(3_000)];
  await backUp(device, [item('one', one), item('two', two)]);
  assert.deepEqual(owed, []);
  await lose(scene, ...server.packs.keys());
  await backUp(device, [item('other', random.bytes(3_000))]);
  assert.deepEqual(owed, []);
  const known = new Set(server.packs.keys());
  const added = () => [...server.packs.keys()].filter((id) => !known.has(id));
  await backUp(device, [item('one', one)]);
  assert.deepEqual(owed, added());
  server.before = (call) => {
    if (call === 'append') throw new HoldfastError('E_OFFLINE', 'the device died here');
  };
  await backUp(device, [item('two', two)]);
  server.before = () => undefined;
  await backUp(device, []);
  assert.deepEqual(new Set(owed), new Set(added()));
  assert.equal(added().length, 2);
});

test('findings that cannot be read or kept are no reason to back up less', async () => {
  const scene = await setUp();
  const broken = () => Promise.reject(new Error('the database is gone'));
  const device = { ...scene.device, findings: { damaged: broken, note: broken }, tokens: { ...noTokens, owe: broken } };
  assert.deepEqual(keysOf(await backUp(device, [item('a', random.bytes(10))]), 'proven'), ['a']);
  scene.server.packs.clear();
  const { error } = await backUp(device, [item('a', random.bytes(10), 2_000), item('b', random.bytes(10))]);
  assert.equal(error, null);
});

test('whatever is lost and found out, once and again: in the end all files are whole, in as many versions as they had', async () => {
  const files = fc.array(fc.record({ size: fc.nat(400_000), seed: fc.nat(4) }), { minLength: 1, maxLength: 12 });
  const rounds = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(files, rounds, fc.nat(), async (plans, losses, which) => {
      const scene = await setUp();
      const { server, device } = scene;
      const all = plans.map(({ size, seed }, i) => onDisk(`${i}`, pseudoRandom(`${seed}`, size)));
      for (const { again } of all) await backUp(device, [again()]);
      for (const [round, lost] of losses.entries()) {
        const ids = [...server.packs.keys()];
        await lose(scene, ...new Set(lost.flatMap((n) => ids.slice(n % Math.max(1, ids.length)).slice(0, 1))));
        const some = all.filter((_, i) => (i + which + round) % 2 === 0);
        assert.equal(
          (
            await backUp(
              device,
              some.map(({ again }) => again()),
            )
          ).error,
          null,
        );
      }
      assert.equal(
        (
          await backUp(
            device,
            all.map(({ again }) => again()),
          )
        ).error,
        null,
      );
      assert.ok(versionCounts(scene).every((count) => count === 1));
      assert.ok(packsInUse(device.vault.state).every(({ id }) => server.packs.has(id)));
      await assertWhole(
        scene,
        new Map(all.map(({ file }, i) => [versionIds(scene, `${i}`)[0] as string, file.content])),
      );
    }),
    { numRuns: 15, endOnFailure: true },
  );
});
