/** Small durable steps on a disk, and what its failures mean. */
import { type FileHandle, open } from 'node:fs/promises';
import { Refusal } from '../domain/index.ts';

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

export function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Turns a failure of the disk into `server-full` or `unavailable`. */
export async function onDisk<T>(step: Promise<T>): Promise<T> {
  try {
    return await step;
  } catch (cause) {
    throw new Refusal(FULL.has(errorCode(cause)) ? 'server-full' : 'unavailable', { cause });
  }
}

/** Writes all of it: one call may write less than it was given. */
export async function writeAll(handle: FileHandle, blocks: readonly Uint8Array[]): Promise<void> {
  const length = blocks.reduce((sum, block) => sum + block.length, 0);
  const { bytesWritten } = await handle.writev([...blocks]);
  if (bytesWritten === length) return;
  const rest = Buffer.concat(blocks).subarray(bytesWritten);
  for (let at = 0; at < rest.length; ) at += (await handle.write(rest, at)).bytesWritten;
}

/**
 * Frees a block's memory at once. Left to the garbage collector, the blocks of every few packs make it go through its whole
 * heap, which costs more than hashing them. A block that is a view of something larger is left alone.
 */
export function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** A rename or a new file outlives a power cut only when its directory was synced after it. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
