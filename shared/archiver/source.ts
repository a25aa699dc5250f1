/** Reading what was captured, and what a browser's refusal to read means. */
import { type BufferPool, type ByteSource, type Bytes, openStream } from '../bytes/index.ts';
import { MAX_CHUNK } from '../chunker/index.ts';
import { type ErrorCode, HoldfastError } from '../errors/index.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  NotAllowedError: 'E_SOURCE_PERMISSION',
  SecurityError: 'E_SOURCE_PERMISSION',
  NotFoundError: 'E_SOURCE_GONE',
};

/** A HoldfastError for whatever a call of the file system threw: E_SOURCE_UNREADABLE unless its name says more. */
export function sourceError(error: unknown): HoldfastError {
  if (error instanceof HoldfastError) return error;
  const name = error instanceof Error ? error.name : '';
  return new HoldfastError(CODES[name] ?? 'E_SOURCE_UNREADABLE', name, { cause: error });
}

/** Bytes of a file that one stream is for: fewer cost less, and each looks at the file's date anew. A piece of a copy has as many. */
export const STRETCH = 8 * MAX_CHUNK;

export interface Reading {
  /** Bytes `[start, end)`, which begin where the last ended. E_SOURCE_CHANGED when there are fewer; else `sourceError`. */
  read(start: number, end: number): Promise<Bytes>;
  /** Reads on from a copy of the same bytes in pieces, from the next stretch on. */
  turnTo(pieces: readonly Blob[]): void;
  close(): Promise<void>;
}

/** Reads a file front to back, MAX_CHUNK at a time, into memory that `room` gives. `fills`: see `LaneDeps`. */
export function openReading(file: Blob, room: BufferPool, fills: boolean): Reading {
  let stretch: ByteSource | null = null;
  let copy: readonly Blob[] | null = null;
  const close = async (): Promise<void> => stretch?.cancel().catch(() => undefined);
  return {
    async read(start, end) {
      if (start % STRETCH === 0) {
        await close();
        const part = copy === null ? file.slice(start, start + STRETCH) : (copy[start / STRETCH] ?? new Blob());
        stretch = openStream(part.stream(), fills);
      }
      const filling = (stretch as ByteSource).fill(room.take(end - start));
      const bytes = await filling.catch((error: unknown) => {
        throw sourceError(error);
      });
      return whole(bytes, end - start);
    },
    turnTo(pieces) {
      copy = pieces;
    },
    close,
  };
}

/** The bytes of several files of these lengths that lie one after another in one Blob. Errors as `read`. */
export async function readInOne(files: Blob, lengths: readonly number[]): Promise<Bytes> {
  const bytes = await readWhole(files);
  return whole(
    bytes,
    lengths.reduce((sum, length) => sum + length, 0),
  );
}

function whole(bytes: Bytes, length: number): Bytes {
  if (bytes.length !== length) throw new HoldfastError('E_SOURCE_CHANGED', 'what is read has another length now');
  return bytes;
}

export async function readWhole(blob: Blob): Promise<Bytes> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (error) {
    throw sourceError(error);
  }
}
