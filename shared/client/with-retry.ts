/**
 * Transport that tries again what may succeed later: no answer, told to wait, or a server that is just not ready. Only
 * requests that do no more when sent twice. Waits with full jitter, never shorter than the server asked for.
 */
import { backoff } from '../async/index.ts';
import { codeOf } from '../errors/index.ts';
import { problemCode, retryAfterMs } from './problem.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** Times a request is sent at most. */
const ATTEMPTS = 5;
/** Milliseconds spent waiting at most, over all attempts of a request. */
const MAX_WAIT_MS = 60_000;

export interface RetryOptions {
  /** Resolves after `ms`; rejects with E_CANCELLED when the signal fires. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** A fresh random number, 0 ≤ n < 1. */
  random(): number;
}

type Outcome = { readonly response: TransportResponse } | { readonly error: unknown };

const REPEATABLE: ReadonlySet<string> = new Set(['GET', 'PUT', 'DELETE']);
const NOT_READY: ReadonlySet<number> = new Set([502, 503, 504]);

export function withRetry(transport: Transport, options: RetryOptions): Transport {
  async function repeat(request: TransportRequest): Promise<TransportResponse> {
    let waited = 0;
    for (let attempt = 0; ; attempt++) {
      const outcome = await outcomeOf(transport.send(request));
      const asked = askedWait(outcome);
      const wait = (asked ?? 0) + backoff(attempt, options.random());
      if (asked === null || attempt + 1 >= ATTEMPTS || waited + wait > MAX_WAIT_MS) return settle(outcome);
      await options.sleep(wait, request.signal);
      waited += wait;
    }
  }

  return {
    send: (request) =>
      REPEATABLE.has(request.method) || request.idempotent ? repeat(request) : transport.send(request),
  };
}

async function outcomeOf(sending: Promise<TransportResponse>): Promise<Outcome> {
  try {
    return { response: await sending };
  } catch (error) {
    return { error };
  }
}

/** Milliseconds that the other side asks us to wait, 0 when it left that to us, null when trying again is no use. */
function askedWait(outcome: Outcome): number | null {
  if ('error' in outcome) {
    const code = codeOf(outcome.error);
    return code === 'E_OFFLINE' || code === 'E_TIMEOUT' ? 0 : null;
  }
  const { response } = outcome;
  if (NOT_READY.has(response.status)) return retryAfterMs(response) ?? 0;
  // A locked link is a 429 too, and stays locked.
  return response.status === 429 && problemCode(response) !== 'link-locked' ? retryAfterMs(response) : null;
}

function settle(outcome: Outcome): TransportResponse {
  if ('error' in outcome) throw outcome.error;
  return outcome.response;
}
