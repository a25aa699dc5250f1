/** The command line as a command, or E_INPUT that says what is wrong with it. Opens nothing. */
import { parseArgs } from 'node:util';
import { HoldfastError } from '../shared/errors/index.ts';

export interface SourceOptions {
  readonly server: string | null;
  readonly directory: string | null;
}

interface Common {
  readonly source: SourceOptions;
  /** A file, `-` for standard input, or null to ask on the terminal. */
  readonly wordsFile: string | null;
}

export interface ListCommand extends Common {
  readonly name: 'list';
  readonly paths: readonly string[];
  readonly allVersions: boolean;
  /** Milliseconds since 1970, inclusive. */
  readonly at: number | null;
  readonly json: boolean;
}
export interface RestoreCommand extends Common {
  readonly name: 'restore';
  /** None stands for everything. */
  readonly paths: readonly string[];
  readonly to: string;
  readonly at: number | null;
  readonly version: string | null;
  readonly overwrite: boolean;
}
export interface VerifyCommand extends Common {
  readonly name: 'verify';
  /** Part of the packs that is read, 0 < share ≤ 1. */
  readonly share: number;
  readonly json: boolean;
}
export interface ExportCommand extends Common {
  readonly name: 'export';
  readonly to: string;
}
export type Command = ListCommand | RestoreCommand | VerifyCommand | ExportCommand;

const OPTIONS = {
  server: { type: 'string' },
  dir: { type: 'string' },
  'words-file': { type: 'string' },
  to: { type: 'string' },
  at: { type: 'string' },
  version: { type: 'string' },
  sample: { type: 'string' },
  'all-versions': { type: 'boolean' },
  overwrite: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

type Name = keyof typeof OPTIONS;
type Values = ReturnType<typeof parse>['values'];

const EVERYWHERE: readonly Name[] = ['server', 'dir', 'words-file', 'help'];
const OWN: Readonly<Record<Command['name'], readonly Name[]>> = {
  list: ['all-versions', 'at', 'json'],
  restore: ['to', 'at', 'version', 'overwrite'],
  verify: ['sample', 'json'],
  export: ['to'],
};
const TAKES_PATHS: readonly string[] = ['list', 'restore'];

const wrong = (text: string): HoldfastError => new HoldfastError('E_INPUT', text);

/** Null when help is wanted. */
export function readArguments(args: readonly string[]): Command | null {
  const { values, positionals } = parse(args);
  const [name, ...paths] = positionals;
  if (values.help === true || name === undefined || name === 'help') return null;
  if (!isCommand(name)) throw wrong(`there is no command “${name}”: list, restore, verify, export`);
  for (const option of Object.keys(values) as Name[])
    if (![...EVERYWHERE, ...OWN[name]].includes(option)) throw wrong(`“${name}” has no --${option}`);
  if (paths.length > 0 && !TAKES_PATHS.includes(name)) throw wrong(`“${name}” takes no paths`);
  const common = { source: sourceOf(values), wordsFile: values['words-file'] ?? null };
  switch (name) {
    case 'list':
      return {
        name,
        ...common,
        paths,
        allVersions: values['all-versions'] ?? false,
        at: atOf(values),
        json: values.json ?? false,
      };
    case 'restore':
      return {
        name,
        ...common,
        paths,
        to: toOf(values),
        at: atOf(values),
        version: versionOf(values, paths),
        overwrite: values.overwrite ?? false,
      };
    case 'verify':
      return { name, ...common, share: shareOf(values), json: values.json ?? false };
    case 'export':
      return { name, ...common, to: toOf(values) };
  }
}

const isCommand = (name: string): name is Command['name'] => Object.hasOwn(OWN, name);

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (cause) {
    throw new HoldfastError('E_INPUT', (cause as Error).message, { cause });
  }
}

function sourceOf({ server, dir }: Values): SourceOptions {
  if ((server === undefined) === (dir === undefined))
    throw wrong('say where the vault is: --server URL or --dir DIRECTORY');
  if (dir === '') throw wrong('--dir needs a directory');
  return { server: server === undefined ? null : originOf(server), directory: dir ?? null };
}

function originOf(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw wrong('--server needs an address like https://example.org');
  return url.origin;
}

function toOf({ to }: Values): string {
  if (to === undefined || to === '') throw wrong('say where to write: --to DIRECTORY');
  return to;
}

function versionOf({ version, at }: Values, paths: readonly string[]): string | null {
  if (version === undefined) return null;
  if (!/^[0-9a-f]{32}$/.test(version))
    throw wrong('--version needs an id of 32 hex digits, as `list --all-versions` shows');
  if (at !== undefined || paths.length > 0)
    throw wrong('a version is one file: --version goes with neither --at nor paths');
  return version;
}

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
const DAY_END = 'T23:59:59.999';

/** A day stands for its end, a time without zone for that of this machine. */
function atOf({ at }: Values): number | null {
  if (at === undefined) return null;
  const time = DATE.test(at) ? Date.parse(at.includes('T') ? at : at + DAY_END) : Number.NaN;
  if (Number.isNaN(time)) throw wrong('--at needs a date like 2026-11-22 or 2026-11-22T18:30');
  return time;
}

function shareOf({ sample = '100%' }: Values): number {
  const percent = /^\d+(\.\d+)?%?$/.test(sample) ? Number.parseFloat(sample) : 0;
  if (percent <= 0 || percent > 100) throw wrong('--sample needs a part of the packs, like 5%');
  return percent / 100;
}
