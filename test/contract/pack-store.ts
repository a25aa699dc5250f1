/** What every PackStore promises. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { PackStore } from '../../server/domain/index.ts';
import { PACK_CLASSES } from '../../shared/protocol/index.ts';

export interface PackStoreUnderTest {
  readonly store: PackStore;
  dispose(): Promise<void>;
}

const idOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

async function* blocks(bytes: Uint8Array, cuts: readonly number[] = []): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const cut of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
    if (cut > from) yield new Uint8Array(bytes.subarray(from, cut));
    from = Math.max(from, cut);
  }
}

async function whole(source: AsyncIterable<Uint8Array> | null): Promise<Buffer | null> {
  if (source === null) return null;
  const parts: Uint8Array[] = [];
  // a block is the reader's until it asks for the next one
  for await (const part of source) parts.push(new Uint8Array(part));
  return Buffer.concat(parts);
}

async function listed(store: PackStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { packId } of store.list()) ids.push(packId);
  return ids;
}

export function packStoreContract(name: string, create: () => Promise<PackStoreUnderTest>): void {
  describe(`${name} is a PackStore`, () => {
    const using = async (body: (store: PackStore) => Promise<void>) => {
      const { store, dispose } = await create();
      try {
        await body(store);
      } finally {
        await dispose();
      }
    };

    it('gives back what was put, however the source was cut', () =>
      using(async (store) => {
        const cuts = fc.array(fc.nat({ max: 4_194_304 }), { maxLength: 20 });
        await fc.assert(
          fc.asyncProperty(fc.constantFrom(...PACK_CLASSES), cuts, async (size, at) => {
            const bytes = randomBytes(size);
            const inside = at.filter((cut) => cut < size);
            await store.put(idOf(bytes), size, blocks(bytes, inside));
            assert.ok((await whole(await store.get(idOf(bytes), size, 0, size)))?.equals(bytes));
            assert.equal(await store.has(idOf(bytes), size), true);
          }),
          { numRuns: 20 },
        );
      }));

    it('reads any part', () =>
      using(async (store) => {
        const bytes = randomBytes(4_194_304);
        await store.put(idOf(bytes), bytes.length, blocks(bytes));
        const place = fc.nat({ max: bytes.length });
        await fc.assert(
          fc.asyncProperty(place, place, async (a, b) => {
            fc.pre(a !== b);
            const [start, end] = [Math.min(a, b), Math.max(a, b)];
            const part = await whole(await store.get(idOf(bytes), bytes.length, start, end));
            assert.ok(part?.equals(bytes.subarray(start, end)));
          }),
          { numRuns: 20 },
        );
      }));

    it('leaves a block alone until its reader asks for the next one, whatever others read or give up', () =>
      using(async (store) => {
        const bytes = randomBytes(4_194_304);
        await store.put(idOf(bytes), bytes.length, blocks(bytes));
        const read = async () =>
          store.get(idOf(bytes), bytes.length, 0, bytes.length) as Promise<AsyncIterable<Buffer>>;
        let at = 0;
        for await (const block of await read()) {
          for await (const other of await read()) if (other.length > 0 && at % 2 === 0) break;
          assert.ok(bytes.subarray(at, at + block.length).equals(block));
          at += block.length;
        }
        assert.equal(at, bytes.length);
      }));

    it('lets a reader stop early', () =>
      using(async (store) => {
        const bytes = randomBytes(4_194_304);
        await store.put(idOf(bytes), bytes.length, blocks(bytes));
        for (let i = 0; i < 50; i++) {
          const source = await store.get(idOf(bytes), bytes.length, 0, bytes.length);
          const reader = source?.[Symbol.asyncIterator]();
          if (i % 2 === 0) await reader?.next();
          await reader?.return?.();
          assert.equal((await reader?.next())?.done, true);
        }
      }));

    it('knows nothing of packs it does not have, nor of another size', () =>
      using(async (store) => {
        const bytes = randomBytes(65_536);
        assert.equal(await store.get(idOf(bytes), 65_536, 0, 65_536), null);
        assert.equal(await store.has(idOf(bytes), 65_536), false);
        await store.put(idOf(bytes), 65_536, blocks(bytes));
        assert.equal(await store.get(idOf(bytes), 262_144, 0, 65_536), null);
        assert.equal(await store.has(idOf(bytes), 262_144), false);
      }));

    it('keeps nothing of a source that is not the pack, or that breaks off', () =>
      using(async (store) => {
        const bytes = randomBytes(262_144);
        const problem = (code: string) => (error: unknown) => {
          assert.equal((error as { problem?: string }).problem, code);
          return true;
        };
        const put = (id: string, source: AsyncIterable<Uint8Array>) => store.put(id, bytes.length, source);
        await assert.rejects(put('0'.repeat(64), blocks(bytes)), problem('hash-mismatch'));
        await assert.rejects(put(idOf(bytes), blocks(bytes.subarray(1))), problem('bad-request'));
        await assert.rejects(put(idOf(bytes), blocks(Buffer.concat([bytes, bytes]))), problem('bad-request'));
        const broken = new Error('cut');
        async function* breaking(): AsyncGenerator<Uint8Array> {
          yield bytes.subarray(0, 100_000);
          throw broken;
        }
        await assert.rejects(put(idOf(bytes), breaking()), broken);
        assert.deepEqual(await listed(store), []);
        assert.equal(await store.has(idOf(bytes), bytes.length), false);
      }));

    it('stores the same pack once, also when it comes many times at once', () =>
      using(async (store) => {
        const bytes = randomBytes(262_144);
        await Promise.all(Array.from({ length: 10 }, () => store.put(idOf(bytes), bytes.length, blocks(bytes))));
        assert.deepEqual(await listed(store), [idOf(bytes)]);
        assert.ok((await whole(await store.get(idOf(bytes), bytes.length, 0, bytes.length)))?.equals(bytes));
      }));

    it('lists in order of id and removes for good', () =>
      using(async (store) => {
        const packs = Array.from({ length: 20 }, () => randomBytes(65_536));
        for (const bytes of packs) await store.put(idOf(bytes), 65_536, blocks(bytes));
        const ids = packs.map(idOf).sort();
        assert.deepEqual(await listed(store), ids);
        const [first = '', ...rest] = ids;
        await store.remove(first);
        await store.remove(first);
        assert.deepEqual(await listed(store), rest);
        assert.equal(await store.get(first, 65_536, 0, 65_536), null);
      }));

    it('says that it can be written', () => using((store) => store.probe()));
  });
}
