/** How often one address, or one name, may try. Counted in memory: a restart forgives. */
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../domain/index.ts';
import type { App } from './site.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

type Limit = (request: FastifyRequest) => Promise<void>;

/** A hook that refuses the request after `max` in the window. Without `key` the address counts (IPv6: its /64). */
export function limit(app: App, max: number, windowMs: number, key?: (request: FastifyRequest) => string): Limit {
  const check = app.createRateLimit({
    max,
    timeWindow: windowMs,
    ...(key === undefined ? {} : { keyGenerator: key }),
  });
  return async (request) => {
    const state = await check(request);
    if (!state.isAllowed && state.isExceeded) throw new Refusal('rate-limited', { retryAfterMs: state.ttl });
  };
}
