/** Starts a worker of ours. Its address comes approved by this context's one Trusted Types policy, which knows it alone. */
import { HoldfastError } from '../../../shared/errors/index.ts';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

/** A context starts workers of one address only: a policy is made once. */
export function workerStarter(address: string, name: string): () => Worker {
  let policy: { createScriptURL(url: string): unknown } | undefined;
  return () => {
    const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    policy ??= trustedTypes?.createPolicy('ebk1-url', {
      createScriptURL(asked) {
        if (asked === address) return asked;
        throw new HoldfastError('E_INTERNAL', 'an address outside the policy');
      },
    });
    // The platform's TrustedScriptURL; the library types know only the string it stands for.
    const url = policy === undefined ? address : (policy.createScriptURL(address) as string);
    return new Worker(url, { type: 'module', name });
  };
}
