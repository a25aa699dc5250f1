/**
 * Door of the session: the law between screens and worker (`contract.ts`), and who is
 * signed in (`status-store.ts`). Keys never come here: they live in the worker.
 */

export type * from './contract.ts';
export { createStatusStore } from './status-store.ts';
export { startShare, startVault } from './vault-client.ts';
