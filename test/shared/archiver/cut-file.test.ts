/** One file cut by several lanes at a time: whatever their pace and its content, the chunks are those of one lane. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Cutter, cutFile } from '../../../shared/archiver/cut-file.ts';
import { createLane, type Lane, type SourceFile, STRETCH } from '../../../shared/archiver/index.ts';
import type { ChunkStore } from '../../../shared/archiver/store.ts';
import { Budget } from '../../../shared/async/index.ts';
import { type Bytes, concat } from '../../../shared/bytes/index.ts';
import { MAX_CHUNK, SECRET_LENGTH } from '../../../shared/chunker/index.ts';
import { codeOf, HoldfastError } from '../../../shared/errors/index.ts';
import { foundVault, joinVault, random, sourceOf } from '../../support/fixtures.ts';
import { MemoryServer } from '../../support/memory-server.ts';
import { pseudoRandom, repeated } from '../../support/pseudo-random.ts';

const MIB = 1_048_576;
const SPACING = 2 * MAX_CHUNK;

const server = new MemoryServer();
const { domain } = await joinVault(server, await foundVault(server));
const lanesOf = (keys: typeof domain): Promise<Lane[]> =>
  Promise.all([0, 1, 2, 3].map(() => createLane(keys, { random, fillsFromFiles: false })));
const anyLanes = await lanesOf(domain);

/** Lanes that take their time, keep books of what is open, and fail when they are told to. */
function workshop(
  pace: readonly number[],
  strands: number,
  { failAt = Number.POSITIVE_INFINITY, lanes = anyLanes } = {},
) {
  let calls = 0;
  let open = 0;
  let cut = 0;
  const slow = async <T>(work: () => Promise<T>): Promise<T> => {
    const wait = pace[calls++ % pace.length] ?? 0;
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (calls > failAt) throw new HoldfastError('E_SOURCE_UNREADABLE', 'the test says so');
    return work();
  };
  const paced = lanes.map((lane): Lane => {
    return {
      ...lane,
      open: async (...file) => {
        const cutting = await lane.open(...file);
        open++;
        return cutting;
      },
      next: async (cutting) => {
        const group = await slow(() => lane.next(cutting));
        cut += group?.chunks.reduce((sum, { len }) => sum + len, 0) ?? 0;
        return group;
      },
      close: async (cutting) => {
        open--;
        await lane.close(cutting);
      },
    };
  });
  const store: ChunkStore = {
    store: async (lane, group) => {
      await slow(() => lane.seal(group.id, []));
      return group.chunks.map(() => null);
    },
    forget: () => undefined,
  };
  const budget = new Budget(48 * MIB);
  let turn = 0;
  const lane = () => paced[turn++ % paced.length] as Lane;
  const places = new Budget(strands);
  const cutter: Cutter = { store, budget, signal: new AbortController().signal, lane, strands: places };
  return { cutter, cut: () => cut, isTidy: () => open === 0 && budget.held === 0 && places.held === 0 };
}

async function cutsOf(content: Bytes, strands: number, pace: readonly number[] = []): Promise<string[]> {
  const { cutter, isTidy } = workshop(pace, strands);
  let told = 0;
  const onBytes = (bytes: number): void => {
    assert.ok(bytes >= told && bytes <= content.length);
    told = bytes;
  };
  const { chunks, parcels } = await cutFile(cutter, sourceOf(content), onBytes, SPACING);
  assert.equal(parcels.length, chunks.length);
  assert.equal(told, content.length);
  assert.ok(isTidy());
  return chunks.map(({ len, h }) => `${len} ${Buffer.from(h).toString('hex')}`);
}

const noise = pseudoRandom('strands', 40 * MIB + 12_345);
const contents: Readonly<Record<string, Bytes>> = {
  'without a pattern': noise,
  'shorter than two strands': noise.subarray(0, 2 * SPACING - 1),
  'a little longer': noise.subarray(0, 2 * SPACING + 1),
  'of a compressed kind': concat(new Uint8Array([0xff, 0xd8, 0xff]), noise.subarray(3)),
  // Strands that began out of step never meet.
  'without a mark after its beginning': concat(noise.subarray(0, 3 * MIB), new Uint8Array(37 * MIB)),
  periodic: repeated(noise.subarray(0, 1_500_000), 27),
};

for (const [kind, content] of Object.entries(contents)) {
  test(`a file ${kind} has the same chunks however many strands cut it, at whatever pace`, async () => {
    const alone = await cutsOf(content, 1);
    const paces = fc.array(fc.nat({ max: 8 }), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), paces, async (strands, pace) => {
        assert.deepEqual(await cutsOf(content, strands, pace), alone);
      }),
      { numRuns: 8 },
    );
  });
}

test('strands meet: little is cut twice', async () => {
  // Where strands meet is chance, and its dice are the vault's secret: this is always the same one.
  const lanes = await lanesOf({ ...domain, chunkerSecret: pseudoRandom('a secret', SECRET_LENGTH) });
  const { cutter, cut } = workshop([1, 0, 2], 4, { lanes });
  await cutFile(cutter, sourceOf(noise), () => undefined, SPACING);
  // If they did not, the first would go on to the end, and so would each of the others.
  assert.ok(cut() < noise.length + 32 * MIB);
});

test('a file that is written to is read from its copy as soon as there is one', async () => {
  const content = pseudoRandom('copied', 2 * STRETCH + 12 * MIB);
  const cuts = async (file: SourceFile, strands: number): Promise<readonly string[]> => {
    const { chunks } = await cutFile(workshop([], strands).cutter, file, () => undefined, STRETCH);
    return chunks.map(({ len, h }) => `${len} ${Buffer.from(h).toString('hex')}`);
  };
  const pieces = [0, 1, 2].map((i) => new Blob([content.subarray(i * STRETCH, (i + 1) * STRETCH)]));
  const alone = await cuts(sourceOf(content), 1);
  for (const strands of [1, 2]) {
    const [first] = pieces as [Blob];
    const copied = { ...sourceOf(content), blob: first, copy: async () => pieces };
    assert.deepEqual(await cuts(copied, strands), alone, 'the first piece is enough when the copy is there');
    let asked = 0;
    const writtenTo = {
      ...sourceOf(new Uint8Array(content.length)),
      copy: async () => (asked++ === 0 ? null : pieces),
    };
    const last = alone.slice(-4);
    assert.deepEqual((await cuts(writtenTo, strands)).slice(-4), last, 'what it holds later is not read');
  }
});

test('a strand that fails ends the others, and nothing stays open or held', async () => {
  for (const failAt of [0, 2, 5, 9]) {
    const { cutter, isTidy } = workshop([3, 0, 1], 3, { failAt });
    await assert.rejects(
      cutFile(cutter, sourceOf(noise), () => undefined, SPACING),
      (error) => codeOf(error) === 'E_SOURCE_UNREADABLE',
    );
    assert.ok(isTidy());
  }
});
