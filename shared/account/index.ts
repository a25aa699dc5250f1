/**
 * The account: a device's session and how it comes back after a restart. Nouns: session, device record, key store.
 * Promises: keys leave memory only as wraps; a session is verified against the identity that founded the account.
 * `sign-in.ts` (sign-up, sign-in, passwords) is a second door, `password-policy.ts` and `passphrase.ts` come with it.
 */
export { openCopy, type ReadAccount, readAccount, recover } from './recovery.ts';
export { renewToken, resumeSession } from './resume.ts';
export { type AccountPorts, type Session, stateHash } from './session.ts';
