/** Every failure becomes problem details (RFC 9457): a code, a title, a request id; never a reason from inside. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEMS, type Problem, type ProblemCode } from '../../shared/protocol/index.ts';
import { Refusal } from '../domain/index.ts';
import { logFailure } from './request-log.ts';

/** Failures that the operator should see the cause of. */
const OURS: ReadonlySet<ProblemCode> = new Set<ProblemCode>(['internal', 'unavailable', 'server-full', 'pack-damaged']);

export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (OURS.has(refusal.problem)) logFailure(request, refusal.cause ?? refusal, refusal.problem);
  const { status, title } = PROBLEMS[refusal.problem];
  if (refusal.retryAfterMs !== undefined) reply.header('retry-after', Math.ceil(refusal.retryAfterMs / 1_000));
  const problem: Problem = {
    type: `urn:holdfast:problem:${refusal.problem}`,
    title,
    status,
    code: refusal.problem,
    requestId: request.id,
    ...(refusal.missing === undefined ? {} : { missing: [...refusal.missing] }),
    ...(refusal.head === undefined ? {} : { head: refusal.head }),
  };
  return reply
    .code(status)
    .type('application/problem+json')
    .serializer((value: unknown) => JSON.stringify(value))
    .send(problem);
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof Error)) return new Refusal('internal', { cause: error });
  if ('code' in error && error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Refusal('too-large');
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status === 404 || status === 403) return new Refusal('not-found');
  if (status >= 400 && status < 500) return new Refusal('bad-request');
  return new Refusal(status === 503 ? 'unavailable' : 'internal', { cause: error });
}
