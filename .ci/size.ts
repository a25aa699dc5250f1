/**
 * `npm run size`: gzip sizes of what is built. Two budgets stop the build: the first load of the restore page and of the
 * share page (the HTML, its script, its stylesheet) may weigh 60 KB each; workers come after it and are shown.
 */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildIfStale } from './build.ts';
import { at, filesUnder } from './project.ts';

const BUDGET = 60 * 1024;

const gzipped = async (path: string): Promise<number> => gzipSync(await readFile(path), { level: 9 }).length;
const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`.padStart(10);

function row(name: string, bytes: number, remark = ''): void {
  console.log(`${name.padEnd(44)}${kilobytes(bytes)}  ${remark}`.trimEnd());
}

/** HTML, script and stylesheet of a page: what must arrive before anything shows. */
async function firstLoad(site: string): Promise<{ total: number; files: ReadonlySet<string> }> {
  const html = at('dist', site, 'index.html');
  const text = await readFile(html, 'utf8');
  const named = [...text.matchAll(/<(?:script|link)\b[^>]*\b(?:src|href)="\/([^"]+\.(?:js|css))"/g)];
  const files = [html, ...named.map((match) => at('dist', site, match[1] ?? ''))];
  const sizes = await Promise.all(files.map(gzipped));
  return { total: sizes.reduce((sum, size) => sum + size, 0), files: new Set(files) };
}

await buildIfStale();
let over = 0;
for (const site of ['web', 'share']) {
  const { total, files } = await firstLoad(site);
  const fits = total <= BUDGET;
  if (!fits) over += 1;
  row(`${site}: first load`, total, `of ${kilobytes(BUDGET).trim()}${fits ? '' : ', OVER'}`);
  for (const path of await filesUnder(at('dist', site))) {
    if (/\.(?:js|css|html)$/.test(path))
      row(`  ${relative(at('dist'), path)}`, await gzipped(path), files.has(path) ? '' : 'later');
  }
}
for (const browser of ['chrome', 'firefox']) {
  const files = await filesUnder(at('dist', browser));
  const sizes = await Promise.all(files.map(gzipped));
  row(
    `${browser}: whole extension`,
    sizes.reduce((sum, size) => sum + size, 0),
    'not minified',
  );
  for (const [i, path] of files.entries())
    if (path.endsWith('.js')) row(`  ${relative(at('dist'), path)}`, sizes[i] ?? 0);
}
process.exitCode = over === 0 ? 0 : 1;
