/** Starts workers of ours. Their addresses come approved by this context's one Trusted Types policy, which knows no others. */
import { HoldfastError } from '../../shared/errors/index.ts';

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

const known = new Set<string>();
let policy: { createScriptURL(url: string): unknown } | undefined;

/** What starts workers of this address; no other can be started. */
export function workerStarter(address: string): (name: string) => Worker {
  known.add(address);
  return (name) => {
    const trustedTypes = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    // A context makes its policy once.
    policy ??= trustedTypes?.createPolicy('ebk1-url', {
      createScriptURL(asked) {
        if (known.has(asked)) return asked;
        throw new HoldfastError('E_INTERNAL', 'an address outside the policy');
      },
    });
    // The platform's TrustedScriptURL; the library types know only the string it stands for.
    const url = policy === undefined ? address : (policy.createScriptURL(address) as string);
    return new Worker(url, { type: 'module', name });
  };
}
