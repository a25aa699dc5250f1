/**
 * The download service worker. It does one thing: it answers `/dl/<id>` with bytes that the page's own worker decrypts,
 * so that a restore of any size reaches the disk without standing in memory. It caches nothing, sees no other request,
 * speaks to no server, and forgets a download when it ends.
 */

import { DOWNLOAD_SCOPE, type FromServiceWorker, type ToServiceWorker } from '../session/download.ts';
import { attachment } from './disposition.ts';
import { pulledStream } from './pulled-stream.ts';

declare const self: ServiceWorkerGlobalScope;

interface Offer {
  readonly name: string;
  readonly length: number;
  readonly source: MessagePort;
}

const offers = new Map<string, Offer>();

self.addEventListener('install', (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('message', (event) => {
  const message = event.data as ToServiceWorker;
  if (message.type === 'offer') {
    offers.set(message.id, { name: message.name, length: message.length, source: message.source });
    message.reply.postMessage({ type: 'ready' } satisfies FromServiceWorker);
    message.reply.close();
  } else if (message.type === 'withdraw') {
    offers.delete(message.id);
  }
});

self.addEventListener('fetch', (event) => {
  const { pathname } = new URL(event.request.url);
  if (pathname.startsWith(DOWNLOAD_SCOPE)) event.respondWith(answer(pathname.slice(DOWNLOAD_SCOPE.length)));
});

/** Each offer is answered once: taking it is what ends it here. */
function answer(id: string): Response {
  const offer = offers.get(id);
  offers.delete(id);
  if (offer === undefined) return new Response(null, { status: 404 });
  return new Response(pulledStream(offer.source, offer.length), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-length': String(offer.length),
      'content-disposition': attachment(offer.name),
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    },
  });
}
