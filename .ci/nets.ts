/** The nets that hold the frame, each with a name and a plain answer. `npm run check` and `npm test` both draw them. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { carriedPackages } from '../test/law/packages.ts';
import { productSources, REALMS } from '../test/law/tree.ts';
import { capture, type Outcome } from './command.ts';
import { at, filesUnder, PACKAGE } from './project.ts';

export interface Net {
  readonly name: string;
  draw(): Promise<Outcome>;
}

const RUNTIME_BUDGET = 12;
const EXACT = /^\d+\.\d+\.\d+$/;
/** Licences that may be combined into a work under AGPL-3.0-or-later (docs/adr/0001-licence.md). */
const LICENCES = /^(?:MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|MPL-2\.0)$/;
const FRAGMENT = /^(?:Added|Changed|Fixed|Removed|Security): \S.*[.!]\n?$/s;

export const NETS: readonly Net[] = [
  { name: 'format and lint', draw: () => capture('biome', ['ci', '--colors=off', '--max-diagnostics=50', '.']) },
  { name: 'types', draw: () => capture('tsc', ['-b', '--pretty', 'false']) },
  { name: 'dependencies', draw: () => judged(dependencies) },
  { name: 'changelog', draw: () => judged(changelog) },
];

async function judged(complaints: () => Promise<string[]>): Promise<Outcome> {
  const found = await complaints();
  return { ok: found.length === 0, output: found.join('\n') };
}

/** Exact versions, a whole lockfile, no install scripts but node's, every package used, explained and within the budget. */
async function dependencies(): Promise<string[]> {
  const found: string[] = [];
  const all = { ...PACKAGE.dependencies, ...PACKAGE.devDependencies };
  for (const [name, version] of Object.entries(all)) {
    if (!EXACT.test(version)) found.push(`${name} is not pinned: ${version}`);
  }
  const allowed = Object.keys(PACKAGE.allowScripts ?? {});
  if (allowed.join() !== 'node') found.push(`install scripts are allowed for node alone, not ${allowed.join(', ')}`);
  found.push(...(await lockfile(all)));

  const sources = await productSources();
  const carried = carriedPackages(sources, ['web', 'extension']);
  if (carried.length > RUNTIME_BUDGET) {
    found.push(`extension and web carry ${carried.length} packages, at most ${RUNTIME_BUDGET}: ${carried.join(', ')}`);
  }
  const used = new Set(carriedPackages(sources, REALMS));
  for (const name of used) if (!(name in PACKAGE.dependencies)) found.push(`${name} is imported, not in dependencies`);
  for (const name of Object.keys(PACKAGE.dependencies))
    if (!used.has(name)) found.push(`${name} is a dependency nobody imports`);

  const reasons = await readFile(at('docs/dependencies.md'), 'utf8').catch(() => '');
  for (const name of Object.keys(all)) {
    if (!reasons.includes(`\`${name}\``)) found.push(`docs/dependencies.md gives no reason for ${name}`);
  }
  return found;
}

interface Lock {
  lockfileVersion: number;
  packages: Record<
    string,
    { version?: string; integrity?: string; license?: string; dev?: boolean; link?: boolean; inBundle?: boolean }
  >;
}

async function lockfile(all: Record<string, string>): Promise<string[]> {
  const lock = JSON.parse(await readFile(at('package-lock.json'), 'utf8')) as Lock;
  const found: string[] = [];
  if (lock.lockfileVersion !== 3) found.push(`package-lock.json has version ${lock.lockfileVersion}, not 3`);
  for (const [name, version] of Object.entries(all)) {
    const locked = lock.packages[`node_modules/${name}`]?.version;
    if (locked !== version) found.push(`package-lock.json has ${name} ${locked ?? 'missing'}, package.json ${version}`);
  }
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (path !== '' && !entry.integrity && !entry.link && !entry.inBundle) found.push(`${path} has no integrity hash`);
    if (path !== '' && !entry.dev && !LICENCES.test(entry.license ?? ''))
      found.push(`${path} is under ${entry.license}`);
  }
  return found;
}

/** changelog/unreleased holds one fragment per visible change, `Kind: sentence.` */
async function changelog(): Promise<string[]> {
  const fragments = (await filesUnder(at('changelog/unreleased'))).filter((path) => path.endsWith('.md'));
  const released = await readFile(at('CHANGELOG.md'), 'utf8');
  const found: string[] = [];
  if (fragments.length === 0 && !released.includes(`## ${PACKAGE.version}`)) {
    found.push(`nothing says what ${PACKAGE.version} brings: add a fragment, see changelog/README.md`);
  }
  for (const path of fragments) {
    if (!FRAGMENT.test(await readFile(path, 'utf8'))) {
      found.push(
        `${basename(path)}: begin with Added, Changed, Fixed, Removed or Security, a colon, then whole sentences`,
      );
    }
  }
  return found;
}
