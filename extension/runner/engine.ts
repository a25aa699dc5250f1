/**
 * Opens this device's session and its archiver or its checker: the only place of the extension that joins them with account and client.
 * The bearer token lives in this worker's memory alone.
 */
import { resumeSession, type Session } from '../../shared/account/index.ts';
import { type Archiver, createArchiver } from '../../shared/archiver/index.ts';
import {
  connectAccount,
  createAuditLog,
  createKeyStore,
  createPackJournal,
  createTokenStore,
  systemClock,
  systemRandom,
} from '../../shared/browser/index.ts';
import { createChecker } from '../../shared/checker/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import type { Auditor } from './audit.ts';
import { createFindings } from './findings.ts';
import { openLanes } from './lanes.ts';

export interface EnginePorts {
  /** Bytes a second that may be sent, asked before each pack. */
  readonly uploadLimit: () => number | null;
  /** A pack did not come back. */
  readonly onLost: () => Promise<void>;
  /** False when what waits was chosen for another account. */
  readonly owns: (accountId: string) => Promise<boolean>;
}

/**
 * E_SESSION when nobody is signed in on this device. E_OTHER_ACCOUNT
 * when somebody is who has not been told of what waits.
 */
export async function openEngine({ uploadLimit, onLost, owns }: EnginePorts): Promise<Archiver> {
  const { vault, domain, vaultKeys, deviceId, device, ports } = await openSession(uploadLimit);
  if (!(await owns(device.accountId))) throw new HoldfastError('E_OTHER_ACCOUNT', 'what waits is not for this account');
  const tokens = createTokenStore();
  return createArchiver({
    ...{ vault, domain, deviceId, tokens },
    indexKey: vaultKeys.index,
    api: ports.api,
    clock: systemClock,
    random: systemRandom,
    lanes: await openLanes(domain),
    journal: createPackJournal(),
    findings: createFindings({ log: createAuditLog(), tokens, clock: systemClock, onLost }),
  });
}

/** As `openEngine`, for reading back; gives the lanes no keys. */
export async function openAuditor(): Promise<Auditor> {
  const { vault, domain, vaultKeys, ports } = await openSession();
  const { api } = ports;
  const deps = { vault, domain, indexKey: vaultKeys.index, api, tokens: createTokenStore(), random: systemRandom };
  return { vault, checker: createChecker(deps), log: createAuditLog() };
}

/** Id of the device that is signed in, null when nobody is. */
export async function signedInDevice(): Promise<string | null> {
  return (await createKeyStore().load())?.deviceId ?? null;
}

async function openSession(uploadLimit: () => number | null = () => null): Promise<Session> {
  const keyStore = createKeyStore();
  const device = await keyStore.load();
  if (device === null) throw new HoldfastError('E_SESSION', 'nobody is signed in on this device');
  const { serverUrl, deviceName } = device;
  return resumeSession(connectAccount({ client: 'extension', serverUrl, deviceName, keyStore, uploadLimit }));
}
