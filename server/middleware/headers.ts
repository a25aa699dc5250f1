/** Security headers of every answer: the whole set for pages and what they load, a smaller one for the API. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App, Site } from './site.ts';

/**
 * The one policy `ebk1-url` exists because workers cannot be made without any. Frames of our own origin are downloads
 * that the service worker streams; none of our documents lets itself be framed.
 */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  'media-src blob:',
  "font-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-src 'self'",
  "frame-ancestors 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types ebk1-url',
].join('; ');

const OFF = [
  'accelerometer',
  'autoplay',
  'bluetooth',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'screen-wake-lock',
  'serial',
  'usb',
  'web-share',
  'xr-spatial-tracking',
];

const PERMISSIONS = [
  ...OFF.map((feature) => `${feature}=()`),
  'publickey-credentials-get=(self)',
  'publickey-credentials-create=(self)',
].join(', ');

const COMMON = {
  'cache-control': 'no-store',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const API = { ...COMMON, 'content-security-policy': "default-src 'none'; frame-ancestors 'none'" };

/**
 * Isolated pages have an agent cluster of their own origin (HTML, "obtain a similar-origin window agent"); to ask for it by
 * `Origin-Agent-Cluster` as well has Chromium give the service worker another process than its page, and each download
 * crosses between the two.
 */
const PAGE = {
  ...COMMON,
  'content-security-policy': PAGE_POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'integrity-policy': 'blocked-destinations=(script style)',
  'permissions-policy': PERMISSIONS,
};

const TLS_ONLY = { 'strict-transport-security': 'max-age=63072000; includeSubDomains' };

export function isApi(url: string): boolean {
  return url.startsWith('/v1/') || url === '/healthz';
}

export function securityHeaders(app: App, site: Site): void {
  app.addHook('onRequest', async (request, reply) => {
    secure(site, request, reply);
  });
}

/** For answers that no hook meets: those to requests without a route. */
export function secure({ config }: Site, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(isApi(request.url) ? API : PAGE);
  if (config.behindProxy) reply.headers(TLS_ONLY);
}
