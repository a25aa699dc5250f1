/** What this server is, how to speak to it, and whether it is well. */
import { Type } from 'typebox';
import { PROTOCOL_VERSION, ROUTES } from '../../shared/protocol/index.ts';
import { ServerInfo } from '../../shared/protocol/schemas.ts';
import type { App, Site } from '../middleware/index.ts';
import { answers } from './answers.ts';

/** Probing writes to the disk; nobody may make us do that more often. */
const HEALTH_AGE_MS = 2_000;

export function serverRoutes(app: App, { deps, config, origins }: Site): void {
  app.get(ROUTES.server, { config: { access: 'public' }, schema: { response: answers(ServerInfo) } }, async () => ({
    product: 'holdfast' as const,
    version: config.version,
    protocol: PROTOCOL_VERSION,
    serverId: deps.secrets.serverId,
    registration: config.registration,
    shareOrigin: origins().share,
    quotaBytes: config.quotaBytes,
  }));
}

export function openapiRoute(app: App): void {
  app.get(ROUTES.openapi, { config: { access: 'public' }, schema: { hide: true } }, async () => app.swagger());
}

const Part = Type.Union([Type.Literal('database'), Type.Literal('packs')]);
const Health = Type.Object({ status: Type.Literal('ok') });
const Illness = Type.Object({ status: Type.Literal('failing'), failing: Type.Array(Part) });
type Illness = { status: 'failing'; failing: ('database' | 'packs')[] };

export function healthRoute(app: App, { deps }: Site): void {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let failing: Promise<Illness['failing']> = Promise.resolve([]);
  app.get(
    ROUTES.health,
    { config: { access: 'public' }, schema: { response: { 200: Health, 503: Illness } } },
    async (_request, reply) => {
      if (deps.clock.now() - checkedAt >= HEALTH_AGE_MS) {
        checkedAt = deps.clock.now();
        failing = probe(deps);
      }
      const parts = await failing;
      if (parts.length === 0) return { status: 'ok' as const };
      return reply.code(503).send({ status: 'failing', failing: parts });
    },
  );
}

async function probe({ metadata, packs }: Site['deps']): Promise<Illness['failing']> {
  const [database, directory] = await Promise.allSettled([metadata.probe(), packs.probe()]);
  return [
    ...(database.status === 'rejected' ? (['database'] as const) : []),
    ...(directory.status === 'rejected' ? (['packs'] as const) : []),
  ];
}
