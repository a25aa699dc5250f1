/**
 * Opens this device's session and its archiver: the only place of the extension that joins account, client and archiver.
 * The bearer token lives in this worker's memory alone.
 */
import { type AccountPorts, renewToken, resumeSession } from '../../shared/account/index.ts';
import { type Archiver, createArchiver } from '../../shared/archiver/index.ts';
import {
  createFetchTransport,
  createKeyStore,
  randomFraction,
  systemClock,
  systemRandom,
} from '../../shared/browser/index.ts';
import { createChunker } from '../../shared/chunker/index.ts';
import { createApi, type Transport, withAuth, withRetry } from '../../shared/client/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';

/** E_SESSION when nobody is signed in on this device; else what `resumeSession` rejects with. */
export async function openEngine(): Promise<Archiver> {
  const keyStore = createKeyStore();
  const device = await keyStore.load();
  if (device === null) throw new HoldfastError('E_SESSION', 'nobody is signed in on this device');
  const bearer: { token: string | null } = { token: null };
  const plain = createFetchTransport({ baseUrl: device.serverUrl, credentials: 'omit' });
  const ports = (transport: Transport): AccountPorts => ({
    api: createApi(withRetry(transport, { sleep: systemClock.sleep, random: randomFraction })),
    keyStore,
    clock: systemClock,
    random: systemRandom,
    client: 'extension',
    serverUrl: device.serverUrl,
    deviceName: deviceName(navigator.userAgent),
    useToken: (token) => {
      bearer.token = token;
    },
  });
  const source = { token: async () => bearer.token, renew: () => renewToken(ports(plain)) };
  const session = await resumeSession(ports(withAuth(plain, source)));
  return createArchiver({
    vault: session.vault,
    domain: session.domain,
    indexKey: session.vaultKeys.index,
    deviceId: session.deviceId,
    api: session.ports.api,
    clock: systemClock,
    random: systemRandom,
    chunker: await createChunker(session.domain.chunkerSecret),
  });
}

const BROWSERS = [
  ['Edge', /\bEdg\//],
  ['Firefox', /\bFirefox\//],
  ['Chrome', /\bChrom(e|ium)\//],
] as const;
const SYSTEMS = [
  ['Windows', /Windows/],
  ['ChromeOS', /\bCrOS\b/],
  ['Android', /Android/],
  ['macOS', /Mac OS X|Macintosh/],
  ['Linux', /Linux/],
] as const;

/** "Firefox on Linux": what this device is called in the account. */
function deviceName(userAgent: string): string {
  const browser = BROWSERS.find(([, pattern]) => pattern.test(userAgent))?.[0] ?? 'Browser';
  const system = SYSTEMS.find(([, pattern]) => pattern.test(userAgent))?.[0];
  return system === undefined ? browser : `${browser} on ${system}`;
}
