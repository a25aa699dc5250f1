/**
 * The log: one line for each answer with the route's template, never the path; no address, no name, no id of anything.
 * Errors are logged by type, code and place only: their texts may quote a path or a value.
 */
import { type FastifyReply, type FastifyRequest, type FastifyServerOptions, LogController } from 'fastify';
import type { Site } from './site.ts';

export function loggerOptions({ config, log }: Site): NonNullable<FastifyServerOptions['logger']> {
  return {
    level: config.logLevel,
    base: null,
    serializers: { err: errorLine, req: () => ({}), res: () => ({}) },
    ...(log === undefined ? {} : { stream: log }),
  };
}

/** Replaces every line that Fastify would write by itself about a request. */
export class AnswerLog extends LogController {
  override incomingRequest(): void {}

  override requestCompleted(_error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? null;
    const ms = Math.round(reply.elapsedTime);
    request.log.info({ route, method: request.method, status: reply.statusCode, ms }, 'answered');
  }

  override defaultErrorLog(error: Error, request: FastifyRequest): void {
    logFailure(request, error, 'failed');
  }

  override streamError(error: Error, request: FastifyRequest): void {
    logFailure(request, error, 'broke off');
  }

  override routeNotFound(): void {}

  override writeHeadError(error: Error, request: FastifyRequest): void {
    logFailure(request, error, 'headers failed');
  }

  override serializerError(error: Error, request: FastifyRequest): void {
    logFailure(request, error, 'answer failed');
  }

  override serviceUnavailable(): void {}
}

/** The text is given, because without one the logger would take the error's own. */
export function logFailure(request: FastifyRequest, error: unknown, text: string): void {
  const err = error instanceof Error ? error : new TypeError();
  request.log.error({ err, route: request.routeOptions.url ?? null }, text);
}

function errorLine(error: Error): { type: string; message: string; code: unknown; stack: string } {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = 'errcode' in error ? error.errcode : 'code' in error ? error.code : undefined;
  return { type: error.name, message: '', code, stack: frames.join('\n') };
}
