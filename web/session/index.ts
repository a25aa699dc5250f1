/**
 * Door of the session: the law between screens and worker (`contract.ts`), and who is
 * signed in (`status-store.ts`). Keys never come here: they live in the worker.
 */

export { type Connection, connect, type RpcPort, serve } from '../../shared/browser/index.ts';
export type * from './contract.ts';
export { createStatusStore, type StatusStore, type StatusView } from './status-store.ts';
export { startShare, startVault } from './vault-client.ts';
