/** The least of a client: the client's half of OPAQUE with a cheap stretch, one device key, a recovery key, two vaults. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { client, ready } from '@serenity-kit/opaque';
import { fromHex } from '../../../shared/bytes/index.ts';
import {
  challengeInput,
  entryHashInput,
  type Head,
  headTag,
  logPath,
  logReadPath,
  normaliseLoginName,
  PACK_HEADER,
  packsPath,
  packsReadPath,
  ROUTES,
  type SessionGrant,
  type Wrap,
} from '../../../shared/protocol/index.ts';
import {
  ChallengeAnswer,
  LoginStartAnswer,
  RegistrationStartAnswer,
  ServerInfo,
  SessionGrant as SessionGrantSchema,
} from '../../../shared/protocol/schemas.ts';
import type { Answer, Call } from './bench.ts';

/** What a person needs of a server: `Bench` is one, so is a server in another process. */
export interface Server {
  ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, call?: Call): Promise<Answer>;
}

const CHEAP = { 'argon2id-custom': { iterations: 1, memory: 8, parallelism: 1 } } as const;

export const hexId = (bytes = 16): string => randomBytes(bytes).toString('hex');
export const sha256Hex = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

export function entry(size = 1_024, fill = randomBytes(1)[0] ?? 0): Buffer {
  return Buffer.alloc(size, fill);
}

export function pack(size = 65_536): { id: string; bytes: Buffer } {
  const bytes = randomBytes(size);
  return { id: sha256Hex(bytes), bytes };
}

export function headAfter(vaultId: string, from: Head, ...bodies: readonly Uint8Array[]): Head {
  let { seq, hash } = from;
  for (const body of bodies) {
    seq += 1;
    const bodyHash = createHash('sha256').update(body).digest();
    hash = sha256Hex(entryHashInput(fromHex(vaultId), seq, fromHex(hash), bodyHash));
  }
  return { seq, hash };
}

const EMPTY: Head = { seq: 0, hash: '0'.repeat(64) };

interface Keys {
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

function keys(): Keys {
  const pair = generateKeyPairSync('ed25519');
  return {
    publicKey: Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'),
    ...{ privateKey: pair.privateKey },
  };
}

export function device(deviceId = hexId()) {
  const pair = keys();
  const wrap: Wrap = {
    kind: 4,
    epoch: 1,
    credentialId: base64(Buffer.from(deviceId, 'hex')),
    blob: base64(randomBytes(120)),
  };
  const wire = { deviceId, publicKey: base64(pair.publicKey), half: base64(randomBytes(32)), wrap };
  return { ...pair, wire };
}

export class Person {
  readonly server: Server;
  readonly name: string;
  readonly accountId = hexId();
  readonly device = device();
  readonly lookup = hexId();
  readonly recovery = keys();
  readonly accountVault = hexId();
  readonly vault = hexId();
  readonly genesis = [entry(), entry()] as const;
  serverId = '';
  token = '';
  head: Head = EMPTY;

  constructor(server: Server, name = `person-${hexId(6)}@example.org`) {
    this.server = server;
    this.name = name;
  }

  static async registered(server: Server, name?: string): Promise<Person> {
    await ready;
    const person = new Person(server, name);
    await person.register();
    return person;
  }

  ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, call: Call = {}): Promise<Answer> {
    return this.server.ask(method, url, { ...call, headers: { ...this.bearer, ...call.headers } });
  }

  get bearer(): Record<string, string> {
    return { authorization: `Bearer ${this.token}` };
  }

  get identifiers() {
    return { client: normaliseLoginName(this.name), server: this.serverId };
  }

  async learnServer(): Promise<void> {
    await ready;
    this.serverId = (await this.server.ask('GET', ROUTES.server)).as(ServerInfo).serverId;
  }

  async registration(password = 'correct horse') {
    await this.learnServer();
    const started = client.startRegistration({ password });
    const { response } = (
      await this.server.ask('POST', ROUTES.registrationStart, {
        json: { name: this.name, request: started.registrationRequest },
      })
    ).as(RegistrationStartAnswer);
    return {
      name: this.name,
      record: this.recordOf(password, started.clientRegistrationState, response),
      accountId: this.accountId,
      wraps: [this.wrap(1), this.wrap(2)],
      recovery: { lookup: this.lookup, publicKey: base64(this.recovery.publicKey) },
      device: this.device.wire,
      client: 'extension',
      vaults: [
        { vaultId: this.accountVault, kind: 'account', genesis: { body: base64(this.genesis[0]) } },
        { vaultId: this.vault, kind: 'personal', genesis: { body: base64(this.genesis[1]) } },
      ],
    };
  }

