/** The codecs: 0 leaves bytes as they are, 1 is raw DEFLATE (RFC 1951) by the platform's CompressionStream. */
import { type Bytes, concat } from '../bytes/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';

export const CODEC_RAW = 0;
export const CODEC_DEFLATE = 1;
export type CodecId = typeof CODEC_RAW | typeof CODEC_DEFLATE;

/** Below this length no codec is tried: the saving is a few bytes and padding swallows it. */
const TINY = 128;
/** Two slices of this size are tried for a whole chunk. */
const SLICE = 16_384;
/** A codec pays when it leaves at most this share of the sample. */
const PAYS = 0.9;
/**
 * Compressed input is fed in pieces of this size. An engine may inflate a whole piece before it lets the reader stop it,
 * and DEFLATE expands up to 1,032 times, so this bounds what a bomb can make us hold to about 16 MiB.
 */
const FEED = 16_384;

/**
 * The codec that pays for these bytes, found by compressing two slices of them. Compressed bytes may still come out
 * longer than they went in when the slices were not typical; the caller then stores them raw.
 *
 * @param packed the bytes are known to be of a compressed kind (photo, film, archive), so nothing is tried
 */
export async function chooseCodec(bytes: Bytes, packed: boolean): Promise<CodecId> {
  if (packed || bytes.length < TINY) return CODEC_RAW;
  const middle = bytes.length >> 1;
  const sample =
    bytes.length <= 2 * SLICE ? bytes : concat(bytes.subarray(0, SLICE), bytes.subarray(middle, middle + SLICE));
  const deflated = await deflate(sample);
  return deflated.length <= sample.length * PAYS ? CODEC_DEFLATE : CODEC_RAW;
}

/** The bytes in the form of the codec. Raw bytes are returned as they are, not copied. */
export function compress(codec: CodecId, bytes: Bytes): Promise<Bytes> {
  return codec === CODEC_RAW ? Promise.resolve(bytes) : deflate(bytes);
}

/**
 * The inverse of `compress`. E_INTEGRITY unless the codec is known and `bytes` is one complete stream of exactly
 * `length` bytes with nothing after it; a stream that says more is left as soon as it does.
 *
 * @param length bytes of the result, from an authenticated source: it is allocated
 */
export async function decompress(codec: number, bytes: Bytes, length: number): Promise<Bytes> {
  if (codec === CODEC_RAW) {
    if (bytes.length !== length) throw integrityError();
    return bytes;
  }
  if (codec !== CODEC_DEFLATE) throw integrityError();
  try {
    return await inflate(bytes, length);
  } catch (error) {
    throw error instanceof HoldfastError ? error : integrityError(error);
  }
}

async function deflate(bytes: Bytes): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  for await (const part of through(new CompressionStream('deflate-raw'), [bytes])) parts.push(part);
  return concat(...parts);
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
