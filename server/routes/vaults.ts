/** Vaults and their logs. */
import { Type } from 'typebox';
import { type Head, headTag, ROUTES } from '../../shared/protocol/index.ts';
import {
  APPEND_BODY_LIMIT,
  AppendAnswer,
  AppendRequest,
  Id16,
  LogPage,
  LogReadRequest,
  VaultList,
} from '../../shared/protocol/schemas.ts';
import { appendToLog, listVaults, Refusal, readLog } from '../domain/index.ts';
import { type App, type Site, signedIn } from '../middleware/index.ts';
import { answers } from './answers.ts';

const SESSION = { config: { access: 'session' } } as const;
const Params = Type.Object({ vault: Id16 });

export function vaultRoutes(app: App, { deps }: Site): void {
  app.get(ROUTES.vaults, { ...SESSION, schema: { response: answers(VaultList) } }, async (request) =>
    listVaults(deps, signedIn(request).accountId),
  );
  app.post(
    ROUTES.logRead,
    { ...SESSION, schema: { params: Params, body: LogReadRequest, response: answers(LogPage) } },
    async (request, reply) => {
      const page = await readLog(deps, signedIn(request).accountId, request.params.vault, request.body);
      reply.header('etag', headTag(page.head.seq, page.head.hash));
      return page;
    },
  );
  app.post(
    ROUTES.log,
    {
      ...SESSION,
      bodyLimit: APPEND_BODY_LIMIT,
      schema: { params: Params, body: AppendRequest, response: answers(AppendAnswer) },
    },
    async (request, reply) => {
      const expected = expectedHead(request.headers['if-match']);
      const head = await appendToLog(deps, signedIn(request).accountId, request.params.vault, expected, request.body);
      reply.header('etag', headTag(head.seq, head.hash));
      return { head };
    },
  );
}

function expectedHead(tag: string | undefined): Head {
  if (tag === undefined) throw new Refusal('precondition-required');
  const [, seq, hash] = /^"(\d{1,15})\.([0-9a-f]{64})"$/.exec(tag) ?? [];
  if (seq === undefined || hash === undefined) throw new Refusal('bad-request');
  return { seq: Number(seq), hash };
}
