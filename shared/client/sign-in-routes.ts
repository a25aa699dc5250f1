/** Routes that work before sign-in: the server's card, registration, and the three ways to open a session. */
import type { Bytes } from '../bytes/index.ts';
import { type Client, ROUTES, type ServerInfo } from '../protocol/index.ts';
import * as answers from './answers.ts';
import { ask } from './call.ts';
import type { Grant, Registration, SignedChallenge } from './messages.ts';
import { wireRegistration, wireSignature } from './requests.ts';
import type { Transport } from './transport.ts';

export interface SignInRoutes {
  server(signal?: AbortSignal): Promise<ServerInfo>;
  /** OPAQUE registration request in, registration response out. Nothing is stored yet. */
  registrationStart(name: string, request: string, signal?: AbortSignal): Promise<string>;
  /** Creates the account whole or not at all; repeating it is harmless. E_NAME_TAKEN, E_REGISTRATION_CLOSED. */
  registrationFinish(registration: Registration, signal?: AbortSignal): Promise<Grant>;
  /** OPAQUE KE1 in, KE2 out, with an id for the finish. An unknown name is answered alike. */
  loginStart(name: string, request: string, signal?: AbortSignal): Promise<{ loginId: string; response: string }>;
  /** `finish`: OPAQUE KE3. E_CREDENTIALS when it does not hold. */
  loginFinish(login: { loginId: string; finish: string; client: Client }, signal?: AbortSignal): Promise<Grant>;
  /** A 32-byte challenge for the recovery key. An unknown lookup is answered alike. */
  recoveryStart(lookup: string, signal?: AbortSignal): Promise<Bytes>;
  /** E_CREDENTIALS when the signature does not hold. */
  recoveryFinish(lookup: string, signed: SignedChallenge, signal?: AbortSignal): Promise<Grant>;
  /** A 32-byte challenge for a device key. An unknown device is answered alike. */
  deviceChallenge(deviceId: string, signal?: AbortSignal): Promise<Bytes>;
  /** E_CREDENTIALS when the signature does not hold. */
  deviceLogin(deviceId: string, signed: SignedChallenge, signal?: AbortSignal): Promise<Grant>;
}

export function signInRoutes(transport: Transport): SignInRoutes {
  const post = (path: string, json: unknown, signal?: AbortSignal) => ({ method: 'POST', path, json, signal }) as const;
  // Those that a lost answer may be asked for again.
  const again = (path: string, json: unknown, signal?: AbortSignal) =>
    ({ ...post(path, json, signal), idempotent: true }) as const;

  return {
    server: (signal) => ask(transport, { method: 'GET', path: ROUTES.server, signal }, answers.serverInfo),

    registrationStart: (name, request, signal) =>
      ask(transport, again(ROUTES.registrationStart, { name, request }, signal), answers.opaqueResponse),

    registrationFinish: (registration, signal) =>
      ask(transport, again(ROUTES.registrationFinish, wireRegistration(registration), signal), answers.grant),

    loginStart: (name, request, signal) =>
      ask(transport, again(ROUTES.loginStart, { name, request }, signal), answers.loginStart),

    loginFinish: (login, signal) => ask(transport, post(ROUTES.loginFinish, login, signal), answers.grant),

    recoveryStart: (lookup, signal) =>
      ask(transport, again(ROUTES.recoveryStart, { lookup }, signal), answers.challenge),

    recoveryFinish: (lookup, signed, signal) =>
      ask(transport, post(ROUTES.recoveryFinish, { lookup, ...wireSignature(signed) }, signal), answers.grant),

    deviceChallenge: (deviceId, signal) =>
      ask(transport, again(ROUTES.deviceChallenge, { deviceId }, signal), answers.challenge),

    deviceLogin: (deviceId, signed, signal) =>
      ask(transport, post(ROUTES.deviceLogin, { deviceId, ...wireSignature(signed) }, signal), answers.grant),
  };
}
