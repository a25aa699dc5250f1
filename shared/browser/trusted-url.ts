/**
 * A context's one Trusted Types policy, `ebk1-url`: a worker or service worker starts only from the addresses that the
 * build put here, whatever a script might ask for. Created once; a second creation throws.
 */
import { HoldfastError } from '../errors/index.ts';

interface UrlPolicy {
  createScriptURL(url: string): unknown;
}

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): UrlPolicy;
}

/** Approves a URL that is on the list, in the type that Worker and ServiceWorkerContainer want. */
export type TrustUrl = (url: string) => string;

/** `allowed` is looked at with each address, so it may grow. */
export function createUrlPolicy(allowed: readonly string[]): TrustUrl {
  const check = (url: string): string => {
    if (allowed.includes(url)) return url;
    throw new HoldfastError('E_INTERNAL', 'an address outside the policy');
  };
  const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  const policy = trustedTypes?.createPolicy('ebk1-url', { createScriptURL: check });
  // The platform's TrustedScriptURL; the library types know only the string it stands for.
  return (url) => (policy === undefined ? check(url) : (policy.createScriptURL(url) as string));
}
