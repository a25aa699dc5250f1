/**
 * The port through which clients speak HTTP. The browser's fetch (shared/browser) and Node's (tests, reader) stand
 * behind it; retry and sign-in are wrappers around it.
 */
import type { Bytes } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query on the server, beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text or bytes. */
  readonly body?: string | Bytes;
  readonly signal?: AbortSignal;
  /**
   * Milliseconds of silence until the request is given up with E_TIMEOUT: before the answer begins, and between two pieces of
   * it. An answer that comes slowly is waited for. Default 60,000.
   */
  readonly timeoutMs?: number;
  /** Longest body of an answer that is read; more is E_PROTOCOL. Default 16 MiB. */
  readonly maxAnswerBytes?: number;
  /** Says that sending this POST twice does no more than sending it once. Every other method means it anyway. */
  readonly idempotent?: boolean;
}

export interface TransportResponse {
  readonly status: number;
  /** Header by name, in any case. */
  header(name: string): string | null;
  /** All of the body: an answer that was cut short is E_OFFLINE, never fewer bytes. */
  readonly body: Bytes;
}

/**
 * Rejects with E_OFFLINE (no answer, or only part of one), E_TIMEOUT, E_CANCELLED, or E_PROTOCOL (answer too long) only;
 * every status is an answer.
 */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
export const DEFAULT_MAX_ANSWER_BYTES = 16 * 1_048_576;

/** What a transport rejects with, of whatever its own fetch threw. */
export function roadError(cause: unknown, caller: AbortSignal | undefined, deadline: AbortSignal): HoldfastError {
  if (caller?.aborted) return new HoldfastError('E_CANCELLED', 'the request was cancelled', { cause });
  if (deadline.aborted) return new HoldfastError('E_TIMEOUT', 'the server took too long', { cause });
  if (cause instanceof HoldfastError) return cause;
  return new HoldfastError('E_OFFLINE', 'the server could not be reached', { cause });
}
