/** Transport over `fetch`. Follows no redirect, caches nothing, sends no referrer; never hands out part of a body. */
import { BufferPool, type Bytes, concat, openStream } from '../bytes/index.ts';
import {
  DEFAULT_MAX_ANSWER_BYTES,
  DEFAULT_TIMEOUT_MS,
  roadError,
  type Transport,
  type TransportRequest,
} from '../client/index.ts';
import { HoldfastError } from '../errors/index.ts';
import { MAX_PACK } from '../protocol/index.ts';

/** Answers from this length on are lent memory that is used again: to touch fresh memory costs more than to fill it. */
const LONG_ANSWER = 524_288;
/** As many as a restore holds packs at most. */
const room = new BufferPool(MAX_PACK, 12);

/** When no long answers are to come soon. */
export function emptyAnswerMemory(): void {
  room.empty();
}

export interface FetchTransportOptions {
  /** Origin of the server, for example http://127.0.0.1:8787 */
  readonly baseUrl: string;
  /** `same-origin` where a cookie holds the session, `omit` where a bearer token does. */
  readonly credentials: 'same-origin' | 'omit';
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export function createFetchTransport(options: FetchTransportOptions): Transport {
  const base = options.baseUrl.replace(/\/+$/, '');
  // Of a request that is not to be stored, Chromium asks the server each time anew whether another origin may send it (CORS
  // preflight). There it is left to the server, which marks every answer so.
  const cache = options.credentials === 'omit' ? 'default' : 'no-store';
  const fetchFrom = options.fetch ?? ((url, init) => fetch(url, init));
  return {
    async send(request) {
      const silence = new Silence(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
      try {
        const signal = request.signal ? AbortSignal.any([request.signal, silence.signal]) : silence.signal;
        const response = await fetchFrom(base + request.path, {
          ...contentOf(request),
          signal,
          credentials: options.credentials,
          redirect: 'error',
          cache,
          referrerPolicy: 'no-referrer',
        });
        const body = await readBody(response, request, () => silence.break());
        return { status: response.status, header: (name) => response.headers.get(name), body };
      } catch (cause) {
        const error = roadError(cause, request.signal, silence.signal);
        // Ends an answer that is still on its way and that nobody wants any more.
        silence.end();
        throw error;
      } finally {
        silence.stop();
      }
    },
  };
}

/** Fires when it has been broken by nothing for so long. */
class Silence {
  readonly #controller = new AbortController();
  readonly #ms: number;
  #since = performance.now();
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = setTimeout(this.#look, ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  break(): void {
    this.#since = performance.now();
  }

  end(): void {
    this.#controller.abort();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  readonly #look = (): void => {
    const left = this.#since + this.#ms - performance.now();
    if (left <= 0) this.end();
    else this.#timer = setTimeout(this.#look, left);
  };
}

function contentOf({ method, headers, body }: TransportRequest): RequestInit {
  return { method, ...(headers && { headers }), ...(body !== undefined && { body }) };
}

async function readBody(response: Response, request: TransportRequest, onBytes: () => void): Promise<Bytes> {
  const limit = request.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
  if (response.body === null) return new Uint8Array(0);
  const declared = declaredLength(response);
  if (declared > limit) throw tooLong();
  onBytes();
  return declared > 0 ? fill(response.body, declared, onBytes) : collect(response.body, limit, onBytes);
}

/** Exactly `length` bytes in one buffer: a pack is not joined from pieces, each in memory of its own. */
async function fill(stream: ReadableStream<Uint8Array>, length: number, onBytes: () => void): Promise<Bytes> {
  const lent = length >= LONG_ANSWER && length <= MAX_PACK;
  const source = openStream(stream, true, onBytes);
  const bytes = await source.fill(lent ? room.take(length) : new Uint8Array(length));
  if (bytes.length < length) throw new HoldfastError('E_OFFLINE', 'the connection ended before the answer did');
  if ((await source.fill(new Uint8Array(1))).length > 0)
    throw new HoldfastError('E_PROTOCOL', 'more than was declared');
  return lent ? room.lend(bytes) : bytes;
}

async function collect(stream: ReadableStream<Uint8Array>, limit: number, onBytes: () => void): Promise<Bytes> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    onBytes();
    length += next.value.length;
    parts.push(next.value);
    if (length > limit) throw tooLong();
  }
  return concat(...parts);
}

const tooLong = () => new HoldfastError('E_PROTOCOL', 'the answer is longer than any answer should be');

// A compressed body has a declared length of its own that says nothing about the bytes handed out.
function declaredLength({ headers }: Response): number {
  return headers.has('content-encoding') ? 0 : Number(headers.get('content-length') ?? 0);
}
