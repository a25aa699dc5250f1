/** Other origins: only browser extensions may read answers, and only with a token of their own, never with a cookie. */
import { CSRF_HEADER, PACK_HEADER } from '../../shared/protocol/index.ts';
import type { App } from './site.ts';

const EXTENSION = /^(?:chrome|moz)-extension:\/\/[0-9a-z-]{1,64}$/;

export function isExtensionOrigin(origin: string | undefined): boolean {
  return origin !== undefined && EXTENSION.test(origin);
}

const PREFLIGHT = {
  'access-control-allow-methods': 'GET, HEAD, PUT, POST, DELETE',
  'access-control-allow-headers': `authorization, content-type, if-match, range, ${CSRF_HEADER}, ${PACK_HEADER}`,
  'access-control-max-age': '86400',
};

export function extensionCors(app: App): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'Origin');
    const { origin } = request.headers;
    if (origin === undefined || !isExtensionOrigin(origin)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'etag, content-range, retry-after',
    });
    if (request.method !== 'OPTIONS') return;
    return reply.code(204).headers(PREFLIGHT).send();
  });
}
