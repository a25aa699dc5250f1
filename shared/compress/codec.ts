/** The codecs: 0 leaves bytes as they are, 1 is raw DEFLATE (RFC 1951), 2 is Zstandard (RFC 8878). */
import type { Bytes } from '../bytes/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { decodeZstd, zstdContentLength } from './zstd-decoder.ts';

export const CODEC_RAW = 0;
export const CODEC_DEFLATE = 1;
export const CODEC_ZSTD = 2;
export type CodecId = typeof CODEC_RAW | typeof CODEC_DEFLATE | typeof CODEC_ZSTD;

/** No chunk is longer, and nothing is ever opened to more: 4 MiB − 4 KiB. */
export const MAX_CONTENT = 4_190_208;

/**
 * Compressed input is fed in pieces of this size. An engine may inflate a whole piece before it lets the reader stop it,
 * and DEFLATE expands up to 1,032 times, so this bounds what a bomb can make us hold to about 16 MiB.
 */
const FEED = 16_384;

/**
 * The plaintext that was compressed. E_INTEGRITY unless the codec is known and `bytes` is one complete stream of exactly
 * `length` bytes with nothing after it; a stream that says more is left as soon as it does.
 *
 * @param length bytes of the result, from an authenticated source: it is allocated
 */
export async function decompress(codec: number, bytes: Bytes, length: number): Promise<Bytes> {
  if (codec === CODEC_RAW) {
    if (bytes.length !== length) throw integrityError();
    return bytes;
  }
  if (length > MAX_CONTENT) throw integrityError();
  if (codec === CODEC_ZSTD) return decodeZstd(bytes, length);
  if (codec !== CODEC_DEFLATE) throw integrityError();
  try {
    return await inflate(bytes, length);
  } catch (error) {
    throw error instanceof HoldfastError ? error : integrityError(error);
  }
}

/**
 * How long the content says it is, for whoever has no manifest to ask; null where the codec does not say (DEFLATE).
 * E_INTEGRITY for an unknown codec, a frame that is none, and a length that no chunk has.
 */
export function contentLength(codec: number, bytes: Bytes): number | null {
  if (codec === CODEC_RAW) return bytes.length;
  if (codec === CODEC_DEFLATE) return null;
  const length = codec === CODEC_ZSTD ? zstdContentLength(bytes) : null;
  if (length === null || length > MAX_CONTENT) throw integrityError();
  return length;
}

async function inflate(bytes: Bytes, length: number): Promise<Bytes> {
  const out = new Uint8Array(length);
  let at = 0;
  for await (const part of through(new DecompressionStream('deflate-raw'), pieces(bytes))) {
    if (at + part.length > length) throw integrityError();
    out.set(part, at);
    at += part.length;
  }
  if (at !== length) throw integrityError();
  return out;
}

function* pieces(bytes: Bytes): Generator<Bytes> {
  for (let at = 0; at < bytes.length; at += FEED) yield bytes.subarray(at, at + FEED);
}

/** What comes out of the stream; leaving early cancels it. A failure to write shows as a failure to read. */
async function* through(stream: GenericTransformStream, input: Iterable<Bytes>): AsyncGenerator<Uint8Array> {
  const writer: WritableStreamDefaultWriter<Bytes> = stream.writable.getWriter();
  const reader: ReadableStreamDefaultReader<Uint8Array> = stream.readable.getReader();
  const feed = async (): Promise<void> => {
    for (const piece of input) {
      await writer.ready;
      await writer.write(piece);
    }
    await writer.close();
  };
  const fed = feed().catch(() => undefined);
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel().catch(() => undefined);
    await fed;
  }
}
