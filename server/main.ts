/** Starts the server: reads the settings, opens the data directory, listens, and stops cleanly when told. */
import { app, shareApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { type DataDirectory, openDataDirectory } from './data-directory.ts';
import { deps } from './domain/index.ts';
import type { App, Origins } from './middleware/index.ts';
import { StartError } from './start-error.ts';

/** Requests in flight get this long to end. */
const STOP_MS = 10_000;
const SWEEP_MS = 100;

async function start(): Promise<void> {
  process.umask(0o077);
  const config = readConfig(process.env);
  const data = await openDataDirectory(config);
  let origins: Origins = { app: '', share: '' };
  const site = {
    config,
    deps: deps({ ...data, clock: { now: Date.now }, settings: config }),
    origins: () => origins,
  };
  const [main, share] = [app(site), shareApp(site)];
  stopOnSignal([main, share], data);
  try {
    const [mainPort, sharePort] = [
      await listen(main, config.host, config.port),
      await listen(share, config.host, config.sharePort),
    ];
    origins = {
      app: config.origin ?? address(config.host, mainPort),
      share: config.shareOrigin ?? address(config.host, sharePort),
    };
  } catch (error) {
    await stop([main, share], data);
    throw error;
  }
  warn(config);
  process.stdout.write(`holdfast listening app=${origins.app} share=${origins.share}\n`);
}

async function listen(server: App, host: string, port: number): Promise<number> {
  try {
    await server.listen({ host, port });
  } catch (cause) {
    throw new StartError(`Nothing can listen on ${host} port ${port}: it is in use or not allowed.`, cause);
  }
  const bound = server.server.address();
  return typeof bound === 'object' && bound !== null ? bound.port : port;
}

function address(host: string, port: number): string {
  return new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}`).origin;
}

function warn(config: Config): void {
  if (config.webRoot === null) say('the web app is not built: run `npm run build`. The API works without it.');
  if (config.shareRoot === null)
    say('the share page is not built: run `npm run build`. Links cannot be opened until then.');
}

function say(text: string): void {
  process.stderr.write(`holdfast: ${text}\n`);
}

function stopOnSignal(servers: readonly App[], data: DataDirectory): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      stop(servers, data).then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/** What is in flight ends; a connection that was kept alive for the next request is closed when it has had its answer. */
async function stop(servers: readonly App[], data: DataDirectory): Promise<void> {
  const sweep = setInterval(() => {
    for (const { server } of servers) server.closeIdleConnections();
  }, SWEEP_MS);
  const cutOff = setTimeout(() => {
    for (const { server } of servers) server.closeAllConnections();
  }, STOP_MS);
  await Promise.all(servers.map((server) => server.close()));
  clearTimeout(cutOff);
  clearInterval(sweep);
  await data.close();
}

start().catch((error: unknown) => {
  if (error instanceof StartError) say(error.message);
  else process.stderr.write(`holdfast: ${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
