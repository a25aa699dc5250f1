/**
 * Who may call what, in one place: the anti-forgery header, the session behind a cookie or a bearer token, the ticket of
 * a download. Each route says which of them it needs; a route that does not say is never reachable.
 */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CSRF_HEADER, WEB_SESSION_MAX_MS } from '../../shared/protocol/index.ts';
import { isLoopback } from '../config.ts';
import { grant, type OpenedSession, Refusal, type SessionRecord, sessionOf } from '../domain/index.ts';
import type { App, Origins, Site } from './site.ts';

/** The prefix makes the browser insist on Secure, no domain and the whole path. Loopback counts as secure. */
const COOKIE = '__Host-holdfast';
const COOKIE_OPTIONS = { path: '/', secure: true, httpOnly: true, sameSite: 'strict' } as const;
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);
/** For a request that did not wait for the answer before it. */
const OUT_OF_TURN_MS = 1_000;

export function accessControl(app: App, site: Site): void {
  app.decorateRequest('session', null);
  app.decorateRequest('ticket', null);
  app.addHook('onRoute', (route) => {
    if (route.config?.access === undefined) throw new Error(`route without access: ${route.url}`);
  });
  app.addHook('onRequest', async (request, reply) => {
    // Behind an unfinished answer its own would wait in memory, as would hundreds more that fit into one packet.
    if (reply.raw.socket === null) throw new Refusal('rate-limited', { retryAfterMs: OUT_OF_TURN_MS });
    if (!READS.has(request.method) && request.headers[CSRF_HEADER] !== '1') throw new Refusal('forbidden');
    const { access } = request.routeOptions.config;
    if (access === 'session') request.session = await authenticate(site, request);
    if (access === 'ticket') request.ticket = credential(request, 'Ticket');
  });
  // A body may take minutes to come, and the session may have ended meanwhile.
  app.addHook('preHandler', async (request) => {
    if (request.session !== null && !READS.has(request.method)) request.session = await authenticate(site, request);
  });
}

/** The session of a route with access `session`. */
export function signedIn(request: FastifyRequest): SessionRecord {
  if (request.session === null) throw new Refusal('unauthorized');
  return request.session;
}

/** The ticket of a route with access `ticket`; without one there is no link to speak of. */
export function ticketOf(request: FastifyRequest): string {
  if (request.ticket === null) throw new Refusal('link-gone');
  return request.ticket;
}

async function authenticate(site: Site, request: FastifyRequest): Promise<SessionRecord> {
  const bearer = credential(request, 'Bearer');
  const token = bearer ?? request.cookies[COOKIE];
  if (token === undefined) throw new Refusal('unauthorized');
  if (bearer === null) checkSameOrigin(site, request);
  const session = await sessionOf(site.deps, token);
  if (session.client !== (bearer === null ? 'web' : 'extension')) throw new Refusal('unauthorized');
  return session;
}

function credential(request: FastifyRequest, scheme: 'Bearer' | 'Ticket'): string | null {
  const [name, value, ...more] = (request.headers.authorization ?? '').split(' ');
  return name === scheme && value !== undefined && more.length === 0 ? value : null;
}

/** A cookie travels with whatever a page of any site makes the browser send; only our own page may use it. */
function checkSameOrigin(site: Site, request: FastifyRequest): void {
  const { origin, 'sec-fetch-site': from } = request.headers;
  if (origin !== undefined && !isOwn(origin, site.origins())) throw new Refusal('forbidden');
  if (from !== undefined && from !== 'same-origin') throw new Refusal('forbidden');
}

/** Before a web sign-in: no other site may sign its visitor in here, under an account of its choice. */
export function checkWebOrigin(site: Site): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const { client } = request.body as { client?: unknown };
    if (client === 'web') checkSameOrigin(site, request);
  };
}

/** On one machine the app answers under every name of that machine. */
function isOwn(origin: string, { app }: Origins): boolean {
  if (origin === app) return true;
  if (!URL.canParse(origin)) return false;
  const [given, own] = [new URL(origin), new URL(app)];
  const names = [given.hostname, own.hostname].map((name) => name.replace(/^\[|\]$/g, ''));
  return given.protocol === own.protocol && given.port === own.port && names.every(isLoopback);
}

/** Answers a sign-in: the web gets its token as a cookie that no script can read, an extension in the body. */
export async function answerGrant(site: Site, reply: FastifyReply, { session, token }: OpenedSession) {
  const granted = await grant(site.deps, session);
  if (session.client === 'extension') return { token, ...granted };
  reply.setCookie(COOKIE, token, { ...COOKIE_OPTIONS, maxAge: WEB_SESSION_MAX_MS / 1_000 });
  return granted;
}

/** Makes the browser forget the cookie of a session that has ended. */
export function forgetCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, COOKIE_OPTIONS);
}
