/**
 * The server's half of OPAQUE (RFC 9807): the one file of the server with a crypto library. It sees no password and
 * nothing a password could be computed from without trying them all.
 */
import { client, ready, server } from '@serenity-kit/opaque';
import { Refusal } from './refusal.ts';

export interface Identifiers {
  /** Normalised login name. */
  readonly client: string;
  /** The server's id as hex, which survives a move to another address. */
  readonly server: string;
}

export async function createSetup(): Promise<string> {
  await ready;
  return server.createSetup();
}

export async function isSetup(setup: string): Promise<boolean> {
  await ready;
  try {
    server.getPublicKey(setup);
    return true;
  } catch {
    return false;
  }
}

/** Refuses a record that no sign-in could ever be answered with. */
export async function checkRecord(setup: string, record: string): Promise<void> {
  await ready;
  const { startLoginRequest } = client.startLogin({ password: '' });
  await startLogin(setup, '', record, startLoginRequest, { client: '', server: '' });
}

/** `userIdentifier` is the login name's HMAC as hex: the same at registration, sign-in and password change. */
export async function registrationResponse(setup: string, userIdentifier: string, request: string): Promise<string> {
  await ready;
  try {
    return server.createRegistrationResponse({
      serverSetup: setup,
      userIdentifier,
      registrationRequest: request,
    }).registrationResponse;
  } catch (cause) {
    throw new Refusal('bad-request', { cause });
  }
}

/** Without a record the answer is made from a fake one: of the same form, and nobody can tell. */
export async function startLogin(
  setup: string,
  userIdentifier: string,
  record: string | null,
  request: string,
  identifiers: Identifiers,
): Promise<{ state: string; response: string }> {
  await ready;
  try {
    const started = server.startLogin({
      serverSetup: setup,
      userIdentifier,
      registrationRecord: record,
      startLoginRequest: request,
      identifiers: { ...identifiers },
    });
    return { state: started.serverLoginState, response: started.loginResponse };
  } catch (cause) {
    throw new Refusal('bad-request', { cause });
  }
}

/** Whether the client proved that it knows the password. */
export async function loginProven(state: string, finish: string, identifiers: Identifiers): Promise<boolean> {
  await ready;
  try {
    server.finishLogin({ serverLoginState: state, finishLoginRequest: finish, identifiers: { ...identifiers } });
    return true;
  } catch {
    return false;
  }
}
