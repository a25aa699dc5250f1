/** People with devices, over a whole server in this process: what account and share tests begin with. */
import type { AccountPorts, Session } from '../../shared/account/index.ts';
import { renewToken } from '../../shared/account/index.ts';
import { prepareSignUp, signUp } from '../../shared/account/sign-in.ts';
import { systemClock } from '../../shared/browser/index.ts';
import { type Api, createApi, withAuth } from '../../shared/client/index.ts';
import { random } from './fixtures.ts';
import { createMemoryKeyStore } from './memory-key-store.ts';
import type { Shelf } from './shelf.ts';

export const PASSWORD = 'marsh-violin-ketchup-thirty-owl';

/** One device's surroundings. `evil` may answer in the server's place. */
export function portsOn(
  shelf: Shelf,
  evil: (api: Api) => Partial<Api> = () => ({}),
  keyStore = createMemoryKeyStore(),
) {
  let bearer: string | null = null;
  let bearerOf: string | null = null;
  const ports = (api: Api): AccountPorts => ({
    api: { ...api, ...evil(api) },
    keyStore,
    clock: systemClock,
    random,
    client: 'extension',
    serverUrl: shelf.url,
    deviceName: 'a test',
    useToken: (token, deviceId = null) => {
      bearer = token;
      bearerOf = deviceId;
    },
  });
  const renewing = ports(createApi(shelf.transport));
  return ports(
    createApi(withAuth(shelf.transport, { token: async () => bearer, renew: () => renewToken(renewing, bearerOf) })),
  );
}

export interface Person {
  readonly name: string;
  readonly words: string;
  readonly ports: AccountPorts;
  readonly session: Session;
}

/** Signs somebody up with PASSWORD. */
export async function newPerson(shelf: Shelf, name: string, ports = portsOn(shelf)): Promise<Person> {
  const pending = prepareSignUp(ports, name, PASSWORD);
  return { name, words: pending.words.join(' '), ports, session: await signUp(ports, pending) };
}
