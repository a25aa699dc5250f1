/** A site of somebody else's: documents behind a cookie sign-in, and a file to download. Loopback only. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

export interface Documents {
  readonly report: Buffer;
  readonly image: Buffer;
  readonly statement: Buffer;
}

const SIGN_IN =
  '<!doctype html><title>Sign in</title><form method=post><input type=password name=p><button>In</button></form>';
const PAGE =
  '<!doctype html><title>Your bank</title><a id=report href="/private/report.pdf">Report</a>' +
  '<img id=photo src="/private/photo.png"><a id=get href="/private/statement.csv">Statement</a>';

/** `/sign-in` sets an HttpOnly, SameSite=Lax cookie when posted to; everything under `/private` and `/home` wants it. */
export async function startSite(documents: Documents): Promise<Site> {
  const files: Record<string, { type: string; body: Buffer; attachment?: boolean }> = {
    '/private/report.pdf': { type: 'application/pdf', body: documents.report },
    '/private/photo.png': { type: 'image/png', body: documents.image },
    '/private/statement.csv': { type: 'text/csv', body: documents.statement, attachment: true },
    '/home': { type: 'text/html', body: Buffer.from(PAGE) },
  };
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const path = request.url ?? '/';
    if (path === '/sign-in') {
      if (request.method === 'POST') response.setHeader('set-cookie', 'who=ada; HttpOnly; SameSite=Lax; Path=/');
      response.setHeader('content-type', 'text/html').end(SIGN_IN);
      return;
    }
    const file = files[path];
    if (file === undefined) return void response.writeHead(404).end();
    if (!request.headers.cookie?.includes('who=ada'))
      return void response.writeHead(302, { location: '/sign-in' }).end();
    response.setHeader('content-type', file.type);
    response.setHeader('content-length', file.body.length);
    if (file.attachment) response.setHeader('content-disposition', 'attachment; filename="statement 2026.csv"');
    response.end(file.body);
  };
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
