/** Stands between browser and server and counts the bytes of packs that were sent, whether they arrived whole or not. */
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PACK_HEADER } from '../../../shared/protocol/index.ts';

export interface CountingProxy {
  readonly url: string;
  /** Bytes of bodies of packs so far. */
  sent(): number;
  close(): Promise<void>;
}

/** Passes everything on to `target`. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  let sent = 0;
  const server = createServer((asked, answer) => {
    if (asked.headers[PACK_HEADER] !== undefined) {
      asked.on('data', (piece: Buffer) => {
        sent += piece.length;
      });
    }
    passOn(target, asked, answer);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What breaks on one side breaks on the other. */
function passOn(target: string, asked: IncomingMessage, answer: ServerResponse): void {
  const { method = 'GET', headers, url = '/' } = asked;
  const passed = request(target + url, { method, headers });
  asked.pipe(passed);
  asked.on('error', () => passed.destroy());
  answer.on('close', () => passed.destroy());
  passed.on('error', () => answer.destroy());
  passed.on('response', (reply) => {
    answer.writeHead(reply.statusCode ?? 502, reply.headers);
    reply.pipe(answer);
    reply.on('error', () => answer.destroy());
  });
}
