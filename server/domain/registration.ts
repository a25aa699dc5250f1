/** Sign-up: one request creates the account whole (record, wraps, recovery key, device, two vaults) or not at all. */
import { type Bytes, equal } from '../../shared/bytes/index.ts';
import type { Device, RegistrationFinishRequest, Wrap } from '../../shared/protocol/index.ts';
import type { Deps } from './deps.ts';
import { decode, encode, loginName, sha256, today } from './fields.ts';
import { checkRecord, registrationResponse } from './opaque.ts';
import { type DeviceRecord, type NewAccount, type NewVault, WRAP_KIND, type WrapRecord } from './ports.ts';
import { Refusal } from './refusal.ts';
import { type OpenedSession, openSession } from './sessions.ts';
import { entryBody, GENESIS, headAfter } from './vaults.ts';

const RECORD_BYTES = 192;

/** The same for names that are free and names that are taken. */
export async function startRegistration(deps: Deps, rawName: string, request: string): Promise<string> {
  const { secrets } = deps;
  if (deps.settings.registration === 'closed') throw new Refusal('registration-closed');
  return registrationResponse(secrets.opaqueServerSetup, loginName(secrets.nameKey, rawName).userIdentifier, request);
}

export async function finishRegistration(deps: Deps, request: RegistrationFinishRequest): Promise<OpenedSession> {
  if (deps.settings.registration === 'closed') throw new Refusal('registration-closed');
  const account = await newAccount(deps, request);
  const digest = sha256(Buffer.from(JSON.stringify(request)));
  const outcome = await deps.metadata.createAccount(account);
  if (outcome === 'created') deps.registrations.put(account.accountId, digest);
  else if (!(await isRepetition(deps, account, digest))) {
    throw new Refusal(outcome === 'name-taken' ? 'name-taken' : 'already-exists');
  }
  const { deviceId } = account.device;
  return openSession(deps, { accountId: account.accountId, client: request.client, deviceId });
}

/**
 * A client whose answer was lost asks again, in the same words and soon. Later nobody may: whoever read the database knows
 * everything in the request but the name.
 */
async function isRepetition(deps: Deps, { accountId, record, device }: NewAccount, digest: Bytes): Promise<boolean> {
  const first = deps.registrations.peek(accountId);
  if (first === null || !equal(first, digest)) return false;
  const [now, known] = await Promise.all([
    deps.metadata.accountById(accountId),
    deps.metadata.deviceById(device.deviceId),
  ]);
  return now !== null && equal(now.record, record) && known !== null;
}

async function newAccount(deps: Deps, request: RegistrationFinishRequest): Promise<NewAccount> {
  const { secrets } = deps;
  const record = await opaqueRecord(deps, request.record);
  const { device, wrap } = deviceOf(request.device);
  return {
    accountId: request.accountId,
    nameMac: loginName(secrets.nameKey, request.name).mac,
    record,
    day: today(deps.clock),
    wraps: [...accountWraps(request.wraps), wrap],
    recovery: { lookup: request.recovery.lookup, publicKey: decode(request.recovery.publicKey, 32) },
    device,
    vaults: newVaults(request.vaults),
  };
}

/** A record that sign-ins can be answered with. */
export async function opaqueRecord(deps: Deps, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const record = decode(text, RECORD_BYTES);
  await checkRecord(deps.secrets.opaqueServerSetup, encode(record));
  return record;
}

function wrapOf(wrap: Wrap): WrapRecord {
  return {
    kind: wrap.kind,
    epoch: wrap.epoch,
    credentialId: decode(wrap.credentialId),
    blob: decode(wrap.blob),
  };
}

function accountWraps(wraps: readonly Wrap[]): readonly WrapRecord[] {
  const kinds = wraps.map(({ kind }) => kind);
  const complete = kinds.includes(WRAP_KIND.password) && kinds.includes(WRAP_KIND.recovery);
  const distinct = new Set(wraps.map(({ kind, credentialId }) => `${kind}.${credentialId}`)).size === wraps.length;
  if (!complete || !distinct || kinds.includes(WRAP_KIND.device)) throw new Refusal('bad-request');
  return wraps.map(wrapOf);
}

/** The wrap that replaces the one of the old password. */
export function passwordWrap(wrap: Wrap): WrapRecord {
  if (wrap.kind !== WRAP_KIND.password) throw new Refusal('bad-request');
  return wrapOf(wrap);
}

export function deviceOf(request: Device): { device: DeviceRecord; wrap: WrapRecord } {
  const wrap = wrapOf(request.wrap);
  const named = Buffer.from(wrap.credentialId).toString('hex') === request.deviceId;
  if (wrap.kind !== WRAP_KIND.device || !named) throw new Refusal('bad-request');
  return {
    device: {
      deviceId: request.deviceId,
      publicKey: decode(request.publicKey, 32),
      half: decode(request.half, 32),
    },
    wrap,
  };
}

function newVaults(vaults: RegistrationFinishRequest['vaults']): readonly NewVault[] {
  const kinds = new Set(vaults.map(({ kind }) => kind));
  const ids = new Set(vaults.map(({ vaultId }) => vaultId));
  if (kinds.size !== 2 || ids.size !== 2) throw new Refusal('bad-request');
  return vaults.map(({ vaultId, kind, genesis }) => {
    const body = entryBody(genesis.body);
    return { vaultId, kind, genesis: body, head: headAfter(vaultId, GENESIS, [body]) };
  });
}
