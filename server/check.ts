/**
 * `node server/check.ts [--remove-unknown]`: reads every pack of a stopped server and says which are missing, damaged or
 * unknown. Ends with 1 when anything is missing or damaged.
 */
import { readConfig } from './config.ts';
import { checkMade, openDataDirectory } from './data-directory.ts';
import { checkPacks } from './domain/index.ts';
import { StartError } from './start-error.ts';

const REMOVE = '--remove-unknown';

async function check(options: readonly string[]): Promise<number> {
  const strange = options.find((option) => option !== REMOVE);
  if (strange !== undefined) throw new StartError(`There is no option ${strange}; there is ${REMOVE}.`);
  process.umask(0o077);
  const config = readConfig(process.env);
  checkMade(config.dataDirectory);
  const data = await openDataDirectory(config);
  try {
    const { whole, missing, damaged, unknown } = await checkPacks(data.metadata, data.packs);
    for (const id of missing) say(`missing  ${id}`);
    for (const id of damaged) say(`damaged  ${id}`);
    for (const id of unknown) {
      say(`unknown  ${id}`);
      if (options.includes(REMOVE)) await data.packs.remove(id);
    }
    say(`${whole} whole, ${missing.length} missing, ${damaged.length} damaged, ${unknown.length} unknown`);
    return missing.length + damaged.length === 0 ? 0 : 1;
  } finally {
    await data.close();
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

check(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`holdfast: ${error instanceof StartError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
