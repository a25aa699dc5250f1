/**
 * Where a file is divided into chunks. Nouns: chunker, splitter, candidate, cut.
 *
 * A file of at most 1 MiB is one chunk. A file of a compressed kind (told by its first bytes) is cut every 4 MiB − 4 KiB.
 * Any other file is cut where its content says so, under a secret, so that an edit changes few chunks and the lengths of
 * chunks tell nobody who lacks the secret what the file is. `cut.ts` defines the rule exactly.
 *
 * Promises: cuts depend on the bytes and the secret alone, never on how the bytes arrive; chunks joined are the file; a
 * chunk has 1 to 4,190,208 bytes. May not: read a file, compress, hash for identity, or know a key other than its secret.
 */
export { createChunker, type Read, SECRET_LENGTH } from './chunker.ts';
export { MAX_CHUNK } from './cut.ts';
export { isPacked } from './media.ts';
