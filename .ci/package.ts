/** `npm run package`: the two extension zips, the same bytes for the same sources. */
import { readFile, writeFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { buildModes } from './build.ts';
import { at, filesUnder, PACKAGE } from './project.ts';
import { zip } from './zip.ts';

await buildModes(['chrome', 'firefox']);
for (const browser of ['chrome', 'firefox']) {
  const root = at('dist', browser);
  const paths = await filesUnder(root);
  const entries = await Promise.all(
    paths.map(async (path) => ({ name: relative(root, path).replaceAll('\\', '/'), bytes: await readFile(path) })),
  );
  const target = at('dist', `holdfast-${browser}-${PACKAGE.version}.zip`);
  await writeFile(target, zip(entries));
  console.log(relative(at(), target));
}
