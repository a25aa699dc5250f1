/** Serves the preview as the product's server serves the pages: two origins, the full set of headers, nothing else. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The policy that the server sends with every page. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; style-src 'self'; " +
  "img-src 'self' blob:; media-src blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-src 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types ebk1-url";

const HEADERS = {
  'content-security-policy': POLICY,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'integrity-policy': 'blocked-destinations=(script style)',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
};

export interface Preview {
  /** Address without a slash at the end. */
  readonly url: string;
  close(): void;
}

/** Serves one built site; port 0 takes a free one. */
export async function servePreview(folder: string, port = 0): Promise<Preview> {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://preview').pathname);
    const file = extname(path) === '' ? 'index.html' : path;
    const content = path.startsWith('/dl/') ? null : await readFile(join(folder, file)).catch(() => null);
    response.writeHead(content === null ? 404 : 200, {
      ...HEADERS,
      'content-type': TYPES[extname(file)] ?? 'text/plain',
    });
    response.end(content);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
