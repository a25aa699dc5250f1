/** The one form of a login name that both sides compute with: OPAQUE identifier in clients, HMAC input in the server. */

/**
 * Compatibility forms, letter case and surrounding space make no difference: NFKC, lower case, NFKC again (lowering may
 * leave a form that is not composed), trim. Idempotent. May be empty, which no server accepts.
 */
export function normaliseLoginName(name: string): string {
  return name.normalize('NFKC').toLowerCase().normalize('NFKC').trim();
}
