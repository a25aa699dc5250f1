/**
 * The runner: drains the queue in the engine's worker. Nouns: run, ledger, lease, hold, engine, auditor. It promises that every job
 * it claims ends in the queue as committed, proven, waiting, failed or put back, and that a pause or a cancel is heard
 * within a second; and reads packs back while there is nothing else to do. May not: touch the browser's extension API, or keep state outside the queue.
 */
export { type AuditPorts, auditWhenDue } from './audit.ts';
export { openAuditor, openEngine, signedInDevice } from './engine.ts';
export { KeptEngine } from './kept-engine.ts';
export { connectLanes } from './lanes.ts';
export { EngineLoop } from './loop.ts';
