/** Packs of a vault, up and down. Bodies are streamed: no pack is ever whole in memory. */
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AUDIT_KEY_BYTES, MAX_PACK, PACK_HEADER, RANGE_ALIGN, ROUTES } from '../../shared/protocol/index.ts';
import {
  Id16,
  PackAnswer,
  PackId,
  PackIds,
  PacksChallengeAnswer,
  PacksChallengeRequest,
  PacksMissingAnswer,
} from '../../shared/protocol/schemas.ts';
import {
  answerChallenge,
  decode,
  encode,
  type OpenedPack,
  openPack,
  putPack,
  Refusal,
  vaultOf,
} from '../domain/index.ts';
import { type App, limit, logFailure, MINUTE_MS, type Site, signedIn } from '../middleware/index.ts';
import { answers } from './answers.ts';

const SESSION = { config: { access: 'session' } } as const;
const Params = Type.Object({ vault: Id16 });
/** 4,096 ids of 64 digits with their punctuation. */
const IDS_BODY_LIMIT = 300_000;
/** 100 ids and keys with their punctuation. */
const CHALLENGE_BODY_LIMIT = 16_384;
/** Challenges of an account: each may read 6.4 MiB and send next to nothing. A device asks ten times a day. */
const CHALLENGES_PER_MINUTE = 30;

export function packRoutes(app: App, { deps }: Site): void {
  app.post(
    ROUTES.packsMissing,
    {
      ...SESSION,
      bodyLimit: IDS_BODY_LIMIT,
      schema: { params: Params, body: PackIds, response: answers(PacksMissingAnswer) },
    },
    async (request) => {
      const { vaultId } = await vaultOf(deps, signedIn(request).accountId, request.params.vault);
      return { missing: [...(await deps.metadata.missingPacks(vaultId, request.body.ids))] };
    },
  );
  app.post(
    ROUTES.packsChallenge,
    {
      ...SESSION,
      onRequest: limit(app, CHALLENGES_PER_MINUTE, MINUTE_MS, (request) => signedIn(request).accountId),
      bodyLimit: CHALLENGE_BODY_LIMIT,
      schema: {
        params: Params,
        body: PacksChallengeRequest,
        response: answers(PacksChallengeAnswer),
      },
    },
    async (request) => {
      const { vaultId } = await vaultOf(deps, signedIn(request).accountId, request.params.vault);
      const asked = request.body.challenges.map(({ pack, key }) => ({ pack, key: decode(key, AUDIT_KEY_BYTES) }));
      const given: (string | null)[] = [];
      // One after the other: a challenge never holds more than one part of one pack.
      for (const { pack, key } of asked) {
        const mac = await answerChallenge(deps, vaultId, pack, key);
        given.push(mac === null ? null : encode(mac));
      }
      return { answers: given };
    },
  );
  app.post(
    ROUTES.packsRead,
    { ...SESSION, schema: { params: Params, body: Type.Object({ pack: PackId }, { additionalProperties: false }) } },
    async (request, reply) => {
      const { pack } = request.body;
      const { vaultId } = await vaultOf(deps, signedIn(request).accountId, request.params.vault);
      return sendPack(reply, pack, await openPack(deps, vaultId, pack, rangeOf(request)));
    },
  );
}

/** In a scope of its own, because here a body of any type is taken as it comes. */
export function packUploadRoute(app: App, { deps }: Site): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _payload, done) => done(null));
  app.post(
    ROUTES.packs,
    {
      ...SESSION,
      schema: { params: Params, headers: Type.Object({ [PACK_HEADER]: PackId }), response: answers(PackAnswer) },
    },
    async (request, reply) => {
      const size = declaredSize(request, reply);
      const pack = request.headers[PACK_HEADER];
      const address = { accountId: signedIn(request).accountId, vaultId: request.params.vault, packId: pack };
      try {
        await putPack(deps, address, size, request.raw.iterator({ destroyOnReturn: false }));
      } catch (cause) {
        // Browsers hear an answer only when they have sent all: the rest is taken in, and the connection serves on.
        request.raw.resume();
        throw request.raw.readableAborted ? new Refusal('bad-request', { cause }) : cause;
      }
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

/**
 * Written to the connection block by block and not through a stream, because only the connection knows when a block is
 * on its way and its memory can serve the next one.
 */
export function sendPack(reply: FastifyReply, packId: string, pack: OpenedPack): FastifyReply {
  const { size, start, end } = pack;
  const partial = end - start < size;
  if (partial) reply.header('content-range', `bytes ${start}-${end - 1}/${size}`);
  reply.headers({
    'accept-ranges': 'bytes',
    'content-length': end - start,
    'content-type': 'application/octet-stream',
    etag: `"${packId}"`,
  });
  reply.hijack();
  reply.raw.writeHead(partial ? 206 : 200, reply.getHeaders() as OutgoingHttpHeaders);
  void pour(reply, pack.blocks);
  return reply;
}

/** A pack that breaks off ends the connection, so that what came of it is never taken for all. */
async function pour({ raw, request }: FastifyReply, blocks: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const block of blocks) {
      await written(raw, block);
      if (raw.destroyed) return;
    }
    raw.end();
  } catch (error) {
    logFailure(request, error, 'broke off');
    raw.destroy();
  }
}

/** Resolves when nothing looks at the block any more: it was sent, or its connection is gone. */
function written(raw: ServerResponse, block: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      raw.off('close', done);
      resolve();
    };
    if (raw.destroyed) return resolve();
    raw.once('close', done);
    raw.write(block, done);
  });
}
