/** Opens the data directory: lock, database, secrets, packs. Refuses to start on anything that would lose data later. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { type DirectoryLock, lockDirectory, openSqliteStore } from './db/index.ts';
import { type MetadataStore, type PackStore, Refusal, type Secrets, secretsCheck } from './domain/index.ts';
import { StartError } from './start-error.ts';
import { createSecrets, openFsPackStore, readSecrets } from './store/index.ts';

export const DATABASE = 'holdfast.db';
const SECRETS = 'secrets.json';

export interface DataDirectory {
  readonly metadata: MetadataStore;
  readonly packs: PackStore;
  readonly secrets: Secrets;
  close(): Promise<void>;
}

export async function openDataDirectory(
  config: Pick<Config, 'dataDirectory' | 'reserveBytes'>,
): Promise<DataDirectory> {
  const root = config.dataDirectory;
  await made(root);
  const lock = locked(root);
  try {
    const metadata = await database(join(root, DATABASE));
    try {
      const packs = await openFsPackStore({ root: join(root, 'packs'), reserveBytes: config.reserveBytes });
      await checkWhole(metadata, packs, root);
      const secrets = await secretsFor(metadata, join(root, SECRETS));
      return { metadata, packs, secrets, close: () => closed(metadata, lock) };
    } catch (error) {
      await metadata.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** For tools that look after a directory: where its name was mistyped they must not make one. */
export function checkMade(root: string): void {
  const missing = [DATABASE, SECRETS].map((name) => join(root, name)).find((path) => !existsSync(path));
  if (missing !== undefined) throw new StartError(`${missing} is missing. Is HOLDFAST_DATA right?`);
}

async function made(root: string): Promise<void> {
  try {
    await mkdir(root, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new StartError(`The data directory ${root} cannot be made.`, cause);
  }
}

function locked(root: string): DirectoryLock {
  let lock: DirectoryLock | null;
  try {
    lock = lockDirectory(join(root, 'lock'));
  } catch (cause) {
    throw new StartError(`The data directory ${root} cannot be written.`, cause);
  }
  if (lock === null) throw new StartError(`Another server uses the data directory ${root}. Stop it first.`);
  return lock;
}

async function database(path: string): Promise<MetadataStore> {
  try {
    return await openSqliteStore(path);
  } catch (cause) {
    if (!(cause instanceof Refusal)) throw cause;
    throw new StartError(
      `The database ${path} cannot be opened: it is damaged, unreadable, or the disk is full.`,
      cause,
    );
  }
}

async function secretsFor(metadata: MetadataStore, path: string): Promise<Secrets> {
  const found = await readSecrets(path);
  if (found === null && !(await metadata.isEmpty())) {
    throw new StartError(
      `${path} is missing, and the database has accounts: without their secrets no password works. ` +
        'Put the file back from your backup.',
    );
  }
  const secrets = found ?? (await createSecrets(path));
  if (await metadata.bind(secretsCheck(secrets))) return secrets;
  throw new StartError(`${path} does not belong to this database. Put the file back that was backed up with it.`);
}

/** A disk that is not mounted looks like an empty directory, and a database that is gone like a new one. */
async function checkWhole(metadata: MetadataStore, packs: PackStore, root: string): Promise<void> {
  const [first] = await metadata.packs('', 1);
  if (first !== undefined && (await packs.has(first.packId, first.size))) return;
  const place = join(root, 'packs');
  const isStocked = await holdsAny(packs);
  if (first !== undefined && !isStocked) {
    throw new StartError(`The database knows of packs, but ${place} holds none. Is its disk mounted?`);
  }
  if (isStocked && (await metadata.isEmpty())) {
    throw new StartError(
      `There are packs in ${place}, but no account in ${join(root, DATABASE)}: that is a new database. ` +
        'Put the old one back, from your backup if need be.',
    );
  }
}

async function holdsAny(packs: PackStore): Promise<boolean> {
  for await (const _pack of packs.list()) return true;
  return false;
}

async function closed(metadata: MetadataStore, lock: DirectoryLock): Promise<void> {
  await metadata.close();
  lock.release();
}
