/**
 * Opens this device's session and its archiver: the only place of the extension that joins account, client and archiver.
 * The bearer token lives in this worker's memory alone.
 */
import { resumeSession } from '../../shared/account/index.ts';
import { type Archiver, createArchiver } from '../../shared/archiver/index.ts';
import {
  connectAccount,
  createKeyStore,
  createPackJournal,
  systemClock,
  systemRandom,
} from '../../shared/browser/index.ts';
import { HoldfastError } from '../../shared/errors/index.ts';
import { openLanes } from './lanes.ts';

/**
 * `deviceName`: what this device is called in the account. `uploadLimit`: bytes a second that may be sent, asked before each
 * pack. E_SESSION when nobody is signed in on this device.
 */
export async function openEngine(deviceName: string, uploadLimit: () => number | null): Promise<Archiver> {
  const keyStore = createKeyStore();
  const device = await keyStore.load();
  if (device === null) throw new HoldfastError('E_SESSION', 'nobody is signed in on this device');
  const { serverUrl } = device;
  const connection = connectAccount({ client: 'extension', serverUrl, deviceName, keyStore, uploadLimit });
  const session = await resumeSession(connection);
  const { vault, domain, vaultKeys, deviceId, ports } = session;
  return createArchiver({
    ...{ vault, domain, deviceId },
    indexKey: vaultKeys.index,
    api: ports.api,
    clock: systemClock,
    random: systemRandom,
    lanes: await openLanes(domain),
    journal: createPackJournal(),
  });
}
