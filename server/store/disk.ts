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

/** A rename or a new file outlives a power cut only when its directory was synced after it. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
