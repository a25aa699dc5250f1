/** What is backed up. Made once in the run's folder, the same bytes on every machine but for `text`. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { at, filesUnder } from '../../../.ci/project.ts';
import { hashTree, writePseudoRandom } from '../../support/corpus.ts';
import { pseudoRandom } from '../../support/pseudo-random.ts';
import type { BenchOptions } from './bench.ts';

export interface Corpus {
  /** The file or folder to back up. */
  readonly path: string;
  readonly files: number;
  readonly bytes: number;
  /** Hash over the paths and the hashes of all files, to hold what comes back against. */
  readonly digest: string;
}

const MIB = 1_048_576;
const NAME = 'holiday film.bin';
const BATCH = 100;

/** One file of 1 GiB that does not compress. */
export const large = (options: BenchOptions): Promise<Corpus> => sized(options, (options.quick ? 64 : 1024) * MIB);

/** One file that does not compress. */
export function sized({ folder }: BenchOptions, size: number): Promise<Corpus> {
  return made(join(folder, `${size}`, NAME), (path) => writePseudoRandom(path, size, 'large'));
}

/** The large file under the same name with 1 MiB more in its middle. */
export async function inserted(options: BenchOptions): Promise<Corpus> {
  const { path: from, bytes } = await large(options);
  const half = bytes / 2;
  return made(join(options.folder, 'inserted', NAME), async (path) => {
    await mkdir(dirname(path), { recursive: true });
    const out = createWriteStream(path);
    const put = async (piece: Uint8Array): Promise<void> => {
      if (!out.write(piece)) await once(out, 'drain');
    };
    for await (const piece of createReadStream(from, { end: half - 1, highWaterMark: MIB })) await put(piece);
    await put(pseudoRandom('inserted', MIB));
    for await (const piece of createReadStream(from, { start: half, highWaterMark: MIB })) await put(piece);
    out.end();
    await once(out, 'close');
  });
}

/** Files of 4 KiB that do not compress, a hundred in a folder. */
export const small = (options: BenchOptions): Promise<Corpus> => ofSmallFiles(options, 'small', 'bin');

/** The same with an ending that no browser takes for a program: a page that writes others waits for a check of each. */
export const pictures = (options: BenchOptions): Promise<Corpus> => ofSmallFiles(options, 'pictures', 'jpg');

function ofSmallFiles({ folder, quick }: BenchOptions, name: string, ending: string): Promise<Corpus> {
  return made(join(folder, name, name), async (path) => {
    for (let part = 0; part < (quick ? 5 : 100); part++) {
      const names = Array.from({ length: 100 }, (_, file) => `${part}-${file}.${ending}`);
      await mkdir(join(path, `folder ${part}`), { recursive: true });
      await Promise.all(names.map((name) => writeFile(join(path, `folder ${part}`, name), pseudoRandom(name, 4096))));
    }
  });
}

/** Very many files of 64 bytes, a hundred in a folder. */
export function many({ folder, quick }: BenchOptions): Promise<Corpus> {
  return made(join(folder, 'many', 'many'), async (path) => {
    for (let part = 0; part < (quick ? 20 : 1000); part++) {
      const within = join(path, `folder ${part}`);
      await mkdir(within, { recursive: true });
      const names = Array.from({ length: 100 }, (_, file) => `${part}-${file}.txt`);
      await Promise.all(names.map((name) => writeFile(join(within, name), name.padEnd(64))));
    }
  });
}

/** Where there is real text and code on a Debian machine. */
const TEXT_FOLDERS = ['/usr/include', '/usr/share/doc', '/usr/share/perl', '/usr/lib/python3.11', at('node_modules')];
const TEXT_OF_PACKAGES = new Set('.ts .mts .cts .tsx .js .mjs .cjs .json .md .css .html .map .txt .yml'.split(' '));
const PACKED = new Set('.gz .xz .bz2 .zip .png .jpg .gif .pyc .so .a .node'.split(' '));
/** Names that every side passes on as they are. */
const PLAIN = /^[\w+@=,][\w.+@=,-]*$/;

export const TEXT_WORK = `real text and code: headers, documentation, Perl, Python and the sources of npm packages (${TEXT_FOLDERS.slice(0, -1).join(', ')}, node_modules), copied once`;

export function text({ folder, quick }: BenchOptions): Promise<Corpus> {
  return made(join(folder, 'text', 'text'), async (path) => {
    let left = quick ? 20e6 : 360e6;
    for (const from of TEXT_FOLDERS) {
      const within = (await filesUnder(from)).map((file) => file.slice(from.length + 1));
      const wanted = withoutTwins(within.filter((file) => isText(file, from === TEXT_FOLDERS.at(-1))));
      const sizes = await inBatches(wanted, async (file) => (await stat(join(from, file))).size);
      const taken = wanted.filter((_, at) => {
        const fits = (sizes[at] as number) <= left;
        if (fits) left -= sizes[at] as number;
        return fits;
      });
      await inBatches(taken, async (file) => {
        const to = join(path, basename(from), file);
        await mkdir(dirname(to), { recursive: true });
        await copyFile(join(from, file), to);
      });
    }
  });
}

/** Leaves out what differs from an earlier file or folder in case alone: a ZIP for any file system gives it another name. */
function withoutTwins(files: readonly string[]): string[] {
  const spelt = new Map<string, string>();
  return files.filter((file) => {
    const names = file.split('/');
    const paths = names.map((_, depth) => names.slice(0, depth + 1).join('/'));
    if (paths.some((path) => (spelt.get(path.toLowerCase()) ?? path) !== path)) return false;
    for (const path of paths) spelt.set(path.toLowerCase(), path);
    return true;
  });
}

const isText = (file: string, ofPackage: boolean): boolean =>
  !PACKED.has(extname(file)) &&
  (!ofPackage || TEXT_OF_PACKAGES.has(extname(file))) &&
  file.split('/').every((name) => PLAIN.test(name));

async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < items.length; at += BATCH)
    done.push(...(await Promise.all(items.slice(at, at + BATCH).map(work))));
  return done;
}

const corpora = new Map<string, Promise<Corpus>>();

/** Each lies alone in a folder. Hashing it also warms the page cache. */
function made(path: string, make: (path: string) => Promise<void>): Promise<Corpus> {
  const known = corpora.get(path);
  if (known !== undefined) return known;
  const making = make(path).then(async () => ({ path, ...(await measured(path)) }));
  corpora.set(path, making);
  return making;
}

async function measured(path: string): Promise<Omit<Corpus, 'path'>> {
  const tree = await hashTree(dirname(path));
  const own = new Map([...tree].map(([name, { sha256 }]) => [name, sha256]));
  const bytes = [...tree.values()].reduce((sum, { size }) => sum + size, 0);
  return { files: tree.size, bytes, digest: digestOf(own) };
}

/** One hash for a tree: path from the folder that holds it → SHA-256 in hex. */
export function digestOf(tree: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const [path, sha256] of [...tree].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${sha256} ${path}\n`);
  return hash.digest('hex').slice(0, 16);
}

/** The digest of a folder on disk. */
export async function digestOfFolder(folder: string): Promise<string> {
  return digestOf(new Map([...(await hashTree(folder))].map(([path, { sha256 }]) => [path, sha256])));
}
