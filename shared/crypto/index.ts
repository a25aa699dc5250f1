/**
 * Keys and primitives of suite 1. Nouns: object envelope, wrap, keyring, recovery words, link keys. Promises: one key per
 * purpose, one message per key, one error for every failed opening. May not: know formats, speak to anybody, choose.
 * `password.ts` (OPAQUE) is a second door, for sign-in only.
 */
export * from './envelope.ts';
export * from './kdf.ts';
export * from './keyring.ts';
export * from './labels.ts';
export * from './link-keys.ts';
export * from './primitives.ts';
export * from './recovery-words.ts';
