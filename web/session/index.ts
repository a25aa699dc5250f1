/**
 * Door of the session: the law between screens and worker (`contract.ts`), the calls over it (`rpc.ts`), and who is
 * signed in (`status-store.ts`). Keys never come here: they live in the worker.
 */
export type * from './contract.ts';
export { type Connection, connect, type RpcPort, serve } from './rpc.ts';
export { createStatusStore, type StatusStore, type StatusView } from './status-store.ts';
export { startShare, startVault } from './vault-client.ts';
