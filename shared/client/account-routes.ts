/** Routes of the signed-in account: its session, its devices, its password and what it uses. */
import { type AccountInfo, ROUTES, type SessionList, sessionPath } from '../protocol/index.ts';
import * as answers from './answers.ts';
import { ask, tell } from './call.ts';
import type { Grant, NewDevice, SealedWrap } from './messages.ts';
import { wireDevice, wireWrap } from './requests.ts';
import type { Transport } from './transport.ts';

export interface NewPassword {
  readonly name: string;
  /** OPAQUE registration record. */
  readonly record: string;
  readonly wrap: SealedWrap;
}

export interface AccountRoutes {
  /** The session that the request carries: the web's way back in after a reload. E_SESSION when there is none. */
  session(signal?: AbortSignal): Promise<Grant>;
  /** Makes the session one of this device. Repeating it is harmless. */
  addDevice(device: NewDevice, signal?: AbortSignal): Promise<void>;
  /** Ends this session on the server. */
  signOut(signal?: AbortSignal): Promise<void>;
  sessions(signal?: AbortSignal): Promise<SessionList['sessions']>;
  revokeSession(sessionId: string, signal?: AbortSignal): Promise<void>;
  /** OPAQUE registration request in, registration response out. */
  passwordStart(request: string, signal?: AbortSignal): Promise<string>;
  /** Replaces OPAQUE record and password wrap at once, and ends all other sessions. Repeating it is harmless. */
  passwordFinish(password: NewPassword, signal?: AbortSignal): Promise<void>;
  account(signal?: AbortSignal): Promise<AccountInfo>;
}

export function accountRoutes(transport: Transport): AccountRoutes {
  return {
    session: (signal) => ask(transport, { method: 'GET', path: ROUTES.session, signal }, answers.grant),

    addDevice: (device, signal) =>
      tell(transport, { method: 'POST', path: ROUTES.devices, json: wireDevice(device), idempotent: true, signal }),

    signOut: (signal) => tell(transport, { method: 'DELETE', path: ROUTES.session, signal }),

    sessions: (signal) => ask(transport, { method: 'GET', path: ROUTES.sessions, signal }, answers.sessions),

    revokeSession: (sessionId, signal) => tell(transport, { method: 'DELETE', path: sessionPath(sessionId), signal }),

    passwordStart: (request, signal) =>
      ask(
        transport,
        { method: 'POST', path: ROUTES.passwordStart, json: { request }, idempotent: true, signal },
        answers.opaqueResponse,
      ),

    passwordFinish: ({ name, record, wrap }, signal) => {
      const json = { name, record, wrap: wireWrap(wrap) };
      return tell(transport, { method: 'POST', path: ROUTES.passwordFinish, json, idempotent: true, signal });
    },

    account: (signal) => ask(transport, { method: 'GET', path: ROUTES.account, signal }, answers.account),
  };
}
