/**
 * The log: one line for each answer with the route's template, never the path; no address, no name, no id of anything.
 * Errors are logged by type, code and place: their texts may quote a path or a value.
 */
import type { FastifyServerOptions } from 'fastify';
import type { App, Site } from './site.ts';

export function loggerOptions({ config, log }: Site): NonNullable<FastifyServerOptions['logger']> {
  return {
    level: config.logLevel,
    base: null,
    serializers: { err: errorLine, req: () => ({}), res: () => ({}) },
    ...(log === undefined ? {} : { stream: log }),
  };
}

function errorLine(error: Error): { type: string; message: string; stack: string; code: unknown } {
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = 'errcode' in error ? error.errcode : 'code' in error ? error.code : undefined;
  return { type: error.name, message: '', stack: frames.join('\n'), code };
}

export function logAnswers(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info({
      route: request.routeOptions.url ?? null,
      method: request.method,
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    });
  });
}
