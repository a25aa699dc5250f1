/** Reading what was captured, and what a browser's refusal to read means. */
import type { Bytes } from '../bytes/index.ts';
import { type ErrorCode, HoldfastError } from '../errors/index.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  NotAllowedError: 'E_SOURCE_PERMISSION',
  SecurityError: 'E_SOURCE_PERMISSION',
  NotFoundError: 'E_SOURCE_GONE',
  AbortError: 'E_CANCELLED',
};

/** A HoldfastError for whatever a call of the file system threw: E_SOURCE_UNREADABLE unless its name says more. */
export function sourceError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const name = error instanceof Error ? error.name : '';
  return new HoldfastError(CODES[name] ?? 'E_SOURCE_UNREADABLE', name, { cause: error });
}

/** The bytes of several files, one after another: one question to the browser. Errors as `readRange`. */
export async function readInOne(files: readonly Blob[]): Promise<Bytes> {
  const bytes = await readWhole(new Blob([...files]));
  const expected = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes.length !== expected) throw new HoldfastError('E_SOURCE_CHANGED', 'the files have other lengths now');
  return bytes;
}

/** Bytes `[start, end)` of a file. E_SOURCE_CHANGED when there are fewer; else what `sourceError` makes of the refusal. */
export async function readRange(file: Blob, start: number, end: number): Promise<Bytes> {
  const bytes = await readWhole(file.slice(start, end));
  if (bytes.length !== end - start) throw new HoldfastError('E_SOURCE_CHANGED', 'the file has another length now');
  return bytes;
}

export async function readWhole(blob: Blob): Promise<Bytes> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw sourceError(error);
  }
}
