/** Who is signed in: resume, sign-up in two steps, sign-in, sign-out. Holds the session; everything else asks it. */
import { type AccountPorts, resumeSession, type Session } from '../../shared/account/index.ts';
import {
  estimate,
  generatePassphrase,
  MIN_PASSWORD_BITS,
  type PendingSignUp as Prepared,
  prepareSignUp,
  setPassword,
  signIn,
  signInWithWords,
  signOut,
  signUp,
} from '../../shared/account/sign-in.ts';
import { connectAccount, createFetchTransport, createKeyStore, systemRandom } from '../../shared/browser/index.ts';
import { createApi } from '../../shared/client/index.ts';
import { codeOf, type ErrorCode, HoldfastError, PASSING } from '../../shared/errors/index.ts';
import type { ServerSummary, SessionStatus, VaultApi } from '../session/contract.ts';
import { deviceName } from './device-name.ts';

type AccountMethods = Pick<
  VaultApi,
  | 'status'
  | 'useServer'
  | 'newPassphrase'
  | 'estimatePassword'
  | 'beginSignUp'
  | 'finishSignUp'
  | 'cancelSignUp'
  | 'signIn'
  | 'signInWithWords'
  | 'setPassword'
  | 'signOut'
>;

const SERVER_SETTING = 'server';
const SUMMARY_MS = 5_000;
const ASKED = 3;

export class Accounts {
  readonly #client: 'web' | 'extension';
  readonly #defaultServer: string;
  readonly #onStatus: (status: SessionStatus) => void;
  readonly #keyStore = createKeyStore();
  #session: Session | null = null;
  #resuming: Promise<SessionStatus> | null = null;
  #pending: { prepared: Prepared; ask: readonly [number, number, number] } | null = null;
  #serverUrl: string | null = null;

  constructor(client: 'web' | 'extension', defaultServer: string, onStatus: (status: SessionStatus) => void) {
    this.#client = client;
    this.#defaultServer = defaultServer;
    this.#onStatus = onStatus;
  }

  /** The open session; E_LOCKED when nobody is signed in. */
  get session(): Session {
    if (this.#session === null) throw new HoldfastError('E_LOCKED', 'nobody is signed in');
    return this.#session;
  }

  readonly methods: AccountMethods = {
    status: () => {
      if (this.#session !== null) return Promise.resolve(statusOf(this.#session));
      this.#resuming ??= this.#resume().finally(() => {
        this.#resuming = null;
      });
      return this.#resuming;
    },
    useServer: (url) => this.#useServer(url),
    newPassphrase: async () => generatePassphrase(systemRandom),
    estimatePassword: async (password) => ({ ...estimate(password, []), wanted: MIN_PASSWORD_BITS }),
    beginSignUp: async (name, password) => {
      const prepared = prepareSignUp({ random: systemRandom }, name, password);
      const ask = threePositions();
      this.#pending = { prepared, ask };
      return { words: prepared.words, ask };
    },
    finishSignUp: (answers) => this.#finishSignUp(answers),
    cancelSignUp: async () => {
      this.#pending = null;
    },
    signIn: async (name, password) => this.#enter(await signIn(await this.#ports(), name, password)),
    signInWithWords: async (name, words) => this.#enter(await signInWithWords(await this.#ports(), name, words)),
    setPassword: (password) => setPassword(this.session, password),
    signOut: () => this.#signOut(),
  };

