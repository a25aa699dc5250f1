/** The built pages and the few text files that strangers look for. No redirects: they would carry a link's secret along. */
import { relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DAY_MS } from '../../shared/protocol/index.ts';
import { Refusal } from '../domain/index.ts';
import { type App, answerProblem, isApi, type Site } from '../middleware/index.ts';

export interface PageAddresses {
  /** Addresses that are the page itself. */
  readonly at: readonly string[];
  /** For which other paths a person who asks for HTML gets the page too. */
  readonly also: (path: string) => boolean;
}

/** The app finds its own way: all but assets, and downloads that no service worker caught. */
export const APP_PAGE: PageAddresses = { at: ['/'], also: (path) => !/^\/(?:assets|dl)\//.test(path) };
export const SHARE_PAGE: PageAddresses = { at: ['/s', '/s/'], also: () => false };

/** Serves a built page and its files. */
export function pages(app: App, root: string | null, { at, also }: PageAddresses): void {
  if (root !== null) {
    app.register(fastifyStatic, {
      root,
      index: false,
      dotfiles: 'ignore',
      cacheControl: false,
      preCompressed: true,
      setHeaders: (reply, path) => reply.header('cache-control', cachePolicy(relative(root, path))),
    });
    for (const path of at) app.get(path, (_request, reply) => reply.sendFile('index.html'));
  }
  app.setNotFoundHandler((request, reply) => {
    if (isApi(request.url)) return answerProblem(new Refusal('not-found'), request, reply);
    if (root !== null && wantsPage(request) && also(pathOf(request.url))) {
      return reply.code(200).sendFile('index.html');
    }
    return reply.code(404).type('text/plain; charset=utf-8').send('Not found\n');
  });
}

const pathOf = (url: string): string => url.split('?', 1)[0] ?? url;

function wantsPage(request: FastifyRequest): boolean {
  const readable = request.method === 'GET' || request.method === 'HEAD';
  return readable && (request.headers.accept ?? '').includes('text/html');
}

/** Files under assets carry their hash in the name; the rest may change with the next build. */
function cachePolicy(path: string): string {
  if (path.split(sep)[0] === 'assets') return 'public, max-age=31536000, immutable';
  return path.includes('.html') ? 'no-store' : 'no-cache';
}

export function textFiles(app: App, { config, deps, origins }: Site): void {
  app.get('/robots.txt', (_request, reply) => text(reply, 'User-agent: *\nDisallow: /\n'));
  app.get('/.well-known/security.txt', (_request, reply) => {
    const host = new URL(origins().app).hostname;
    // the mailbox that RFC 2142 sets aside for this
    const contact = config.securityContact ?? `mailto:security@${host}`;
    const expires = new Date(deps.clock.now() + 90 * DAY_MS).toISOString();
    return text(reply, `Contact: ${contact}\nExpires: ${expires}\n`);
  });
}

function text(reply: FastifyReply, content: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').send(content);
}
