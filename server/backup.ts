/**
 * `node server/backup.ts FILE`: copies the database as it is at one moment, also while the server runs. What was at FILE is
 * replaced when the copy is whole. Secrets and packs are plain files and are copied as such.
 */
import { rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readConfig } from './config.ts';
import { checkMade, DATABASE } from './data-directory.ts';
import { copyDatabase } from './db/index.ts';
import { StartError } from './start-error.ts';

async function copy(files: readonly string[]): Promise<void> {
  const { dataDirectory } = readConfig(process.env);
  checkMade(dataDirectory);
  const database = join(dataDirectory, DATABASE);
  const [file, ...more] = files;
  if (file === undefined || more.length > 0 || resolve(file) === database) {
    throw new StartError('Say where the copy goes: node server/backup.ts /backup/holdfast.db');
  }
  process.umask(0o077);
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await copyDatabase(database, draft);
  await rename(draft, file);
}

try {
  await copy(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`holdfast: ${error instanceof StartError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
