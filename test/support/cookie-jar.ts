/** Keeps the server's cookie as a browser would, for tests that play the web app in Node. */
import type { Transport } from '../../shared/client/index.ts';

export function withCookies(transport: Transport): Transport {
  let cookie: string | null = null;
  return {
    async send(request) {
      const headers = { ...request.headers, ...(cookie !== null && { cookie }) };
      const response = await transport.send({ ...request, headers });
      const set = response.header('set-cookie');
      if (set !== null) cookie = /max-age=0|expires=thu, 01 jan 1970/i.test(set) ? null : (set.split(';')[0] ?? null);
      return response;
    },
  };
}
