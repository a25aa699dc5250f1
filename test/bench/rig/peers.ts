/**
 * Brings the programs we compare ourselves with, on first use: Debian packages where that can be done without asking, npm
 * packages into a folder of their own. No other command of the project needs them.
 */
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { show } from '../../../.ci/command.ts';
import { at } from '../../../.ci/project.ts';
import { onPath } from '../../../.ci/setup.ts';

/** Installs Debian packages whose programs, of the same name, are not there yet. */
export async function debianPeers(...names: readonly string[]): Promise<void> {
  const missing = (): string[] => names.filter((name) => onPath(name) === null);
  const wanted = missing();
  if (wanted.length === 0) return;
  if (onPath('apt-get') !== null && process.getuid?.() === 0) {
    process.env.DEBIAN_FRONTEND = 'noninteractive';
    await show('apt-get', ['update', '-qq']);
    await show('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...wanted]);
  }
  if (missing().length > 0) throw new Error(`not found: ${missing().join(', ')}. Install them and try again.`);
}

/** Installs what test/bench/peers/package.json names, and answers the folder whose node_modules has it. */
export async function npmPeers(): Promise<string> {
  const [from, to] = [at('test/bench/peers'), at('.cache/bench-peers')];
  const lock = await readFile(join(from, 'package-lock.json'), 'utf8');
  const installed = await readFile(join(to, 'installed'), 'utf8').catch(() => null);
  if (installed === lock) return to;
  await mkdir(to, { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) await copyFile(join(from, name), join(to, name));
  if (!(await show('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', to]))) {
    throw new Error('the peers from npm could not be installed');
  }
  await copyFile(join(from, 'package-lock.json'), join(to, 'installed'));
  return to;
}
