/** Packs of a vault, up and down. Bodies are streamed: no pack is ever whole in memory. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { MAX_PACK, RANGE_ALIGN, ROUTES } from '../../shared/protocol/index.ts';
import { Id16, PackAnswer, PackId, PackIds, PacksMissingAnswer } from '../../shared/protocol/schemas.ts';
import { type OpenedPack, openPack, putPack, Refusal, vaultOf } from '../domain/index.ts';
import { type App, type Site, signedIn } from '../middleware/index.ts';
import { answers } from './answers.ts';

const SESSION = { config: { access: 'session' } } as const;
const Params = Type.Object({ vault: Id16, pack: PackId });
/** 4,096 ids of 64 digits with their punctuation. */
const IDS_BODY_LIMIT = 300_000;

export function packRoutes(app: App, { deps }: Site): void {
  app.post(
    ROUTES.packsMissing,
    {
      ...SESSION,
      bodyLimit: IDS_BODY_LIMIT,
      schema: { params: Type.Object({ vault: Id16 }), body: PackIds, response: answers(PacksMissingAnswer) },
    },
    async (request) => {
      const { vaultId } = await vaultOf(deps, signedIn(request).accountId, request.params.vault);
      return { missing: [...(await deps.metadata.missingPacks(vaultId, request.body.ids))] };
    },
  );
  app.get(ROUTES.pack, { ...SESSION, exposeHeadRoute: false, schema: { params: Params } }, async (request, reply) => {
    const { vault, pack } = request.params;
    const { vaultId } = await vaultOf(deps, signedIn(request).accountId, vault);
    return sendPack(reply, pack, await openPack(deps, vaultId, pack, rangeOf(request)));
  });
}

/** In a scope of its own, because here a body of any type is taken as it comes. */
export function packUploadRoute(app: App, { deps }: Site): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.put(
    ROUTES.pack,
    { ...SESSION, schema: { params: Params, response: answers(PackAnswer) } },
    async (request, reply) => {
      const size = declaredSize(request, reply);
      const { vault, pack } = request.params;
      const address = { accountId: signedIn(request).accountId, vaultId: vault, packId: pack };
      await putPack(deps, address, size, uploaded(request));
      return { id: pack };
    },
  );
}

function declaredSize(request: FastifyRequest, reply: FastifyReply): number {
  const declared = request.headers['content-length'];
  if (declared === undefined) throw new Refusal('length-required');
  const size = Number(declared);
  if (size <= MAX_PACK) return size;
  // the rest is not worth reading
  reply.header('connection', 'close');
  throw new Refusal('too-large');
}

/** The request's bytes. Giving up early leaves the connection open, so that the refusal can still be read. */
async function* uploaded(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  try {
    yield* request.raw.iterator({ destroyOnReturn: false });
  } catch (cause) {
    throw new Refusal('bad-request', { cause });
  }
}

export function rangeOf(request: FastifyRequest): (size: number) => { start: number; end: number } {
  const { range } = request.headers;
  return (size) => {
    if (range === undefined) return { start: 0, end: size };
    const [, first, last] = /^bytes=(\d{1,10})-(\d{1,10})$/.exec(range) ?? [];
    const [start, end] = [Number(first), Number(last) + 1];
    if (start < end && end <= size && start % RANGE_ALIGN === 0 && end % RANGE_ALIGN === 0) return { start, end };
    throw new Refusal('range-invalid');
  };
}

export function sendPack(reply: FastifyReply, packId: string, pack: OpenedPack): FastifyReply {
  const { size, start, end, blocks } = pack;
  const partial = end - start < size;
  if (partial) reply.code(206).header('content-range', `bytes ${start}-${end - 1}/${size}`);
  return reply
    .headers({
      'accept-ranges': 'bytes',
      'content-length': end - start,
      'content-type': 'application/octet-stream',
      etag: `"${packId}"`,
    })
    .send(Readable.from(blocks, { objectMode: false }));
}
