/**
 * Finds Chromium and Firefox, and installs them where that can be done without asking (Debian and Ubuntu, as root).
 * CHROMIUM and FIREFOX name other binaries. It downloads nothing but the system's own packages.
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { show } from './command.ts';

interface Need {
  readonly what: string;
  readonly packages: readonly string[];
  find(): string | null;
}

export const chromiumPath = (): string | null =>
  process.env.CHROMIUM ?? onPath('chromium') ?? onPath('chromium-browser');
export const firefoxPath = (): string | null => process.env.FIREFOX ?? onPath('firefox-esr') ?? onPath('firefox');

const NEEDS: readonly Need[] = [
  { what: 'Chromium', packages: ['chromium', 'fonts-dejavu-core'], find: chromiumPath },
  { what: 'Firefox', packages: ['firefox-esr'], find: firefoxPath },
];

export async function setup(): Promise<void> {
  const missing = NEEDS.filter((need) => need.find() === null);
  if (missing.length === 0) return;
  const packages = missing.flatMap((need) => need.packages);
  const install = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  if (onPath('apt-get') !== null && process.getuid?.() === 0) {
    console.log(`installing ${packages.join(', ')}`);
    process.env.DEBIAN_FRONTEND = 'noninteractive';
    await show('apt-get', ['update', '-qq']);
    await show('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  }
  const still = NEEDS.filter((need) => need.find() === null).map((need) => need.what);
  if (still.length > 0) {
    throw new Error(
      `${still.join(' and ')} not found. On Debian or Ubuntu: sudo ${install}\n` +
        'Elsewhere: install them and name the programs in the variables CHROMIUM and FIREFOX.',
    );
  }
}

export function onPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not here
    }
  }
  return null;
}

if (import.meta.main) {
  try {
    await setup();
    console.log(`Chromium ${chromiumPath()}\nFirefox  ${firefoxPath()}`);
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
}
