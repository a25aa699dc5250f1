/**
 * The world outside this machine, for a Firefox under test: a proxy that everything but loopback goes through, which notes
 * who was asked for and refuses. Unlike what a debugging protocol hears, it misses no background page and no worker.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Outside {
  readonly preferences: Readonly<Record<string, string | number>>;
  /** Host names, in order. */
  readonly asked: readonly string[];
  close(): void;
}

export async function startOutside(): Promise<Outside> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '').hostname);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    asked.push((request.url ?? '').replace(/:\d+$/, ''));
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    preferences: {
      'network.proxy.type': 1,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': port,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': port,
      'network.proxy.no_proxies_on': 'localhost, 127.0.0.1',
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