  /** To be called when another page of this browser may have signed somebody in or out. */
  async look(): Promise<void> {
    const session = this.#session;
    if (session !== null && (await this.#keyStore.load())?.deviceId !== session.device.deviceId)
      await this.expire(session);
  }

  /** Null while nobody is signed in. */
  get open(): Session | null {
    return this.#session;
  }

  /**
   * The server ended a session: the keys leave memory, and somebody has to sign in. Not when somebody has since: what was asked
   * for the one before may hear of its end late.
   */
  async expire(session: Session | null): Promise<void> {
    if (session === null || this.#session !== session) return;
    this.#session = null;
    this.#onStatus(await this.#signedOut('E_SESSION'));
  }

  async #ports(): Promise<AccountPorts> {
    const keyStore = this.#keyStore;
    this.#serverUrl ??=
      (await keyStore.load())?.serverUrl ?? (await keyStore.setting(SERVER_SETTING)) ?? this.#defaultServer;
    return this.#connect(this.#serverUrl);
  }

  #connect(serverUrl: string): AccountPorts {
    const name = deviceName(navigator.userAgent, this.#client);
    return connectAccount({ client: this.#client, serverUrl, deviceName: name, keyStore: this.#keyStore });
  }

  #enter(session: Session): SessionStatus {
    this.#session = session;
    this.#pending = null;
    const status = statusOf(session);
    this.#onStatus(status);
    return status;
  }

  async #resume(): Promise<SessionStatus> {
    const device = await this.#keyStore.load();
    if (device === null) return this.#signedOut(null);
    try {
      const session = await resumeSession(await this.#ports());
      // Somebody may have signed out while the server was asked, or somebody else in, here or in another page.
      if (this.#session !== null) return statusOf(this.#session);
      const kept = await this.#keyStore.load();
      if (kept?.deviceId === session.device.deviceId) return this.#enter(session);
      return kept === null ? this.#signedOut(null) : this.#resume();
    } catch (error) {
      if (PASSING.has(codeOf(error))) return { state: 'away', name: device.name };
      return this.#signedOut(codeOf(error));
    }
  }

  async #signedOut(reason: ErrorCode | null): Promise<SessionStatus> {
    try {
      const server = await summarise((await this.#ports()).serverUrl);
      return { state: 'signed-out', server, reason, failure: null };
    } catch (error) {
      // The web app has one server only, the extension the one that was chosen: it is named though it does not answer.
      const chosen = (await this.#keyStore.load())?.serverUrl ?? (await this.#keyStore.setting(SERVER_SETTING));
      const url = this.#client === 'web' ? this.#defaultServer : chosen;
      const server = url === null ? null : { url, registrationOpen: true };
      return { state: 'signed-out', server, reason, failure: codeOf(error) };
    }
  }

  async #useServer(url: string): Promise<ServerSummary> {
    if (this.#client === 'web') throw new HoldfastError('E_FORBIDDEN', 'the web app speaks to its own server only');
    const origin = originOf(url);
    const summary = await summarise(origin);
    this.#serverUrl = origin;
    await this.#keyStore.putSetting(SERVER_SETTING, origin);
    return summary;
  }

  async #finishSignUp(answers: readonly [string, string, string]): Promise<SessionStatus> {
    if (this.#pending === null) throw new HoldfastError('E_INPUT', 'no sign-up was begun');
    const { prepared, ask } = this.#pending;
    if (!ask.every((at, i) => answers[i]?.trim().toLowerCase() === prepared.words[at])) {
      throw new HoldfastError('E_RECOVERY_WORDS', 'a word is not the one on the sheet');
    }
    return this.#enter(await signUp(await this.#ports(), prepared));
  }

  async #signOut(): Promise<void> {
    const ports = this.#session?.ports ?? (await this.#ports());
    this.#session = null;
    // What cannot be told to the server now expires there by itself; the keys here are gone either way.
    await signOut(ports).catch(() => {});
    await this.#keyStore.putSetting(SERVER_SETTING, ports.serverUrl);
    this.#onStatus(await this.#signedOut(null));
  }
}

function statusOf({ device }: Session): SessionStatus {
  return { state: 'ready', name: device.name, accountId: device.accountId };
}

/** Asks once, without the patience of a backup: somebody is waiting for the first screen. */
async function summarise(url: string): Promise<ServerSummary> {
  const api = createApi(createFetchTransport({ baseUrl: url, credentials: 'omit' }));
  const server = await api.server(AbortSignal.timeout(SUMMARY_MS));
  return { url, registrationOpen: server.registration === 'open' };
}

function originOf(url: string): string {
  const parsed = URL.parse(/^https?:\/\//.test(url) ? url : `https://${url}`);
  const loopback = parsed !== null && ['localhost', '127.0.0.1', '[::1]'].includes(parsed.hostname);
  if (parsed === null || (parsed.protocol !== 'https:' && !loopback)) {
    throw new HoldfastError('E_INPUT', 'an https address is needed');
  }
  return parsed.origin;
}

function threePositions(): readonly [number, number, number] {
  const positions = new Set<number>();
  while (positions.size < ASKED) positions.add((systemRandom.bytes(1)[0] as number) % 12);
  const [a, b, c] = [...positions].sort((x, y) => x - y) as [number, number, number];
  return [a, b, c];
}
