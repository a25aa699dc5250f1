/** An account and what is in it, made on Node: where a test begins that is about what comes after a backup. */
import { openAsBlob } from 'node:fs';
import { stat } from 'node:fs/promises';
import { prepareSignUp, signUp } from '../../../shared/account/sign-in.ts';
import { createArchiver, createLane } from '../../../shared/archiver/index.ts';
import { connectAccount, systemClock, systemRandom } from '../../../shared/browser/index.ts';
import { memoryFindings, memoryJournal, noTokens } from '../../support/fixtures.ts';
import { createMemoryKeyStore } from '../../support/memory-key-store.ts';
import { PASSWORD } from '../../support/person.ts';
import type { Person } from './journey.ts';

/** Signs somebody up and backs up these files, each under its path in the vault. */
export async function personWithFiles(
  serverUrl: string,
  name: string,
  files: ReadonlyMap<string, string>,
): Promise<Person> {
  const keyStore = createMemoryKeyStore();
  const ports = connectAccount({ client: 'extension', serverUrl, deviceName: 'Writer', keyStore });
  const pending = prepareSignUp(ports, name, PASSWORD);
  const { vault, domain, vaultKeys, deviceId } = await signUp(ports, pending);
  const archiver = createArchiver({
    ...{ vault, domain, deviceId },
    indexKey: vaultKeys.index,
    api: ports.api,
    clock: systemClock,
    random: systemRandom,
    lanes: [await createLane(domain, { random: systemRandom, fillsFromFiles: true })],
    journal: memoryJournal(),
    tokens: noTokens,
    findings: memoryFindings(),
  });
  const items = await Promise.all([...files].map(([path, source]) => itemOf(path, source)));
  await archiver.archive(items, { signal: new AbortController().signal, onEvent: () => {} });
  return { name, password: PASSWORD, words: pending.words };
}

async function itemOf(path: string, source: string) {
  const parts = path.split('/');
  const { size, mtimeMs } = await stat(source);
  return {
    key: path,
    path: parts.slice(0, -1),
    name: parts.at(-1) as string,
    versionId: systemRandom.bytes(16),
    capturedAt: Date.now(),
    sourceUrl: null,
    sourceTitle: null,
    size,
    open: async () => ({
      ...{ size, mtime: Math.floor(mtimeMs), mime: '', blob: await openAsBlob(source) },
      check: async () => undefined,
    }),
  };
}
