/** Opens the Zstandard frames of codec 2. May not: trust a length inside them, or let a fault of the module out. */
import { type Bytes, fromBase64url } from '../bytes/index.ts';
import { integrityError } from '../errors/index.ts';
import { ZSTD_DECODE } from './wasm/zstd-decode.ts';

/** No sealed chunk is longer than the largest pack. */
const MAX_FRAME = 4_194_304;

interface DecodeModule {
  readonly memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  decompress(length: number, expected: number): number;
}

let compiling: Promise<WebAssembly.Module> | undefined;
let instance: DecodeModule | undefined;

/**
 * The content of a frame; E_INTEGRITY unless it is one whole frame of exactly `length` bytes, as docs/format.md wants it.
 * @param length at most 4,190,208
 */
export async function decodeZstd(frame: Bytes, length: number): Promise<Bytes> {
  if (frame.length > MAX_FRAME) throw integrityError();
  compiling ??= WebAssembly.compile(fromBase64url(ZSTD_DECODE));
  const module = await compiling.catch((error: unknown) => {
    compiling = undefined;
    throw error;
  });
  instance ??= new WebAssembly.Instance(module).exports as WebAssembly.Exports & DecodeModule;
  const memory = new Uint8Array(instance.memory.buffer);
  memory.set(frame, instance.input());
  const output = instance.output();
  if (!opened(instance, frame.length, length)) throw integrityError();
  return memory.slice(output, output + length);
}

const MAGIC = 0xfd2fb528;
const LONGEST_HEADER = 18;

/** The content size that a frame's header gives (RFC 8878, 3.1.1.1); null when it gives none or is no frame's. */
export function zstdContentLength(frame: Bytes): number | null {
  const header = new Uint8Array(LONGEST_HEADER);
  header.set(frame.subarray(0, LONGEST_HEADER));
  const view = new DataView(header.buffer);
  const descriptor = view.getUint8(4);
  const single = (descriptor & 0x20) !== 0;
  // A dictionary is nothing that we write.
  if (view.getUint32(0, true) !== MAGIC || (descriptor & 3) !== 0) return null;
  const at = single ? 5 : 6;
  switch (descriptor >>> 6) {
    case 0:
      return single ? view.getUint8(at) : null;
    case 1:
      return view.getUint16(at, true) + 256;
    case 2:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

/** A module that has trapped is in no known state and is never used again. */
function opened(module: DecodeModule, length: number, expected: number): boolean {
  try {
    return module.decompress(length, expected) === 1;
  } catch (trap) {
    instance = undefined;
    throw integrityError(trap);
  }
}
