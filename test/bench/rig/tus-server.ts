/** @tus/server with its file store. Run with the folder of the peers and a folder for what is uploaded; prints its port. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Tus {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

const [peers = '', directory = ''] = process.argv.slice(2);
const { resolve } = createRequire(join(peers, 'package.json'));
const load = (name: string): Promise<unknown> => import(pathToFileURL(resolve(name)).href);

const { FileStore } = (await load('@tus/file-store')) as { FileStore: new (options: { directory: string }) => unknown };
const { Server } = (await load('@tus/server')) as {
  Server: new (options: { path: string; datastore: unknown }) => Tus;
};
const tus = new Server({ path: '/files', datastore: new FileStore({ directory }) });
const server = createServer((request, response) => void tus.handle(request, response));
server.listen(0, '127.0.0.1', () => {
  const bound = server.address();
  console.log(typeof bound === 'object' && bound?.port);
});
