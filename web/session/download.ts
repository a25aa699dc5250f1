/** What a page tells the download service worker, and the one thing it hears back. */

export type ToServiceWorker =
  /** A download to come: `/dl/<id>` will be answered with the bytes pulled from `source`. */
  | {
      readonly type: 'offer';
      readonly id: string;
      readonly name: string;
      readonly length: number;
      readonly source: MessagePort;
      readonly reply: MessagePort;
    }
  /** Keeps the service worker running while a download streams. */
  | { readonly type: 'ping' }
  /** The page gave up before the browser asked. */
  | { readonly type: 'withdraw'; readonly id: string };

/** Sent on `reply`: the offer stands. */
export type FromServiceWorker = { readonly type: 'ready' };

/** Paths under this belong to the service worker, and are its scope: it sees no other request. */
export const DOWNLOAD_SCOPE = '/dl/';
