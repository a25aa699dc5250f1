/**
 * The one impure room of `shared`: browser adapters that extension and web both need. Nouns: fetch transport, key store,
 * lock, private file, pack journal, audit log, audit tokens, URL policy, calls between workers. Imported by extension and web
 * only, never by the rest of `shared`, never by the server. May not: decide anything; it carries out what the ports of the
 * pure folders ask for.
 */
export { createAuditLog } from './audit-log.ts';
export { systemClock } from './clock.ts';
export { connectAccount } from './connect.ts';
export { createFetchTransport, emptyAnswerMemory } from './fetch-transport.ts';
export { createKeyStore, type IndexedDbKeyStore } from './key-store.ts';
export { locksHeld, withLock } from './locks.ts';
export { opfsFiles } from './opfs.ts';
export { createPackJournal } from './pack-journal.ts';
export { randomFraction, systemRandom } from './random.ts';
export { bytesIn, type Connection, connect, type RpcPort, serve } from './rpc.ts';
export { createTokenStore } from './token-store.ts';
export { createUrlPolicy, type TrustUrl } from './trusted-url.ts';
