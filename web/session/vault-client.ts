/** Starts a worker and connects to it. The address comes approved by the page's one URL policy (shared/browser/trusted-url). */

import { type Connection, connect } from '../../shared/browser/index.ts';
import type { ShareApi, VaultApi, VaultEvent } from './contract.ts';

/** The vault's worker: everything signed in. */
export function startVault(trustedUrl: string): Connection<VaultApi, VaultEvent> {
  return connect(new Worker(trustedUrl, { type: 'module', name: 'vault' }));
}

/** The share page's worker: one link, no account. It sends the same progress events. */
export function startShare(trustedUrl: string): Connection<ShareApi, VaultEvent> {
  return connect(new Worker(trustedUrl, { type: 'module', name: 'share' }));
}
