/**
 * Reads part of an open pack block by block. The first block is read at once; the file closes with the last or early. A
 * block lies in memory that is used again: it is the reader's until it asks for the next one.
 */
import type { FileHandle } from 'node:fs/promises';
import { BufferPool, type Bytes } from '../../shared/bytes/index.ts';
import { Refusal } from '../domain/index.ts';
import { onDisk } from './disk.ts';

/** Blocks of this size keep the disk busy with few calls; smaller ones cost up to twice the time. */
export const BLOCK_BYTES = 1_048_576;
/** Fresh memory for each block makes the garbage collector go through the whole heap every few packs. */
const blocks = new BufferPool(BLOCK_BYTES, 16);

export class PackFileReader implements AsyncIterableIterator<Uint8Array> {
  readonly #handle: FileHandle;
  readonly #end: number;
  #at: number;
  #ready: Bytes | null = null;
  /** What the reader is looking at. */
  #given: Bytes | null = null;

  private constructor(handle: FileHandle, start: number, end: number) {
    this.#handle = handle;
    this.#at = start;
    this.#end = end;
  }

  /** Takes the handle over once it resolves. */
  static async open(handle: FileHandle, start: number, end: number): Promise<PackFileReader> {
    const reader = new PackFileReader(handle, start, end);
    reader.#ready = await reader.#read();
    if (reader.#at === end) await handle.close();
    return reader;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#takeBack(this.#given);
    const value = this.#ready;
    this.#given = value;
    this.#ready = null;
    if (value === null) return { done: true, value: undefined };
    if (this.#at < this.#end) {
      this.#ready = await this.#readOrClose();
      if (this.#at === this.#end) await this.#handle.close();
    }
    return { done: false, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#takeBack(this.#given);
    this.#takeBack(this.#ready);
    this.#given = null;
    this.#ready = null;
    if (this.#at < this.#end) await this.#handle.close();
    this.#at = this.#end;
    return { done: true, value: undefined };
  }

  #takeBack(block: Bytes | null): void {
    if (block !== null) blocks.give(block);
  }

  async #readOrClose(): Promise<Bytes> {
    try {
      return await this.#read();
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async #read(): Promise<Bytes> {
    const block = blocks.take(Math.min(BLOCK_BYTES, this.#end - this.#at));
    for (let got = 0; got < block.length; ) {
      const { bytesRead } = await onDisk(this.#handle.read(block, got, block.length - got, this.#at + got));
      if (bytesRead === 0) throw new Refusal('unavailable');
      got += bytesRead;
    }
    this.#at += block.length;
    return block;
  }
}
