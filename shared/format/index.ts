/**
 * Bytes at rest. Nouns: chunk, pack, log entry, operation, version, manifest, link record. Promises: one encoding per
 * value, limits before allocation, E_INTEGRITY for everything that is not exactly what we write. May not: fetch, store,
 * decide. Normative description: docs/format.md.
 */
export * from './audit-token.ts';
export { decodeCbor, encodeCbor } from './cbor.ts';
export * from './checkpoint.ts';
export * from './chunk.ts';
export * from './entry.ts';
export * from './link.ts';
export * from './ops.ts';
export * from './pack.ts';
export * from './version.ts';
