/** Opens the session of the device record this device keeps: no password, only the device's keys and the server's half. */
import { type Bytes, equal, fromHex, utf8 } from '../bytes/index.ts';
import type { Grant, SealedWrap } from '../client/index.ts';
import { deviceKek, sign, unwrapRootKey, WRAP_KIND, type WrapKind } from '../crypto/index.ts';
import { HoldfastError, integrityError } from '../errors/index.ts';
import { challengeInput } from '../protocol/index.ts';
import type { DeviceRecord } from './ports.ts';
import { type AccountPorts, openSession, type Session } from './session.ts';

/**
 * The kept device's session. Errors: E_SESSION when nobody is signed in here (or, on the web, the session has expired);
 * E_OTHER_SERVER when another server answers at the address; E_INTEGRITY, E_ROLLBACK, E_FORK from the vaults.
 */
export async function resumeSession(ports: AccountPorts): Promise<Session> {
  const device = await ports.keyStore.load();
  if (device === null) throw new HoldfastError('E_SESSION', 'nobody is signed in on this device');
  const grant =
    ports.client === 'web' ? await fromServer(ports, device, ports.api.session()) : await deviceLogin(ports, device);
  if (grant.accountId !== device.accountId) throw new HoldfastError('E_SESSION', 'another account is signed in');
  if (grant.device?.deviceId !== device.deviceId)
    throw new HoldfastError('E_SESSION', 'the session is not this device');
  const kek = await deviceKek(device.unlockKey, grant.device.half, fromHex(device.deviceId));
  const wrap = wrapOf(grant, WRAP_KIND.device, fromHex(device.deviceId));
  return openSession(ports, device, await unwrapGrant(kek, grant, wrap), grant);
}

/** A new bearer token for a device; what an expired one is renewed with. E_SESSION when it is not the one that is kept now. */
export async function renewToken(ports: AccountPorts, deviceId: string | null): Promise<void> {
  const device = await ports.keyStore.load();
  if (device === null || device.deviceId !== deviceId || ports.client === 'web')
    throw new HoldfastError('E_SESSION', 'sign in again');
  await deviceLogin(ports, device);
}

/** An answer of the device's server and of no other, which is found out while it is on its way. */
async function fromServer<T>({ api }: AccountPorts, device: DeviceRecord, answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  const { serverId } = await api.server();
  if (serverId !== device.serverId) throw new HoldfastError('E_OTHER_SERVER', 'another server answers at this address');
  return answer;
}

async function deviceLogin(ports: AccountPorts, device: DeviceRecord): Promise<Grant> {
  const challenge = await fromServer(ports, device, ports.api.deviceChallenge(device.deviceId));
  const input = challengeInput('device', fromHex(device.serverId), fromHex(device.deviceId), challenge);
  const signature = await sign(device.signingKey, input);
  try {
    const grant = await ports.api.deviceLogin(device.deviceId, { challenge, signature, client: ports.client });
    ports.useToken(grant.token, device.deviceId);
    return grant;
  } catch (error) {
    if (error instanceof HoldfastError && error.code === 'E_CREDENTIALS') {
      throw new HoldfastError('E_SESSION', 'the server does not know this device', { cause: error });
    }
    throw error;
  }
}

/** The wrap of a kind in a grant; E_INTEGRITY when the server withholds it. */
export function wrapOf(grant: Pick<Grant, 'wraps'>, kind: WrapKind, credentialId: Bytes = utf8('')): SealedWrap {
  const found = grant.wraps.findLast((wrap) => wrap.kind === kind && equal(wrap.credentialId, credentialId));
  if (found === undefined) throw integrityError();
  return found;
}

/** Root key of a grant's wrap, bound to the grant's account. */
export function unwrapGrant(kek: Bytes, grant: Pick<Grant, 'accountId'>, wrap: SealedWrap): Promise<Bytes> {
  const { epoch, credentialId } = wrap;
  return unwrapRootKey(
    kek,
    { accountId: fromHex(grant.accountId), kind: wrap.kind as WrapKind, epoch, credentialId },
    wrap.blob,
  );
}
