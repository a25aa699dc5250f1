/**
 * `npm run build [mode…]`: runs the passes of vite.config.ts one after the other (they take about a second each, and
 * two cores are not made faster by five bundlers). Without arguments, all of them.
 */
import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { at, filesUnder, ROOT } from './project.ts';

const MODES = ['web', 'share', 'chrome', 'firefox'] as const;
type Mode = (typeof MODES)[number];

const SOURCES = ['shared', 'web', 'extension', '.ci/vite'];
const SOURCE_FILES = ['vite.config.ts', 'package-lock.json'];
const stamp = (mode: Mode): string => at('.cache/built', mode);

export async function buildModes(modes: readonly Mode[] = MODES): Promise<void> {
  const served = modes.filter((mode) => mode === 'web' || mode === 'share');
  const streaming = modes.filter((mode) => mode !== 'firefox');
  const started = Date.now();
  process.chdir(ROOT); // the bundler writes paths from here into the comments of what it does not minify
  for (const mode of modes) await build({ mode, configFile: at('vite.config.ts') });
  if (streaming.length > 0) await build({ mode: 'sw', configFile: at('vite.config.ts') });
  for (const mode of streaming) await copyFile(at('.cache/sw/sw.js'), at('dist', mode, 'sw.js'));
  for (const mode of served) await compressAssets(at('dist', mode, 'assets'));
  for (const mode of modes) {
    await mkdir(dirname(stamp(mode)), { recursive: true });
    await writeFile(stamp(mode), '');
  }
  console.log(
    `built ${modes.map((mode) => `dist/${mode}`).join(' ')} in ${((Date.now() - started) / 1000).toFixed(1)} s`,
  );
}

/** Hashed assets never change, so they are compressed once, here, and not for every visitor. */
async function compressAssets(folder: string): Promise<void> {
  for (const path of await filesUnder(folder)) {
    const bytes = await readFile(path);
    await writeFile(`${path}.br`, brotliCompressSync(bytes));
    await writeFile(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Builds what is older than its sources. */
export async function buildIfStale(): Promise<void> {
  const changed = await newestSource();
  const stale: Mode[] = [];
  for (const mode of MODES) {
    const built = Math.min(await modified(stamp(mode)), (await modified(at('dist', mode))) === 0 ? 0 : Infinity);
    if (built <= changed) stale.push(mode);
  }
  if (stale.length > 0) await buildModes(stale);
}

async function newestSource(): Promise<number> {
  const times = await Promise.all(SOURCE_FILES.map((file) => modified(at(file))));
  for (const folder of SOURCES) {
    const entries = await readdir(at(folder), { recursive: true, withFileTypes: true });
    // a folder's own time tells of deleted files
    const folders = new Set(entries.map((entry) => entry.parentPath));
    const paths = [...folders, ...(await filesUnder(at(folder)))];
    times.push(...(await Promise.all(paths.map(modified))));
  }
  return Math.max(...times);
}

async function modified(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  return found?.mtimeMs ?? 0;
}

if (import.meta.main) {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((mode) => !MODES.includes(mode as Mode));
  if (unknown.length > 0) {
    console.error(`unknown mode ${unknown.join(', ')}: use ${MODES.join(', ')}`);
    process.exit(2);
  }
  await buildModes(wanted.length > 0 ? (wanted as Mode[]) : MODES).catch((error: Error) => {
    console.error(error.message); // where in the bundler it failed helps nobody
    process.exitCode = 1;
  });
}
