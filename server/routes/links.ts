/** Links, for their owner. */
import { Type } from 'typebox';
import { MAX_LINK_RECORD, ROUTES } from '../../shared/protocol/index.ts';
import { Empty, Id16, LinkCreateRequest, LinkList, LinkPolicy } from '../../shared/protocol/schemas.ts';
import { createLink, deleteLink, editLink, listLinks } from '../domain/index.ts';
import { type App, type Site, signedIn } from '../middleware/index.ts';
import { answers } from './answers.ts';

const SESSION = { config: { access: 'session' } } as const;
const Params = Type.Object({ lookup: Id16 });
/** The largest record as base64url, and the rest of the request. */
const LINK_BODY_LIMIT = Math.ceil((MAX_LINK_RECORD * 4) / 3) + 4_096;

export function linkRoutes(app: App, { deps }: Site): void {
  app.get(ROUTES.links, { ...SESSION, schema: { response: answers(LinkList) } }, async (request) =>
    listLinks(deps, signedIn(request).accountId),
  );
  app.post(
    ROUTES.links,
    { ...SESSION, bodyLimit: LINK_BODY_LIMIT, schema: { body: LinkCreateRequest, response: answers(Empty) } },
    async (request) => {
      await createLink(deps, signedIn(request).accountId, request.body);
      return {};
    },
  );
  app.put(
    ROUTES.linkById,
    { ...SESSION, schema: { params: Params, body: LinkPolicy, response: answers(Empty) } },
    async (request) => {
      await editLink(deps, signedIn(request).accountId, request.params.lookup, request.body);
      return {};
    },
  );
  app.delete(ROUTES.linkById, { ...SESSION, schema: { params: Params, response: answers(Empty) } }, async (request) => {
    await deleteLink(deps, signedIn(request).accountId, request.params.lookup);
    return {};
  });
}
