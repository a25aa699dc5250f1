/** Builds the real pages with workers that keep a vault in memory. For tests and for looking at every screen. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'vite';
import { at } from '../../../.ci/project.ts';

export type Site = 'web' | 'share';

/** Only the worker is another; everything else is what is shipped. */
function fakeWorkers(): Plugin {
  return {
    name: 'holdfast-fake-workers',
    enforce: 'pre',
    resolveId: (source) => {
      const found = /\/worker\/(vault|share)\.ts(\?.*)$/.exec(source);
      return found === null ? null : at(`test/web/fixtures/${found[1]}-worker.ts`) + found[2];
    },
  };
}

/** Into `folder`/web, `folder`/share: each run has its own, for tests run side by side. */
export async function buildPreview(folder: string, sites: readonly Site[]): Promise<void> {
  const configFile = at('vite.config.ts');
  await build({ mode: 'sw', configFile, build: { outDir: join(folder, 'sw') } });
  for (const site of sites) {
    const outDir = join(folder, site);
    await build({ mode: site, configFile, plugins: [fakeWorkers()], build: { outDir } });
    await copyFile(join(folder, 'sw/sw.js'), join(outDir, 'sw.js'));
  }
}
