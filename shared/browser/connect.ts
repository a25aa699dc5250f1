/** Joins key store, transport and sign-in for a browser context: what every worker that acts for the account starts from. */
import { type AccountPorts, renewToken } from '../account/index.ts';
import type { KeyStore } from '../account/ports.ts';
import { createApi, type Transport, withAuth, withPace, withRetry } from '../client/index.ts';
import { systemClock } from './clock.ts';
import { createFetchTransport } from './fetch-transport.ts';
import { randomFraction, systemRandom } from './random.ts';

export interface ConnectOptions {
  readonly client: 'web' | 'extension';
  readonly serverUrl: string;
  /** What a device enrolled here is called. */
  readonly deviceName: string;
  readonly keyStore: KeyStore;
  /** Bytes a second that may be sent, null for as many as the road carries; asked before each pack. */
  readonly uploadLimit?: () => number | null;
}

/** The bearer token lives in the memory of this context alone; on the web there is none, the cookie does it. */
export function connectAccount(options: ConnectOptions): AccountPorts {
  const { client, serverUrl, deviceName, keyStore, uploadLimit = () => null } = options;
  let bearer: string | null = null;
  let bearerOf: string | null = null;
  const plain = createFetchTransport({ baseUrl: serverUrl, credentials: client === 'web' ? 'same-origin' : 'omit' });
  const portsOver = (transport: Transport): AccountPorts => ({
    api: createApi(withRetry(transport, { sleep: systemClock.sleep, random: randomFraction })),
    keyStore,
    clock: systemClock,
    random: systemRandom,
    client,
    serverUrl,
    deviceName,
    useToken: (token, deviceId = null) => {
      bearer = token;
      bearerOf = deviceId;
    },
  });
  const source = { token: async () => bearer, renew: () => renewToken(portsOver(plain), bearerOf) };
  return portsOver(withAuth(withPace(plain, { clock: systemClock, limit: uploadLimit }), source));
}
