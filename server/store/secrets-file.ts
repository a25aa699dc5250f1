/** The file of the server's secrets: readable by its owner only, written whole or not at all. */
import { open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newSecrets, parseSecrets, type Secrets, secretsText } from '../domain/index.ts';
import { StartError } from '../start-error.ts';
import { errorCode, syncDirectory } from './disk.ts';

/** Null when there is no such file; a StartError when it is not in order. */
export async function readSecrets(path: string): Promise<Secrets | null> {
  const mode = await modeOf(path);
  if (mode === null) return null;
  if ((mode & 0o077) !== 0) {
    const octal = (mode & 0o777).toString(8);
    throw new StartError(`Others may read the secrets in ${path} (mode ${octal}). Run: chmod 600 ${path}`);
  }
  const secrets = await parseSecrets(await readFile(path, 'utf8'));
  if (secrets === null) {
    throw new StartError(`The secrets in ${path} are damaged or too short. Put the file back from your backup.`);
  }
  return secrets;
}

export async function createSecrets(path: string): Promise<Secrets> {
  const secrets = await newSecrets();
  const draft = `${path}.new`;
  const handle = await open(draft, 'w', 0o600);
  try {
    await handle.chmod(0o600);
    await handle.writeFile(secretsText(secrets));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
  return secrets;
}

async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw new StartError(`The secrets in ${path} cannot be read.`, error);
  }
}
