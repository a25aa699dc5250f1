/**
 * The two HTTP applications of one process: the app (API and web app) and the share page with the API it needs, on an
 * origin of its own. Both are built without a port and can be called by `inject`.
 */
import { randomBytes } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifySwagger from '@fastify/swagger';
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import Fastify from 'fastify';
import {
  AnswerLog,
  type App,
  accessControl,
  answerProblem,
  extensionCors,
  loggerOptions,
  type Site,
  secure,
  securityHeaders,
} from './middleware/index.ts';
import * as routes from './routes/index.ts';

const BODY_LIMIT = 65_536;
/** Time for a whole request; 4 MiB arrive in it at 14 KiB a second. */
const REQUEST_MS = 300_000;
const HEADERS_MS = 15_000;
/** A connection on which nothing moves. */
const IDLE_MS = 120_000;
const MAX_HEADER_BYTES = 16_384;
const MAX_CONNECTIONS = 2_048;

export function app(site: Site): App {
  const root = bareApp(site);
  extensionCors(root);
  root.register(fastifyCookie);
  api(root, site, (scope) => {
    routes.serverRoutes(scope, site);
    routes.registrationRoutes(scope, site);
    routes.loginRoutes(scope, site);
    routes.challengeRoutes(scope, site);
    routes.sessionRoutes(scope, site);
    routes.accountRoutes(scope, site);
    routes.vaultRoutes(scope, site);
    routes.packRoutes(scope, site);
    routes.linkRoutes(scope, site);
    scope.register(async (uploads) => routes.packUploadRoute(uploads.withTypeProvider<TypeBoxTypeProvider>(), site));
  });
  routes.pages(root, site.config.webRoot, routes.APP_PAGE);
  return root;
}

export function shareApp(site: Site): App {
  const root = bareApp(site);
  api(root, site, (scope) => routes.shareRoutes(scope, site));
  routes.pages(root, site.config.shareRoot, routes.SHARE_PAGE);
  return root;
}

function bareApp(site: Site): App {
  const root = Fastify({
    logger: loggerOptions(site),
    logController: new AnswerLog(),
    genReqId: () => randomBytes(8).toString('hex'),
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_MS,
    connectionTimeout: IDLE_MS,
    http: { headersTimeout: HEADERS_MS, maxHeaderSize: MAX_HEADER_BYTES },
    // behind a proxy its word about the address counts, and nobody else's
    trustProxy: (_address, hop) => site.config.behindProxy && hop === 0,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      secure(site, request, reply);
      answerProblem(error, request, reply);
    },
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler)
    .setErrorHandler(answerProblem);
  root.server.maxConnections = MAX_CONNECTIONS;
  securityHeaders(root, site);
  routes.textFiles(root, site);
  return root;
}

/** A scope in which every route must say who may call it, and is described. */
function api(root: App, site: Site, add: (scope: App) => void): void {
  root.register(async (plain) => {
    await plain.register(fastifySwagger, {
      openapi: { openapi: '3.1.0', info: { title: 'Holdfast', version: site.config.version } },
    });
    await plain.register(fastifyRateLimit, { global: false, cache: 50_000 });
    const scope = plain.withTypeProvider<TypeBoxTypeProvider>();
    accessControl(scope, site);
    routes.healthRoute(scope, site);
    routes.openapiRoute(scope);
    add(scope);
  });
}
