/**
 * The client's half of OPAQUE (RFC 9807, ristretto255-SHA512, 3DH) with Argon2id at the suite's constants: 64 MiB, three
 * passes, four lanes. Nothing numeric is ever taken from the server. A door of its own, so that pages without a sign-in
 * do not carry it.
 */
import { client, ready } from '@serenity-kit/opaque';
import { type Bytes, fromBase64url } from '../bytes/index.ts';
import { HoldfastError } from '../errors/index.ts';

const KEY_STRETCHING = 'memory-constrained';

/** The password's bytes are those of its NFKC form, so that another keyboard or system types the same password. */
const normal = (password: string): string => password.normalize('NFKC');

export interface Identifiers {
  /** Normalised login name. */
  readonly client: string;
  /** The server's id as hex: a server that moves to another address keeps its accounts. */
  readonly server: string;
}

export interface RegistrationStart {
  readonly state: string;
  readonly request: string;
}

export async function startRegistration(password: string): Promise<RegistrationStart> {
  await ready;
  const started = client.startRegistration({ password: normal(password) });
  return { state: started.clientRegistrationState, request: started.registrationRequest };
}

export interface PasswordSecrets {
  /** 64 bytes that only the right password reproduces; the server never sees them. */
  readonly exportKey: Bytes;
  readonly serverPublicKey: string;
}

export function finishRegistration(
  password: string,
  state: string,
  response: string,
  identifiers: Identifiers,
): PasswordSecrets & { record: string } {
  const finished = guarded(() =>
    client.finishRegistration({
      password: normal(password),
      clientRegistrationState: state,
      registrationResponse: response,
      identifiers: { ...identifiers },
      keyStretching: KEY_STRETCHING,
    }),
  );
  return {
    record: finished.registrationRecord,
    exportKey: fromBase64url(finished.exportKey),
    serverPublicKey: finished.serverStaticPublicKey,
  };
}

export async function startLogin(password: string): Promise<RegistrationStart> {
  await ready;
  const started = client.startLogin({ password: normal(password) });
  return { state: started.clientLoginState, request: started.startLoginRequest };
}

/** E_CREDENTIALS when the password is wrong, the name unknown, or the server not the one the password belongs to. */
export function finishLogin(
  password: string,
  state: string,
  response: string,
  identifiers: Identifiers,
): PasswordSecrets & { finish: string } {
  const finished = guarded(() =>
    client.finishLogin({
      password: normal(password),
      clientLoginState: state,
      loginResponse: response,
      identifiers: { ...identifiers },
      keyStretching: KEY_STRETCHING,
    }),
  );
  if (finished === undefined) throw new HoldfastError('E_CREDENTIALS', 'name or password is wrong');
  return {
    finish: finished.finishLoginRequest,
    exportKey: fromBase64url(finished.exportKey),
    serverPublicKey: finished.serverStaticPublicKey,
  };
}

// The library throws on messages that do not parse: that is the server's doing, not the person's.
function guarded<T>(step: () => T): T {
  try {
    return step();
  } catch (cause) {
    throw new HoldfastError('E_PROTOCOL', 'the server answered the sign-in with something else', { cause });
  }
}
