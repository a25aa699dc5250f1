/**
 * The typed client of the wire contract over an injected transport. Nouns: transport, api, grant, outcome. Promises: one
 * method for each route that clients need, bytes as bytes, every answer checked for form, every failure a HoldfastError;
 * retry, sign-in and pace are wrappers round the transport. May not: hold keys or tokens, verify content, touch the network
 * itself, carry a validator.
 *
 *   createApi(withRetry(withAuth(withPace(transport, { clock, limit }), session), { sleep, random }))
 */
export { type Api, createApi } from './api.ts';
export type * from './messages.ts';
export { createShareApi, type ShareRoutes } from './share-routes.ts';
export {
  DEFAULT_MAX_ANSWER_BYTES,
  DEFAULT_TIMEOUT_MS,
  roadError,
  type Transport,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
export { type SessionSource, withAuth } from './with-auth.ts';
export { MAX_PACKS_UNDER_WAY, withPace } from './with-pace.ts';
export { type RetryOptions, withRetry } from './with-retry.ts';
