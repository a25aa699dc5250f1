/** What both listeners are made from, and the Fastify types the routes are written against. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { Config } from '../config.ts';
import type { Deps, SessionRecord } from '../domain/index.ts';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export interface Origins {
  readonly app: string;
  readonly share: string;
}

export interface Site {
  readonly deps: Deps;
  readonly config: Config;
  /** Known once the ports are. */
  readonly origins: () => Origins;
  /** Where log lines go; standard output when left out. */
  readonly log?: { write(line: string): void };
}

/** Who may call a route. A route that does not say is refused at start. */
export type Access = 'public' | 'session' | 'ticket';

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyRequest {
    session: SessionRecord | null;
    ticket: string | null;
  }
}
