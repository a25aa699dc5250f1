/** Messages as the wire wants them: bytes become base64url. */
import { toBase64url } from '../bytes/index.ts';
import type { Device, LinkCreateRequest, RegistrationFinishRequest, Wrap } from '../protocol/index.ts';
import type { LinkProof, NewDevice, NewLink, Registration, SealedWrap, SignedChallenge } from './messages.ts';

export function wireWrap(wrap: SealedWrap): Wrap {
  return {
    kind: wrap.kind,
    epoch: wrap.epoch,
    credentialId: toBase64url(wrap.credentialId),
    blob: toBase64url(wrap.blob),
  };
}

export function wireDevice(device: NewDevice): Device {
  return {
    deviceId: device.deviceId,
    publicKey: toBase64url(device.publicKey),
    half: toBase64url(device.half),
    wrap: wireWrap(device.wrap),
  };
}

export function wireRegistration(registration: Registration): RegistrationFinishRequest {
  const { name, record, accountId, wraps, recovery, device, client, vaults } = registration;
  return {
    name,
    record,
    accountId,
    wraps: wraps.map(wireWrap),
    recovery: { lookup: recovery.lookup, publicKey: toBase64url(recovery.publicKey) },
    device: wireDevice(device),
    client,
    vaults: vaults.map(({ vaultId, kind, genesis }) => ({ vaultId, kind, genesis: { body: toBase64url(genesis) } })),
  };
}

export function wireSignature(signed: SignedChallenge): Record<'challenge' | 'signature' | 'client', string> {
  return {
    challenge: toBase64url(signed.challenge),
    signature: toBase64url(signed.signature),
    client: signed.client,
  };
}

export function wireLink(link: NewLink): LinkCreateRequest {
  const { lookup, vaultId, authHash, record, expiresDay, maxDownloads } = link;
  return { lookup, vaultId, authHash, record: toBase64url(record), expiresDay, maxDownloads };
}

export function wireProof(proof: LinkProof): { lookup: string; auth: string } {
  return { lookup: proof.lookup, auth: toBase64url(proof.auth) };
}
