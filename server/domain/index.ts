/**
 * The rules of the shelf, without HTTP and without SQL. Nouns: deps, refusal, session, vault, pack, link, ticket.
 * Promises: every rule ends in its effect or in a Refusal, never in half of it. May not: know a route, a header, a
 * table or a file.
 */
export { answerChallenge } from './challenges.ts';
export { checkPacks, type PackFindings } from './check-packs.ts';
export * from './deps.ts';
export * from './fields.ts';
export * from './link-rules.ts';
export * from './links.ts';
export * from './packs.ts';
export * from './ports.ts';
export * from './refusal.ts';
export { finishRegistration, startRegistration } from './registration.ts';
export * from './secrets.ts';
export * from './sessions.ts';
export * from './shares.ts';
export * from './sign-in.ts';
export { accountInfo, appendToLog, listVaults, readLog, vaultOf } from './vaults.ts';
