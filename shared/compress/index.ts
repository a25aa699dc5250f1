/**
 * How a chunk's bytes are made smaller before they are sealed. Nouns: codec. Codec ids are part of the format: an id,
 * once released, never changes its meaning. May not: decide what a chunk is, or trust a length inside compressed bytes.
 */
export { CODEC_DEFLATE, CODEC_RAW, type CodecId, chooseCodec, compress, decompress } from './codec.ts';
