/** One request and its answer: JSON both ways, the anti-forgery header on every change, refusals as errors. */
import type { Bytes } from '../bytes/index.ts';
import { CSRF_HEADER } from '../protocol/index.ts';
import { type Decoder, parseJson } from './decode.ts';
import { problemError } from './problem.ts';
import type { Transport, TransportRequest, TransportResponse } from './transport.ts';

/** For requests and answers of megabytes: over a slow line they take longer than a question. Milliseconds. */
export const BULK_TIMEOUT_MS = 300_000;

/** A request as the API states it: `json` or `bytes` for the body, and what only this route needs. */
export interface CallRequest {
  readonly method: TransportRequest['method'];
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  readonly json?: unknown;
  readonly bytes?: Bytes;
  readonly headers?: Readonly<Record<string, string>>;
  readonly idempotent?: true;
  readonly timeoutMs?: number;
  readonly maxAnswerBytes?: number;
}

function contentOf(call: CallRequest): { headers: Record<string, string>; body?: string | Bytes } {
  if (call.bytes !== undefined) return { headers: { 'content-type': 'application/octet-stream' }, body: call.bytes };
  if (call.json === undefined) return { headers: {} };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify(call.json) };
}

/** The answer, whatever its status. */
export function send(transport: Transport, call: CallRequest): Promise<TransportResponse> {
  const { headers, body } = contentOf(call);
  const forgery = call.method === 'GET' ? {} : { [CSRF_HEADER]: '1' };
  return transport.send({
    method: call.method,
    path: call.path,
    headers: { ...headers, ...forgery, ...call.headers },
    ...(body === undefined ? {} : { body }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
    ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }),
    ...(call.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: call.maxAnswerBytes }),
    ...(call.idempotent === undefined ? {} : { idempotent: call.idempotent }),
  });
}

export function isSuccess(response: TransportResponse): boolean {
  return response.status >= 200 && response.status < 300;
}

/** The decoded JSON of a successful answer; throws the error of any other. */
export async function ask<T>(transport: Transport, call: CallRequest, decode: Decoder<T>): Promise<T> {
  const response = await send(transport, call);
  if (!isSuccess(response)) throw problemError(response);
  return decode(parseJson(response.body));
}

/** For routes whose answer says only that it is done. */
export async function tell(transport: Transport, call: CallRequest): Promise<void> {
  const response = await send(transport, call);
  if (!isSuccess(response)) throw problemError(response);
}
