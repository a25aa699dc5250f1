/**
 * The port through which clients speak HTTP. The browser's fetch (shared/browser) and Node's (tests, reader) stand
 * behind it; retry and sign-in are wrappers around it.
 */
import type { Bytes } from '../bytes/index.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query on the server, beginning with a slash. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text or bytes. Implementations hand bytes to the browser as a Blob, which is ten times faster. */
  readonly body?: string | Bytes;
  readonly signal?: AbortSignal;
  /** Milliseconds until the request is given up with E_TIMEOUT. Default 60,000. */
  readonly timeoutMs?: number;
}

export interface TransportResponse {
  readonly status: number;
  /** Header by lower-case name. */
  header(name: string): string | null;
  readonly body: Bytes;
}

/** Rejects with E_OFFLINE (no answer), E_TIMEOUT or E_CANCELLED only; every status is an answer. */
export interface Transport {
  send(request: TransportRequest): Promise<TransportResponse>;
}
