/**
 * The least a server can do with a pack: receive, hash, write, sync, rename, sync the directory, answer. No sessions, no
 * database, no limits. Run with a data folder; prints its port.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';

const BLOCK_BYTES = 1_048_576;
const [root = ''] = process.argv.slice(2);

async function put(request: IncomingMessage, id: string): Promise<boolean> {
  const folder = join(root, id.slice(0, 2));
  await mkdir(folder, { recursive: true });
  const draft = join(root, randomUUID());
  const file = await open(draft, 'wx');
  const hash = createHash('sha256');
  let blocks: Buffer[] = [];
  let gathered = 0;
  const flush = async () => {
    const writing = file.writev(blocks);
    for (const block of blocks) hash.update(block);
    blocks = [];
    gathered = 0;
    await writing;
  };
  for await (const block of request) {
    blocks.push(block);
    gathered += block.length;
    if (gathered >= BLOCK_BYTES) await flush();
  }
  await flush();
  await file.datasync();
  await file.close();
  if (hash.digest('hex') !== id) return false;
  await rename(draft, join(folder, id));
  const directory = await open(folder);
  await directory.sync();
  await directory.close();
  return true;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const id = (request.url ?? '').slice(-64);
  if (request.method === 'PUT') response.writeHead((await put(request, id)) ? 200 : 422).end();
  else response.end(await readFile(join(root, id.slice(0, 2), id)));
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address?.port);
});
