/**
 * A whole server in this process: both origins listening on free ports, a directory of its own, a clock that tests move.
 * For tests of what clients and server agree on; tests of crashes start a real process instead.
 */

import { app, shareApp } from '../../server/app.ts';
import { readConfig } from '../../server/config.ts';
import { openDataDirectory } from '../../server/data-directory.ts';
import { deps } from '../../server/domain/index.ts';
import { createFetchTransport } from '../../shared/browser/index.ts';
import type { Transport } from '../../shared/client/index.ts';
import { removeFolder, temporaryFolder } from './folders.ts';

export interface Shelf {
  /** Address of the app's origin. */
  readonly url: string;
  readonly transport: Transport;
  readonly shareTransport: Transport;
  /** Moves the server's clock on. */
  pass(ms: number): void;
  close(): Promise<void>;
}

const RATES = ['LOGIN_PER_MIN', 'REGISTRATION_PER_HOUR', 'RECOVERY_PER_MIN', 'SHARE_PER_MIN'];
const GENEROUS = Object.fromEntries(RATES.map((rate) => [`HOLDFAST_RATE_${rate}`, '10000']));

export async function openShelf(env: Readonly<Record<string, string>> = {}): Promise<Shelf> {
  const dataDirectory = await temporaryFolder('shelf');
  const config = readConfig({ HOLDFAST_DATA: dataDirectory, HOLDFAST_LOG_LEVEL: 'silent', ...GENEROUS, ...env });
  const data = await openDataDirectory(config);
  let ahead = 0;
  const origins = { app: '', share: '' };
  const clock = { now: () => Date.now() + ahead };
  const site = { config, deps: deps({ ...data, clock, settings: config }), origins: () => origins };
  const servers = [app(site), shareApp(site)] as const;
  const [appUrl, shareUrl] = await Promise.all(servers.map((server) => server.listen({ host: '127.0.0.1', port: 0 })));
  origins.app = appUrl ?? '';
  origins.share = shareUrl ?? '';
  return {
    url: origins.app,
    transport: createFetchTransport({ baseUrl: origins.app, credentials: 'omit' }),
    shareTransport: createFetchTransport({ baseUrl: origins.share, credentials: 'omit' }),
    pass: (ms) => {
      ahead += ms;
    },
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await data.close();
      await removeFolder(dataDirectory);
    },
  };
}
