/**
 * Runs code of ours, or of a peer, in a worker of a page in real Chromium: bundled when asked for, served from this process,
 * kept nowhere. A file of test/bench/pages exports `run`, which takes and gives plain values.
 */
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { build } from 'vite';
import { at } from '../../../.ci/project.ts';
import { ChromiumRig } from '../../support/browser/index.ts';

export interface Workbench {
  /** In a fresh worker. */
  run<T>(page: string, input: unknown): Promise<T>;
  close(): Promise<void>;
}

const HTML = `<!doctype html><meta charset="utf-8"><title>bench</title><script>
globalThis.inWorker = (name, input) => new Promise((resolve, reject) => {
  const worker = new Worker('/' + name + '.js', { type: 'module' });
  const end = (settle) => (event) => { worker.terminate(); settle(event); };
  worker.onmessage = end(({ data }) => ('error' in data ? reject(new Error(data.error)) : resolve(data.result)));
  worker.onerror = end((event) => reject(new Error(event.message)));
  worker.postMessage(input);
});
</script>`;

/**
 * @param peers folder whose node_modules the pages may import from
 * @param args more command line switches of Chromium
 */
export async function openWorkbench(
  pages: readonly string[],
  peers: string | null = null,
  args: readonly string[] = [],
): Promise<Workbench> {
  const scripts = new Map<string, string>(
    await Promise.all(pages.map(async (name) => [`/${name}.js`, await bundle(name, peers)] as const)),
  );
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? '');
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(script ?? HTML);
  });
  const rig = await ChromiumRig.launch({ extension: null, netLog: false, args });
  const page = await rig.open(await listening(server));
  return {
    run: async <T>(name: string, input: unknown) =>
      (await page.evaluate(`inWorker(${JSON.stringify(name)}, ${JSON.stringify(input)})`)) as T,
    async close() {
      await rig.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listening(server: Server): Promise<string> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const bound = server.address();
      resolve(`http://127.0.0.1:${typeof bound === 'object' ? bound?.port : ''}`);
    });
  });
}

/** What packages that are written for Node too import and do not use in a browser. */
const NODE_ONLY: Readonly<Record<string, string>> = {
  os: `export default { tmpdir: () => '' };`,
  'fs-extra': 'export default {};',
};

/** One script: the page, and what answers the message that the worker is given. */
async function bundle(name: string, peers: string | null): Promise<string> {
  const entry = '\0entry';
  const built = await build({
    configFile: false,
    root: at('test/bench/pages'),
    publicDir: false,
    logLevel: 'error',
    define: { global: 'globalThis', 'process.env.NODE_DEBUG': '""' },
    plugins: [
      {
        name: 'entry',
        enforce: 'pre',
        resolveId(id, importer) {
          if (id === entry) return id;
          if (id in NODE_ONLY) return `\0${id}`;
          const bare = /^[@a-z]/.test(id) && (importer ?? '').startsWith(at('test/bench/pages'));
          return bare && peers !== null ? this.resolve(id, join(peers, 'package.json'), { skipSelf: true }) : null;
        },
        load(id) {
          const stub = NODE_ONLY[id.slice(1)];
          if (id !== entry) return stub ?? null;
          return `import { run } from ${JSON.stringify(at('test/bench/pages', `${name}.ts`))};
            onmessage = ({ data }) => run(data).then(
              (result) => postMessage({ result }),
              (error) => postMessage({ error: String(error?.stack ?? error) }),
            );`;
        },
      },
    ],
    build: {
      write: false,
      minify: false,
      target: 'esnext',
      rolldownOptions: { input: entry, output: { codeSplitting: false, format: 'es' } },
    },
  });
  const output = Array.isArray(built) ? built[0] : built;
  const chunk = output !== undefined && 'output' in output ? output.output[0] : undefined;
  if (chunk?.type !== 'chunk') throw new Error(`no script came of ${name}`);
  return chunk.code;
}
