import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Bytes, concat, openStream } from '../../shared/bytes/index.ts';

const parts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 20 });
const rooms = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 20 });

/** A stream that gives these parts, `bytes` when it can fill the reader's memory. */
function streamOf(given: readonly Uint8Array[], type: 'bytes' | undefined): ReadableStream<Uint8Array> {
  const left = [...given];
  const pull = (controller: {
    enqueue(part: Bytes): void;
    close(): void;
    byobRequest?: ReadableStreamBYOBRequest | null;
  }) => {
    const part = left.shift();
    if (part !== undefined) return controller.enqueue(new Uint8Array(part));
    controller.close();
    controller.byobRequest?.respond(0);
  };
  return type === undefined ? new ReadableStream({ pull }) : new ReadableStream({ type, pull });
}

for (const type of [undefined, 'bytes'] as const) {
  describe(`a stream ${type === undefined ? 'of parts' : "that fills the reader's memory"}`, () => {
    it('comes whole and in order, whatever it is cut into and read into', () =>
      fc.assert(
        fc.asyncProperty(parts, rooms, async (given, sizes) => {
          const source = openStream(streamOf(given, type));
          const wanted = concat(...given);
          const got: Bytes[] = [];
          for (let at = 0, turn = 0; ; turn++) {
            const size = sizes[turn % sizes.length] as number;
            const bytes = await source.fill(new Uint8Array(new ArrayBuffer(size + 7), 3, size));
            got.push(bytes);
            at += bytes.length;
            assert.equal(bytes.length, Math.min(size, wanted.length - at + bytes.length));
            if (bytes.length < size) break;
          }
          assert.deepEqual(concat(...got), wanted);
        }),
      ));

    it('stays within the memory it is given', async () => {
      const source = openStream(streamOf([Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5)], type));
      const bytes = await source.fill(new Uint8Array(new ArrayBuffer(10), 4, 4));
      assert.deepEqual([...new Uint8Array(bytes.buffer)], [0, 0, 0, 0, 1, 2, 3, 4, 0, 0]);
    });

    it('fails as the stream does', async () => {
      const broken = new ReadableStream({ type: type as 'bytes', pull: () => Promise.reject(new Error('the disk')) });
      await assert.rejects(openStream(broken).fill(new Uint8Array(4)), /the disk/);
    });

    it('lets go of the stream', async () => {
      let cancelled = false;
      const cancel = (): void => {
        cancelled = true;
      };
      const source = openStream(new ReadableStream({ type: type as 'bytes', cancel }));
      await source.cancel();
      assert.ok(cancelled);
    });
  });
}
