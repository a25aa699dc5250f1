/**
 * How a chunk's bytes are made smaller before they are sealed, where that pays, and made whole again. Nouns: codec. Codec
 * ids are part of the format: an id, once released, never changes its meaning. `wasm/` holds Zstandard, compiled.
 * May not: decide what a chunk is, or trust a length inside compressed bytes.
 */
export { CODEC_DEFLATE, CODEC_RAW, CODEC_ZSTD, type CodecId, contentLength, decompress } from './codec.ts';
export { createCodecs } from './codecs.ts';
