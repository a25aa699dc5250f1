/** The client's transport on Node's fetch. Follows no redirect, keeps no cookie; never hands out part of a body. */
import { type Bytes, concat } from '../shared/bytes/index.ts';
import {
  DEFAULT_MAX_ANSWER_BYTES,
  DEFAULT_TIMEOUT_MS,
  roadError,
  type Transport,
  type TransportRequest,
} from '../shared/client/index.ts';
import { HoldfastError } from '../shared/errors/index.ts';

/** @param baseUrl origin of the server, for example https://backup.example.org */
export function createNodeTransport(baseUrl: string): Transport {
  const base = baseUrl.replace(/\/+$/, '');
  return {
    async send(request) {
      const { method, headers = {}, body = null } = request;
      const deadline = new AbortController();
      const timer = setTimeout(() => deadline.abort(), request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      try {
        const signal = request.signal ? AbortSignal.any([request.signal, deadline.signal]) : deadline.signal;
        const response = await fetch(base + request.path, { method, headers, body, signal, redirect: 'error' });
        const bytes = await bodyOf(response, request, () => timer.refresh());
        return { status: response.status, header: (name) => response.headers.get(name), body: bytes };
      } catch (cause) {
        const error = roadError(cause, request.signal, deadline.signal);
        // Ends an answer that is still on its way and that nobody wants any more.
        deadline.abort();
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

async function bodyOf(response: Response, request: TransportRequest, onBytes: () => void): Promise<Bytes> {
  const limit = request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  const parts: Uint8Array[] = [];
  let length = 0;
  onBytes();
  for await (const part of response.body ?? []) {
    onBytes();
    length += part.length;
    if (length > limit) throw new HoldfastError('E_PROTOCOL', 'the answer is longer than any answer should be');
    parts.push(part);
  }
  return concat(...parts);
}
