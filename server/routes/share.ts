/** Links, for whoever holds one. Served on the share origin only; reading counts nothing, a ticket counts one download. */
import { Type } from 'typebox';
import { ROUTES } from '../../shared/protocol/index.ts';
import { Empty, PackId, ShareProof, ShareRecord, ShareTicket } from '../../shared/protocol/schemas.ts';
import { completeShare, openShare, openSharedPack, takeTicket } from '../domain/index.ts';
import { type App, limit, MINUTE_MS, type Site, ticketOf } from '../middleware/index.ts';
import { answers } from './answers.ts';
import { rangeOf, sendPack } from './packs.ts';

const PUBLIC = { config: { access: 'public' } } as const;
const TICKET = { config: { access: 'ticket' } } as const;

export function shareRoutes(app: App, { deps, config }: Site): void {
  const proofs = limit(app, config.rates.sharePerMinute, MINUTE_MS);
  app.post(
    ROUTES.shareOpen,
    { ...PUBLIC, onRequest: proofs, schema: { body: ShareProof, response: answers(ShareRecord) } },
    async ({ body }) => openShare(deps, body),
  );
  app.post(
    ROUTES.shareTicket,
    { ...PUBLIC, onRequest: proofs, schema: { body: ShareTicket, response: answers(Empty) } },
    async ({ body: { ticket, ...proof } }) => {
      await takeTicket(deps, proof, ticket);
      return {};
    },
  );
  app.get(
    ROUTES.sharePack,
    { ...TICKET, exposeHeadRoute: false, schema: { params: Type.Object({ pack: PackId }) } },
    async (request, reply) => {
      const { pack } = request.params;
      return sendPack(reply, pack, await openSharedPack(deps, ticketOf(request), pack, rangeOf(request)));
    },
  );
  app.post(ROUTES.shareComplete, { ...TICKET, schema: { response: answers(Empty) } }, async (request) => {
    await completeShare(deps, ticketOf(request));
    return {};
  });
}
