/**
 * Transport that signs its requests in. It adds the bearer token, and on `unauthorized` has the session renewed once and
 * sends again once. Where a cookie does it, the token is null and nothing is added. May not: keep tokens, sign challenges.
 */
import { abortable } from '../async/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { problemCode } from './problem.ts';
import type { Transport, TransportRequest } from './transport.ts';

export interface SessionSource {
  /** The token to send now; null for the web's cookie, or when nobody is signed in. */
  token(): Promise<string | null>;
  /**
   * Opens a new session, over a transport without this wrapper. Concurrent requests share one call. E_SESSION when
   * there is no device key to open one with.
   */
  renew(): Promise<void>;
}

// A renewal that ends like this will not go better next time: somebody has to sign in.
const REFUSALS: ReadonlySet<unknown> = new Set(['E_SESSION', 'E_CREDENTIALS', 'E_FORBIDDEN', 'E_NOT_FOUND']);

function renewalError(cause: unknown): unknown {
  if (!(cause instanceof HoldfastError) || !REFUSALS.has(cause.code)) return cause;
  return new HoldfastError('E_SESSION', 'the session has ended and could not be renewed', { cause });
}

async function withToken(request: TransportRequest, source: SessionSource): Promise<TransportRequest> {
  const token = await source.token();
  if (token === null) return request;
  return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/** A refused renewal is E_SESSION; any other failure of it (E_OFFLINE, say) keeps its own code. */
export function withAuth(transport: Transport, source: SessionSource): Transport {
  let renewals = 0;
  let pending: Promise<void> | null = null;

  async function renew(): Promise<void> {
    try {
      await source.renew();
      renewals++;
    } catch (cause) {
      throw renewalError(cause);
    }
  }

  function renewOnce(): Promise<void> {
    pending ??= renew().finally(() => {
      pending = null;
    });
    return pending;
  }

  return {
    async send(request) {
      const before = renewals;
      const response = await transport.send(await withToken(request, source));
      if (problemCode(response) !== 'unauthorized') return response;
      // Another request may have renewed while this one was on its way.
      if (renewals === before) await abortable(renewOnce(), request.signal);
      return transport.send(await withToken(request, source));
    },
  };
}
