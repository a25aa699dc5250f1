/** Buffers that are used again: touching fresh memory costs several times more than copying into it. */
import type { Bytes } from './index.ts';

/** Whose the buffers are that somebody else was given. */
const lenders = new WeakMap<ArrayBuffer, BufferPool>();

/** Bytes that nobody looks at any more go back to the pool that lent them; others are left alone. */
export function giveBack({ buffer }: Bytes): void {
  const pool = lenders.get(buffer);
  lenders.delete(buffer);
  pool?.give(new Uint8Array(buffer));
}

export class BufferPool {
  readonly #size: number;
  readonly #keep: number;
  readonly #free: ArrayBuffer[] = [];

  /** @param size bytes of each buffer; @param keep how many are kept while nobody uses them */
  constructor(size: number, keep: number) {
    this.#size = size;
    this.#keep = keep;
  }

  /** `length` bytes, at most the pool's size, that hold anything. */
  take(length: number): Bytes {
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(this.#size), 0, length);
  }

  /** Takes bytes back that nobody looks at any more; others than `take` gave are left alone. */
  give({ buffer }: Bytes): void {
    if (buffer.byteLength === this.#size && this.#free.length < this.#keep) this.#free.push(buffer);
  }

  /** Keeps nothing for the next use. */
  empty(): void {
    this.#free.length = 0;
  }

  /** Hands bytes of this pool to somebody who does not know it, and who may call `giveBack`. */
  lend(bytes: Bytes): Bytes {
    lenders.set(bytes.buffer, this);
    return bytes;
  }
}