  recordOf(password: string, state: string, response: string): string {
    return client.finishRegistration({
      password,
      clientRegistrationState: state,
      registrationResponse: response,
      identifiers: this.identifiers,
      keyStretching: CHEAP,
    }).registrationRecord;
  }

  wrap(kind: number): Wrap {
    return { kind, epoch: 1, credentialId: '', blob: base64(Buffer.alloc(120, kind)) };
  }

  async register(): Promise<SessionGrant> {
    const json = await this.registration();
    return this.admitted(await this.server.ask('POST', ROUTES.registrationFinish, { json }));
  }

  admitted(answer: Answer): SessionGrant {
    const grant = answer.as(SessionGrantSchema);
    this.token = grant.token ?? '';
    this.head = headAfter(this.vault, EMPTY, this.genesis[1]);
    return grant;
  }

  /** The finish of a sign-in, or null when the password is found wrong before it. */
  async login(password = 'correct horse', as: 'web' | 'extension' = 'extension', headers = {}): Promise<Answer | null> {
    const started = client.startLogin({ password });
    const { loginId, response } = (
      await this.server.ask('POST', ROUTES.loginStart, {
        json: { name: this.name, request: started.startLoginRequest },
      })
    ).as(LoginStartAnswer);
    const finished = client.finishLogin({
      password,
      clientLoginState: started.clientLoginState,
      loginResponse: response,
      identifiers: this.identifiers,
      keyStretching: CHEAP,
    });
    if (finished === undefined) return null;
    const json = { loginId, finish: finished.finishLoginRequest, client: as };
    return this.server.ask('POST', ROUTES.loginFinish, { json, headers });
  }

  async deviceLogin(known = this.device, deviceId = known.wire.deviceId): Promise<Answer> {
    const { challenge } = (await this.server.ask('POST', ROUTES.deviceChallenge, { json: { deviceId } })).as(
      ChallengeAnswer,
    );
    const json = { deviceId, ...this.signed('device', deviceId, challenge, known.privateKey) };
    return this.server.ask('POST', ROUTES.deviceLogin, { json });
  }

  async recoveryLogin(lookup = this.lookup): Promise<Answer> {
    const { challenge } = (await this.server.ask('POST', ROUTES.recoveryStart, { json: { lookup } })).as(
      ChallengeAnswer,
    );
    const json = { lookup, ...this.signed('recovery', lookup, challenge, this.recovery.privateKey) };
    return this.server.ask('POST', ROUTES.recoveryFinish, { json });
  }

  signed(purpose: 'device' | 'recovery', subject: string, challenge: string, key: KeyObject) {
    const input = challengeInput(
      purpose,
      fromHex(this.serverId),
      fromHex(subject),
      new Uint8Array(Buffer.from(challenge, 'base64url')),
    );
    return { challenge, signature: base64(sign(null, input, key)), client: 'extension' };
  }

  /** Appends to the personal vault and moves the head when it was accepted. */
  async append(bodies: readonly Uint8Array[], requires: readonly string[] = []): Promise<Answer> {
    const answer = await this.ask('POST', logPath(this.vault), {
      json: { entries: bodies.map((body) => ({ body: base64(body) })), requires },
      headers: { 'if-match': headTag(this.head.seq, this.head.hash) },
    });
    if (answer.status === 200) this.head = headAfter(this.vault, this.head, ...bodies);
    return answer;
  }

  put(bytes: Uint8Array, id = sha256Hex(bytes), headers: Record<string, string> = {}): Promise<Answer> {
    return this.ask('POST', packsPath(this.vault), { body: bytes, headers: { ...headers, [PACK_HEADER]: id } });
  }

  get(id: string, headers: Record<string, string> = {}, vault = this.vault): Promise<Answer> {
    return this.ask('POST', packsReadPath(vault), { json: { pack: id }, headers });
  }

  readLog(after: number, more: object = {}): Promise<Answer> {
    return this.ask('POST', logReadPath(this.vault), { json: { after, ...more } });
  }

  /** A link of this person's vault; `auth` proves it. */
  async link(policy: { expiresDay?: number | null; maxDownloads?: number | null } = {}) {
    const auth = randomBytes(32);
    const wire = {
      lookup: hexId(),
      vaultId: this.vault,
      authHash: sha256Hex(auth),
      record: base64(entry(1_110)),
      expiresDay: null,
      maxDownloads: null,
      ...policy,
    };
    const answer = await this.ask('POST', ROUTES.links, { json: wire });
    return { wire, answer, proof: { lookup: wire.lookup, auth: base64(auth) } };
  }
}

export const wrongProof = (lookup: string) => ({ lookup, auth: base64(randomBytes(32)) });
export const newTicket = (): string => base64(randomBytes(32));
