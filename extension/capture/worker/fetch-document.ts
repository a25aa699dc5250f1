/**
 * Fetches one document from the web as the person sees it, with their sign-in. Runs in the engine's worker, where the
 * site's permission was asked for before, or in the background, with a fetch that goes through the tab. May not: keep the body in memory (it becomes a Blob), or store a sign-in page under a
 * document's name.
 */
import { HoldfastError } from '../../../shared/errors/index.ts';
import type { FetchedBytes, WebRequest } from '../../queue/index.ts';
import { captureName, documentName, isHtml, mediaType } from './naming.ts';
import { isSignInPage } from './sign-in.ts';

/** As much of an answer as is looked at. */
export type Answered = Pick<Response, 'status' | 'url' | 'headers' | 'body'>;
export type Fetch = (url: string, init: RequestInit) => Promise<Answered>;

/** What the fetch needs of its surroundings. */
export interface WebPort {
  readonly fetch: Fetch;
  readonly isOnline: () => boolean;
  readonly now: () => number;
}

/** How far a document has come, for whoever gives it up. */
export interface Flow {
  bytes: number;
  /** Its length was said, and no connection goes beyond that. */
  ends: boolean;
}

/** How much of an HTML answer is looked at. */
const HEAD_BYTES = 512 * 1024;
/** Live pictures and live news: they are made to go on for ever. */
const ENDLESS = ['multipart/x-mixed-replace', 'text/event-stream'];

/**
 * Errors: those of the port's fetch, E_OFFLINE, E_UNAVAILABLE, E_RATE, E_CAPTURE_SIGN_IN, E_CAPTURE_FAILED,
 * E_CAPTURE_ENDLESS, E_CANCELLED.
 */
export async function fetchDocument(
  request: WebRequest,
  port: WebPort,
  signal: AbortSignal,
  flow: Flow = { bytes: 0, ends: true },
): Promise<FetchedBytes> {
  const response = await ask(request.url, port, signal);
  const contentType = response.headers.get('content-type');
  if (ENDLESS.includes(mediaType(contentType))) {
    await response.body?.cancel();
    throw new HoldfastError('E_CAPTURE_ENDLESS', `${request.url} answered with a live stream`);
  }
  flow.ends = response.headers.has('content-length');
  const blob = await bodyOf(response, flow, port, signal);
  const html = isHtml(mediaType(contentType)) ? await blob.slice(0, HEAD_BYTES).text() : '';
  const answered = response.url === '' ? request.url : response.url;
  const answer = { status: response.status, asked: request.url, answered, contentType, html };
  if (isSignInPage(answer, request.kind === 'image')) {
    throw new HoldfastError('E_CAPTURE_SIGN_IN', `${request.url} answered with a sign-in page`);
  }
  checkStatus(response);
  if (request.length !== null && request.length !== blob.size) {
    throw new HoldfastError('E_CAPTURE_FAILED', `${blob.size} bytes came, the download had ${request.length}`);
  }
  const title = request.kind === 'page' ? request.title : (titleOf(html) ?? request.title);
  const disposition = response.headers.get('content-disposition');
  const page = request.kind === 'page' || html !== '';
  const name =
    request.fileName === null
      ? documentName({ url: answered, disposition, contentType, title, page })
      : captureName(request.fileName, '');
  return { blob, name, mtime: modifiedAt(response) ?? port.now(), from: { url: request.url, title } };
}

async function ask(url: string, port: WebPort, signal: AbortSignal): Promise<Answered> {
  try {
    return await port.fetch(url, { credentials: 'include', redirect: 'follow', cache: 'no-cache', signal });
  } catch (error) {
    throw roadError(error, port, signal);
  }
}

async function bodyOf({ body, headers }: Answered, flow: Flow, port: WebPort, signal: AbortSignal): Promise<Blob> {
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, out) {
      flow.bytes += chunk.length;
      out.enqueue(chunk);
    },
  });
  try {
    return await new Response(body?.pipeThrough(counter) ?? null, {
      headers: { 'content-type': headers.get('content-type') ?? '' },
    }).blob();
  } catch (error) {
    throw roadError(error, port, signal);
  }
}

/** The browser does not say whether a site is out of reach or refuses us; being offline is all that can be told apart. */
function roadError(cause: unknown, port: WebPort, signal: AbortSignal): HoldfastError {
  if (cause instanceof HoldfastError) return cause;
  if (signal.aborted) return new HoldfastError('E_CANCELLED', 'cancelled', { cause });
  return new HoldfastError(port.isOnline() ? 'E_CAPTURE_FAILED' : 'E_OFFLINE', 'the document could not be fetched', {
    cause,
  });
}

function checkStatus({ status }: Answered): void {
  if (status >= 200 && status < 300) return;
  const code = status === 429 ? 'E_RATE' : status >= 500 ? 'E_UNAVAILABLE' : 'E_CAPTURE_FAILED';
  throw new HoldfastError(code, `the site answered ${status}`);
}

/** Bounded, as in sign-in.ts. */
const TITLE = /<title\b[^<>]{0,2000}>([^<]{0,2000})<\/title>/i;

function titleOf(html: string): string | null {
  const [, raw = ''] = TITLE.exec(html) ?? [];
  const title = raw.replaceAll(/\s+/g, ' ').trim();
  return title === '' ? null : decodeEntities(title);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decodeEntities(text: string): string {
  return text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
    const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

function modifiedAt(response: Answered): number | null {
  const at = Date.parse(response.headers.get('last-modified') ?? '');
  return Number.isFinite(at) && at > 0 ? at : null;
}
