/** The packer alone: every chunk travels in exactly one pack, whoever closes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPacker } from '../../../shared/archiver/pack.ts';
import type { PackBlob } from '../../../shared/format/index.ts';
import { MAX_PACK } from '../../../shared/protocol/index.ts';

/** Of these no two fit into one pack. */
const LARGE = Math.floor(MAX_PACK * 0.6);
/** Fills a pack that holds a large one. */
const FILLING = MAX_PACK - LARGE - 4_096;

function blobOf(name: number, length: number): PackBlob {
  const cid = new Uint8Array(32).fill(name);
  return { cid, blob: { salt: new Uint8Array(32), sealed: new Uint8Array(length) } } as unknown as PackBlob;
}

function slowRoad() {
  /** Names of the chunks sent. */
  const sent: number[] = [];
  const waiting: (() => void)[] = [];
  const put = async (blobs: readonly PackBlob[]) => {
    await new Promise<void>((go) => waiting.push(go));
    sent.push(...blobs.map(({ cid }) => cid[0] as number));
    return { durable: Promise.resolve() };
  };
  const packer = createPacker(
    put,
    () => () => undefined,
    () => 0,
    () => undefined,
  );
  /** Lets packs through, one after another, while `work` goes on. */
  const drain = async (work: Promise<unknown>): Promise<void> => {
    for (let turn = 0; turn < 100; turn++) {
      waiting.shift()?.();
      await new Promise(setImmediate);
    }
    await work;
  };
  return { packer, sent, drain };
}

test('a pack that fills up while everything is being closed is sent once, and no other is lost', async () => {
  const { packer, sent, drain } = slowRoad();
  for (const name of [1, 2, 3]) await packer.add(blobOf(name, LARGE));
  const flushing = packer.flush();
  const adding = Promise.all([packer.add(blobOf(4, FILLING)), packer.add(blobOf(5, LARGE))]);
  await drain(Promise.all([flushing, adding]));
  await drain(packer.flush());
  assert.deepEqual(sent.sort(), [1, 2, 3, 4, 5]);
});

test('closing everything twice at a time sends nothing twice, and each waits until all is durable', async () => {
  const { packer, sent, drain } = slowRoad();
  const parcels = await Promise.all([1, 2, 3].map((name) => packer.add(blobOf(name, LARGE))));
  const flushed = async (): Promise<void> => {
    await packer.flush();
    assert.ok(parcels.every((parcel) => parcel.isDurable()));
  };
  await drain(Promise.all([flushed(), flushed()]));
  assert.deepEqual(sent.sort(), [1, 2, 3]);
});

test('what hears that a pack is durable finds its parcels durable', async () => {
  const heard: boolean[] = [];
  const packer = createPacker(
    async () => ({ durable: Promise.resolve() }),
    () => () => undefined,
    () => 0,
    () => heard.push(parcel.isDurable()),
  );
  const parcel = await packer.add(blobOf(1, LARGE));
  assert.equal(parcel.isDurable(), false);
  await packer.flush();
  assert.deepEqual(heard, [true]);
});
