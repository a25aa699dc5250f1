/** Starts workers of ours. Their addresses come approved by this context's one URL policy, which knows no others. */
import { createUrlPolicy, type TrustUrl } from '../../shared/browser/index.ts';

const known: string[] = [];
let trust: TrustUrl | undefined;

/** What starts workers of this address; no other can be started. */
export function workerStarter(address: string): (name: string) => Worker {
  known.push(address);
  return (name) => {
    // Not before: the full page loads this file as well, starts none of these, and has a policy of its own.
    trust ??= createUrlPolicy(known);
    return new Worker(trust(address), { type: 'module', name });
  };
}
