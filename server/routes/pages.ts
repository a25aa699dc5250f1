/** The built pages and the few text files that strangers look for. No redirects: they would carry a link's secret along. */
import { join, relative, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DAY_MS } from '../../shared/protocol/index.ts';
import { Refusal } from '../domain/index.ts';
import { type App, answerProblem, isApi, type Site } from '../middleware/index.ts';

/** Serves a built page's files; `page` tells for which other addresses its HTML is the answer. */
export function pages(app: App, root: string | null, page: (url: string) => boolean): void {
  if (root !== null) {
    app.register(fastifyStatic, {
      root,
      index: false,
      dotfiles: 'ignore',
      cacheControl: false,
      preCompressed: true,
      setHeaders: (reply, path) => reply.header('cache-control', cachePolicy(relative(root, path))),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    if (isApi(request.url)) return answerProblem(new Refusal('not-found'), request, reply);
    if (root !== null && wantsPage(request) && page(pathOf(request.url))) return reply.sendFile('index.html');
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

export const isAppPage = (path: string): boolean => !path.startsWith(join('/assets', '/'));
export const isSharePage = (path: string): boolean => path === '/s' || path === '/s/';

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
