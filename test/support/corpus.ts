/** Real trees to back up: files of installed packages plus every name and size that ever stopped a backup. */
import { createCipheriv, createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { at } from '../../.ci/project.ts';

/** Packages whose files are copied: text, code, JSON, WASM, deep folders. */
const PACKAGES = ['preact', 'cborg', 'idb', 'hash-wasm', '@scure/bip39', 'webextension-polyfill', 'fastify'];
const MIB = 1024 * 1024;

/** Names as given, with the reason each is here. */
const ODD_FILES: readonly (readonly [path: string, content: string])[] = [
  ['.hidden', 'a dotfile\n'],
  ['.config/.deep/settings.json', '{}\n'],
  ['empty', ''],
  ['empty folder neighbour/.keep', ''],
  ['one byte', 'x'],
  ['no extension', 'plain\n'],
  ['🦊🔥 émoji – ünïcode.txt', 'emoji\n'],
  ['नमस्ते 你好 שלום.txt', 'scripts\n'],
  [`${'n'.repeat(251)}.txt`, 'a name of 255 bytes\n'],
  [`${'é'.repeat(125)}.html`, 'a name of 255 bytes in UTF-8\n'],
  ['caf\u00e9.txt', 'composed\n'],
  ['cafe\u0301.txt', 'decomposed\n'],
  ['Case.txt', 'upper\n'],
  ['case.txt', 'lower\n'],
  ['trailing dot.', 'dot\n'],
  ['trailing dots...', 'dots\n'],
  ['trailing space ', 'space\n'],
  [' leading space', 'space\n'],
  ['CON', 'reserved on Windows\n'],
  ['nul.txt', 'reserved on Windows\n'],
  ['aux.tar.gz', 'reserved on Windows\n'],
  ['COM1', 'reserved on Windows\n'],
  ['AUX/reserved folder.txt', 'a folder with a name reserved on Windows\n'],
  ['plain folder/ends in a dot./deep/inside.txt', 'below a folder whose name ends in a dot\n'],
  ['quote\'s "and" <angles> & 100% #1?.txt', 'punctuation\n'],
  ['back\\slash.txt', 'a backslash in a name\n'],
  ['line\nbreak.txt', 'a line break in a name\n'],
  ['twins/first.bin', 'the same content twice\n'],
  ['twins/second.bin', 'the same content twice\n'],
];

/** Names that Chromium does not hand to a page as they are; leave them out where a browser reads the tree. */
const REFUSED_BY_BROWSERS = /[\n\\]/;

export interface CorpusOptions {
  /** Leaves out names that no browser passes on unchanged. */
  readonly forBrowser: boolean;
  /** At least so many files. */
  readonly files: number;
}

/** Fills `folder` and answers the number of files. */
export async function writeCorpus(
  folder: string,
  options: CorpusOptions = { forBrowser: true, files: 520 },
): Promise<number> {
  let count = 0;
  for (const [path, content] of ODD_FILES) {
    if (options.forBrowser && REFUSED_BY_BROWSERS.test(path)) continue;
    await put(join(folder, 'odd', path), content);
    count += 1;
  }
  for (const [name, size] of edgeSizes()) {
    await writePseudoRandom(join(folder, 'sizes', name), size, name);
    count += 1;
  }
  for (const source of await packageFiles()) {
    if (count >= options.files) break;
    const target = join(folder, 'packages', relative(at('node_modules'), source));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(source, target);
    count += 1;
  }
  if (count < options.files) throw new Error(`only ${count} files found, ${options.files} wanted`);
  return count;
}

/** Sizes at the edges of blocks, chunks and packs, each ± 1 byte. */
function edgeSizes(): [name: string, size: number][] {
  const edges = { '4KiB': 4096, '64KiB': 65_536, '512KiB': 512 * 1024, '1MiB': MIB, '4MiB': 4 * MIB };
  return Object.entries(edges).flatMap(([name, size]) =>
    [-1, 0, 1].map((step): [string, number] => [`${name}${step < 0 ? '-1' : step > 0 ? '+1' : ''}.bin`, size + step]),
  );
}

async function packageFiles(): Promise<string[]> {
  const folders = await Promise.all(
    PACKAGES.map(async (name) => {
      const entries = await readdir(at('node_modules', name), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return folders.flat().sort();
}

/** A date of its own for each file, so that a restore that loses dates is seen. */
async function put(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  const day = new Date(Date.UTC(2001, 0, 1 + (Buffer.byteLength(path) % 300), 12, 34, 56));
  await utimes(path, day, day);
}

/** Writes `size` bytes that look random and do not compress, the same for the same seed (AES-128-CTR over zeros). */
export async function writePseudoRandom(path: string, size: number, seed: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const key = createHash('sha256').update(seed).digest();
  const cipher = createCipheriv('aes-128-ctr', key.subarray(0, 16), key.subarray(16));
  const zeros = Buffer.alloc(MIB);
  const out = createWriteStream(path);
  for (let left = size; left > 0; left -= MIB) {
    if (!out.write(cipher.update(zeros.subarray(0, Math.min(left, MIB))))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

/** SHA-256 of a file in hex, with flat memory. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: MIB })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

export interface TreeFile {
  readonly size: number;
  readonly sha256: string;
  /** Whole milliseconds since 1970. */
  readonly mtime: number;
}

/** Every file under `folder` by its relative path with forward slashes, in the order of the names' bytes. */
export async function hashTree(folder: string): Promise<ReadonlyMap<string, TreeFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const tree = new Map<string, TreeFile>();
  for (const path of paths) {
    const { size, mtimeMs } = await stat(path);
    tree.set(relative(folder, path), { size, sha256: await hashFile(path), mtime: Math.floor(mtimeMs) });
  }
  return tree;
}
