/**
 * `npm run zstd`: compiles shared/compress/wasm/{encode,decode}.c and Zstandard's own sources to WebAssembly, and writes
 * the two modules that are shipped. Compiler and sources come from two packages pinned by their hash, so whoever runs this
 * gets the same bytes. It takes minutes and is run only when the C files, the compiler or Zstandard change; a test knows
 * when that was forgotten.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { capture } from './command.ts';
import { at } from './project.ts';

/** Package and the SHA-512 of its archive. */
const COMPILER = [
  '@yowasp/clang@22.0.0-git20542-10',
  'sha512-V31/z9GrJECKeACTDUyvg2llbEUiFi3bxtL5HSg7H/6sydSxdI/AoVAD9F5ozrfLjotWl0B9rghR87m+DUM/zg==',
] as const;
const ZSTD = [
  'zstd-napi@0.0.13',
  'sha512-ErGF+Ko1PsbooU6oC/sc/diiWKwVa0kd/5AkFSs7kg5kwcEuOtSzOy3xUOadXQlAVNab9TxsxaUk3hOq3cj/lA==',
] as const;

const FLAGS = [
  ...['--target=wasm32', '-ffreestanding', '-nostdlib', '-O3', '-msimd128', '-mbulk-memory', '-mbulk-memory-opt'],
  ...['-DNDEBUG', '-w', '-I.', '-Ilibc', '-Izstd', '-Izstd/common'],
  '-Wl,--no-entry,--gc-sections,--strip-all,-z,stack-size=131072',
];

const WASM = at('shared/compress/wasm');
const CACHE = at('.cache/zstd');

type Tree = { [name: string]: Tree | string | Uint8Array };
type Clang = (args: readonly string[], files: Tree, options: { stderr: null }) => Promise<Tree>;

/** Names what a module is made from, so that a change without a new build is seen. */
export async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([COMPILER, ZSTD, FLAGS]));
  for (const file of ['encode.c', 'decode.c', 'runtime.h', 'libc/stdlib.h', 'libc/string.h'])
    hash.update(await readFile(join(WASM, file)));
  return hash.digest('hex');
}

/** The package's files, unpacked in a folder of the cache. */
async function unpacked([name, integrity]: typeof COMPILER | typeof ZSTD): Promise<string> {
  const folder = join(CACHE, name.replace(/[@/]/g, '-'));
  await mkdir(folder, { recursive: true });
  const packed = await capture('npm', ['pack', name, '--ignore-scripts', '--silent', '--pack-destination', folder]);
  const archive = join(folder, (await readdir(folder)).find((file) => file.endsWith('.tgz')) ?? '');
  const digest = createHash('sha512')
    .update(await readFile(archive))
    .digest('base64');
  if (!packed.ok || `sha512-${digest}` !== integrity) throw new Error(`${name} is not what it was`);
  const opened = await capture('tar', ['-xzf', archive, '-C', folder]);
  if (!opened.ok) throw new Error(opened.output);
  return join(folder, 'package');
}

async function tree(folder: string): Promise<Tree> {
  const entries = await readdir(folder, { withFileTypes: true });
  return Object.fromEntries(
    await Promise.all(
      entries.map(async (entry) => {
        const path = join(folder, entry.name);
        return [entry.name, entry.isDirectory() ? await tree(path) : await readFile(path, 'utf8')] as const;
      }),
    ),
  );
}

async function build(): Promise<void> {
  const compiler = join(await unpacked(COMPILER), 'gen/bundle.js');
  const { commands } = (await import(pathToFileURL(compiler).href)) as { commands: { clang: Clang } };
  const files = { ...(await tree(WASM)), zstd: await tree(join(await unpacked(ZSTD), 'deps/zstd/lib')) };
  for (const name of ['encode', 'decode']) {
    const made = await commands.clang([...FLAGS, `${name}.c`, '-o', 'out.wasm'], files, { stderr: null });
    const text = Buffer.from(made['out.wasm'] as Uint8Array).toString('base64url');
    await writeFile(
      join(WASM, `zstd-${name}.ts`),
      `/** ${name}.c compiled, as base64url. Written by \`npm run zstd\` from ${await fingerprint()}; not edited by hand. */
export const ZSTD_${name.toUpperCase()} =
  '${text}';
`,
    );
  }
}

if (import.meta.main) await build();
