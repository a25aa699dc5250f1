/** Loads the sources the law is about. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { at, filesUnder, ROOT } from '../../.ci/project.ts';
import { readSource, type Source } from './source.ts';

export const REALMS = ['shared', 'server', 'reader', 'web', 'extension'] as const;

/** Text files of the project with their paths from its root. */
export async function texts(folders: readonly string[], kind: RegExp): Promise<{ path: string; text: string }[]> {
  const paths = (await Promise.all(folders.map((folder) => filesUnder(at(folder))))).flat();
  return Promise.all(
    paths
      .filter((path) => kind.test(path))
      .map(async (path) => ({ path: relative(ROOT, path).replaceAll('\\', '/'), text: await readFile(path, 'utf8') })),
  );
}

export const productSources = (): Promise<Source[]> => sourcesUnder(REALMS);

export async function sourcesUnder(folders: readonly string[]): Promise<Source[]> {
  const files = await texts(folders, /\.tsx?$/);
  return files.map(({ path, text }) => readSource(path, text));
}
