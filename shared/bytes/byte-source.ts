/**
 * Reads a stream into memory of the caller. A browser that is asked for all of a blob or an answer puts it into fresh
 * memory, which costs more than the bytes in it and stays until a garbage collector comes by.
 */
import type { Bytes } from './index.ts';

export interface ByteSource {
  /**
   * Fills the memory with the next bytes of the stream, and answers them: fewer only at its end. The memory given changes
   * hands; the answer is over the same memory. Rejects with what the stream fails with; the memory is lost then.
   */
  fill(room: Bytes): Promise<Bytes>;
  /** Wants no more of the stream. */
  cancel(): Promise<void>;
}

/** The next bytes, over the memory given; none at the end. */
type Read = (room: Bytes) => Promise<Bytes>;

/**
 * Where the browser cannot fill the caller's memory, or is not trusted to (`fills`), what it gives is copied there.
 * `onBytes`: called whenever some have come.
 */
export function openStream(stream: ReadableStream<Uint8Array>, fills = true, onBytes?: () => void): ByteSource {
  const filling = fills ? fillingReader(stream) : null;
  const reader = filling ?? stream.getReader();
  const read = filling === null ? copying(reader as ReadableStreamDefaultReader<Uint8Array>) : fillingBy(filling);
  return {
    async fill(room) {
      const { byteOffset, length } = room;
      let { buffer } = room;
      for (let at = 0; ; ) {
        const got = at < length ? await read(new Uint8Array(buffer, byteOffset + at, length - at)) : null;
        if (got !== null) buffer = got.buffer;
        if (got === null || got.length === 0) return new Uint8Array(buffer, byteOffset, at);
        at += got.length;
        onBytes?.();
      }
    },
    cancel: () => reader.cancel(),
  };
}

function fillingReader(stream: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | null {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch {
    return null;
  }
}

const fillingBy =
  (reader: ReadableStreamBYOBReader): Read =>
  async (room) => {
    const { value } = await reader.read(room);
    if (value === undefined) throw new TypeError('the stream was cancelled');
    return value;
  };

function copying(reader: ReadableStreamDefaultReader<Uint8Array>): Read {
  let rest: Uint8Array = new Uint8Array(0);
  return async (room) => {
    while (rest.length === 0) {
      const { done, value } = await reader.read();
      if (done) return room.subarray(0, 0);
      rest = value;
    }
    const taken = rest.subarray(0, room.length);
    rest = rest.subarray(taken.length);
    room.set(taken);
    return room.subarray(0, taken.length);
  };
}
