/** Reads part of an open pack block by block. The first block is read at once; the file closes with the last or early. */
import type { FileHandle } from 'node:fs/promises';
import { Refusal } from '../domain/index.ts';
import { onDisk } from './disk.ts';

export class PackFileReader implements AsyncIterableIterator<Uint8Array> {
  readonly #handle: FileHandle;
  readonly #end: number;
  readonly #blockBytes: number;
  #at: number;
  #ready: Uint8Array | null = null;

  private constructor(handle: FileHandle, start: number, end: number, blockBytes: number) {
    this.#handle = handle;
    this.#at = start;
    this.#end = end;
    this.#blockBytes = blockBytes;
  }

  /** Takes the handle over once it resolves. */
  static async open(handle: FileHandle, start: number, end: number, blockBytes: number): Promise<PackFileReader> {
    const reader = new PackFileReader(handle, start, end, blockBytes);
    reader.#ready = await reader.#read();
    if (reader.#at === end) await handle.close();
    return reader;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const value = this.#ready;
    if (value === null) return { done: true, value: undefined };
    this.#ready = null;
    if (this.#at < this.#end) {
      this.#ready = await this.#readOrClose();
      if (this.#at === this.#end) await this.#handle.close();
    }
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#ready = null;
    if (this.#at < this.#end) await this.#handle.close();
    this.#at = this.#end;
    return { done: true, value: undefined };
  }

  async #readOrClose(): Promise<Uint8Array> {
    try {
      return await this.#read();
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async #read(): Promise<Uint8Array> {
    const block = Buffer.allocUnsafe(Math.min(this.#blockBytes, this.#end - this.#at));
    for (let got = 0; got < block.length; ) {
      const { bytesRead } = await onDisk(this.#handle.read(block, got, block.length - got, this.#at + got));
      if (bytesRead === 0) throw new Refusal('unavailable');
      got += bytesRead;
    }
    this.#at += block.length;
    return block;
  }
}
