/** A transport for tests: answers come from a function, requests are kept. */
import { type Bytes, utf8 } from '../../shared/bytes/index.ts';
import type { Transport, TransportRequest, TransportResponse } from '../../shared/client/index.ts';

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is bytes. */
  readonly body?: unknown;
}

export function response({ status = 200, headers = {}, body }: Answer): TransportResponse {
  const bytes: Bytes =
    body instanceof Uint8Array ? new Uint8Array(body) : utf8(body === undefined ? '' : JSON.stringify(body));
  const byName = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { status, header: (name) => byName.get(name.toLowerCase()) ?? null, body: bytes };
}

export interface ScriptedTransport extends Transport {
  readonly requests: TransportRequest[];
}

export function scriptedTransport(
  answer: (request: TransportRequest, count: number) => Answer | Promise<Answer>,
): ScriptedTransport {
  const requests: TransportRequest[] = [];
  return {
    requests,
    async send(request) {
      requests.push(request);
      return response(await answer(request, requests.length));
    },
  };
}

export function problem(status: number, code: string, more: object = {}): Answer {
  return { status, body: { type: 'about:blank', title: code, status, code, ...more } };
}
