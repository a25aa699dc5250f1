/** Makes a chunk smaller with Zstandard (RFC 8878), where that pays. May not: open frames, or wait within a call. */
import { type Bytes, fromBase64url } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { CODEC_RAW, CODEC_ZSTD, type CodecId, MAX_CONTENT } from './codec.ts';
import { ZSTD_ENCODE } from './wasm/zstd-encode.ts';

/** Below this length no codec is tried: the saving is a few bytes. */
const TINY = 128;
/** Up to this length trying the whole costs no more than a sample of a large chunk. */
const WHOLE = 65_536;
/** Of a longer chunk so many slices of this size are tried first, from its beginning to its end. */
const SLICES = 8;
const SLICE = 2_048;
/** A codec pays when it leaves at most this share. */
const PAYS = 0.97;

export interface Compressed {
  readonly codec: CodecId;
  /** For codec 0 the very bytes that came in. */
  readonly data: Bytes;
}

export interface Codecs {
  /**
   * The bytes in the form that is worth storing. Does not wait and keeps nothing of them but a copy in the module's
   * memory until the next call.
   *
   * @param bytes at most 4,190,208
   * @param packed the bytes are known to be of a compressed kind (photo, film, archive), so nothing is tried
   */
  compress(bytes: Bytes, packed: boolean): Compressed;
}

interface EncodeModule {
  readonly memory: WebAssembly.Memory;
  input(): number;
  output(): number;
  compress(length: number): number;
}

/** Made once per worker; about 10 MiB of memory, of which only what chunks have needed is ever touched. */
export async function createCodecs(): Promise<Codecs> {
  const { instance } = await WebAssembly.instantiate(fromBase64url(ZSTD_ENCODE));
  const module = instance.exports as WebAssembly.Exports & EncodeModule;
  const memory = new Uint8Array(module.memory.buffer);
  const input = module.input();
  const output = module.output();

  function encoded(length: number): number {
    const size = module.compress(length);
    if (size === 0) throw new HoldfastError('E_INTERNAL', 'the compressor failed');
    return size;
  }

  function samplePays(bytes: Bytes): boolean {
    const step = (bytes.length - SLICE) / (SLICES - 1);
    for (let i = 0; i < SLICES; i++) {
      const from = Math.floor(i * step);
      memory.set(bytes.subarray(from, from + SLICE), input + i * SLICE);
    }
    return encoded(SLICES * SLICE) <= SLICES * SLICE * PAYS;
  }

  return {
    compress(bytes, packed) {
      if (bytes.length > MAX_CONTENT) throw new HoldfastError('E_INPUT', 'longer than a chunk may be');
      const raw: Compressed = { codec: CODEC_RAW, data: bytes };
      if (packed || bytes.length < TINY) return raw;
      if (bytes.length > WHOLE && !samplePays(bytes)) return raw;
      memory.set(bytes, input);
      const size = encoded(bytes.length);
      if (size > bytes.length * PAYS) return raw;
      return { codec: CODEC_ZSTD, data: memory.slice(output, output + size) };
    },
  };
}
