/**
 * Random programs: any files, on one or two devices, with faults of the server, deaths and cancellations anywhere. After a
 * last run that nothing disturbs, every version is in the log once and comes back equal on a device that was not there.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ArchiveEvent, ArchiveItem } from '../../../shared/archiver/index.ts';
import { SMALL_FILE } from '../../../shared/archiver/lane.ts';
import { type Bytes, equal, fromHex, toHex } from '../../../shared/bytes/index.ts';
import { HoldfastError } from '../../../shared/errors/index.ts';
import { hasChunk, hasVersion, nodesOf, packsOf, versionsOf } from '../../../shared/vault/index.ts';
import { type Founder, foundVault, joinVault, sourceOf, type TestDevice } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { pseudoRandom } from '../../support/pseudo-random.ts';
import { backUp, item, keysOf, restored } from './scene.ts';

const MIB = 1_048_576;

interface FilePlan {
  readonly place: number;
  readonly size: number;
  readonly seed: number;
}

const FAULTS = ['refuse put', 'lose put', 'drop put', 'refuse append', 'lose append', 'refuse read', 'cancel'] as const;
type Fault = (typeof FAULTS)[number];

interface Round {
  readonly files: readonly FilePlan[];
  /** Which device; the second joins when it is first needed. */
  readonly device: 0 | 1;
  /** What goes wrong at which call of the server, counted from the round's start. */
  readonly faults: readonly (readonly [call: number, fault: Fault])[];
  /** The device dies after the round: what it has in memory is gone, what it wrote down stays. */
  readonly dies: boolean;
}

const size = fc.oneof(
  { weight: 12, arbitrary: fc.nat(3_000) },
  { weight: 3, arbitrary: fc.constantFrom(0, 1, SMALL_FILE - 1, SMALL_FILE, SMALL_FILE + 1) },
  { weight: 2, arbitrary: fc.constantFrom(MIB - 1, MIB, MIB + 1) },
  { weight: 1, arbitrary: fc.integer({ min: 2 * MIB, max: 5 * MIB }) },
);
// Few places and seeds: the same path comes twice, and so does the same content.
const file: fc.Arbitrary<FilePlan> = fc.record({ place: fc.nat(30), size, seed: fc.nat(5) });
const round: fc.Arbitrary<Round> = fc.record({
  files: fc.array(file, { maxLength: 40 }),
  device: fc.constantFrom(0, 0, 0, 1),
  faults: fc.array(fc.tuple(fc.nat(12), fc.constantFrom(...FAULTS)), { maxLength: 3 }),
  dies: fc.boolean(),
});

class World {
  readonly server = new MemoryServer();
  readonly contents = new Map<string, Bytes>();
  readonly items: ArchiveItem[] = [];
  readonly devices: TestDevice[] = [];
  readonly sentAgain: string[] = [];
  readonly #restored = new Set<string>();
  #founder: Founder | null = null;

  async founder(): Promise<Founder> {
    this.#founder ??= await foundVault(this.server);
    return this.#founder;
  }

  async device(which: number): Promise<TestDevice> {
    const founder = await this.founder();
    while (this.devices.length <= which) this.devices.push(this.#watched(await joinVault(this.server, founder)));
    return this.devices[which] as TestDevice;
  }

  async die(which: number): Promise<void> {
    const { keyStore, journal } = this.devices[which] as TestDevice;
    const anew = await joinVault(this.server, await this.founder(), keyStore);
    this.devices[which] = this.#watched({ ...anew, journal });
  }

  /** Notes each chunk that is sent although the log has it. */
  #watched(device: TestDevice): TestDevice {
    const { vault, journal } = device;
    const add: TestDevice['journal']['add'] = (id, pack) => {
      for (const { cid } of pack.rows) if (hasChunk(vault.state, cid)) this.sentAgain.push(toHex(cid));
      return journal.add(id, pack);
    };
    return { ...device, journal: { ...journal, add } };
  }

  /** Looked at once: what the server holds it does not lose here. */
  async isRestorable(device: TestDevice, id: string): Promise<void> {
    if (this.#restored.has(id)) return;
    assert.ok(equal(await restored(this.server, device, id), this.contents.get(id) as Bytes));
    this.#restored.add(id);
  }

  /** New items; each differs in its date from all others, so that none is taken for unchanged. */
  capture(files: readonly FilePlan[]): void {
    for (const { place, size: length, seed } of files) {
      const content = pseudoRandom(`${seed}`, length);
      const mtime = this.items.length;
      const each = {
        ...item(`folder ${place % 3}/${place}`, content, mtime),
        open: async () => sourceOf(content, mtime),
      };
      this.items.push({ ...each, key: toHex(each.versionId) });
      this.contents.set(toHex(each.versionId), content);
    }
  }
}

/** Has the server fail as planned; the signal fires where the plan says so. */
function disturb(server: MemoryServer, faults: Round['faults']): AbortSignal {
  const controller = new AbortController();
  let calls = 0;
  let fault: Fault | undefined;
  const fail = (what: Fault): void => {
    if (fault === what) throw new HoldfastError('E_OFFLINE', what);
  };
  server.before = (call) => {
    fault = faults.find(([at]) => at === calls)?.[1];
    calls++;
    if (fault === 'cancel') controller.abort();
    if (call === 'putPack') fail('refuse put');
    else if (call === 'append') fail('refuse append');
    else fail('refuse read');
  };
  server.after = (call) => {
    if (call === 'append') return fail('lose append');
    if (fault === 'drop put') server.packs.delete([...server.packs.keys()].at(-1) as string);
    fail('lose put');
  };
  return controller.signal;
}

function calm(server: MemoryServer): AbortSignal {
  return disturb(server, []);
}

async function play(world: World, { files, device: which, faults, dies }: Round): Promise<void> {
  const { server } = world;
  world.capture(files);
  const device = await world.device(which);
  const proven: string[] = [];
  const onEvent = (event: ArchiveEvent): void => {
    if (event.type === 'proven') proven.push(event.key);
  };
  const signal = disturb(server, faults);
  const told = await backUp(device, world.items, { signal, onEvent });
  calm(server);
  assert.deepEqual(keysOf(told, 'failed'), []);
  for (const id of proven) await world.isRestorable(device, id);
  if (dies) await world.die(which);
}

async function inTheEnd(world: World): Promise<void> {
  const { server } = world;
  for (const device of world.devices) {
    const told = await backUp(device, world.items, { signal: calm(server) });
    assert.equal(told.error, null);
    assert.equal(new Set(keysOf(told, 'proven')).size, world.items.length);
  }
  assert.deepEqual(world.sentAgain, []);

  const third = await joinVault(server, await world.founder());
  const { state } = third.vault;
  const versions = [...nodesOf(state)].filter((node) => node.kind === 0).flatMap((node) => versionsOf(state, node));
  assert.deepEqual(new Set([...packsOf(state)].map((pack) => pack.id)), new Set(server.packs.keys()));
  const ids = versions.map(({ versionId }) => toHex(versionId));
  assert.equal(ids.length, world.items.length);
  assert.deepEqual(new Set(ids), new Set(world.contents.keys()));
  for (const [id, content] of world.contents) {
    assert.ok(hasVersion(state, fromHex(id)));
    assert.ok(equal(await restored(server, third, id), content));
  }
}

test('whatever happens on the way, every version is in the log once and comes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
      const world = new World();
      for (const each of rounds) await play(world, each);
      await inTheEnd(world);
    }),
    // A failing program takes long to shrink; its seed and path play it again.
    { numRuns: 25, endOnFailure: true },
  );
});
