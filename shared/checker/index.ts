/**
 * The checker: proof that what was stored can still be read back. Nouns: audit, verdict, damage, audit log, proof, challenge, token.
 * Promises: packs are drawn evenly, read whole, one at a time; a damaged pack ends nothing and changes no later request; no token is
 * used twice.
 * May not: mend, schedule, keep anything itself.
 */
export { type Checker, createChecker } from './checker.ts';
export { checkedFooter, unlessFaulty, type Verdict } from './examine.ts';
export { type AuditedPack, type AuditLog, DAMAGED, joined, NOTHING_TO_PROVE, type Proof, proofOf } from './proof.ts';
export type { TokenStore } from './tokens.ts';
