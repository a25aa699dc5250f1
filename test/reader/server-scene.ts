/** A real server with two people: Ada, who has a tree of files with every odd name, and a newcomer, who has none. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { createFetchTransport } from '../../shared/browser/index.ts';
import { safeTree } from '../../shared/restorer/index.ts';
import { hashTree, type TreeFile, writeCorpus } from '../support/corpus.ts';
import { removeFolder, temporaryFolder } from '../support/folders.ts';
import { newPerson, type Person, portsOn } from '../support/person.ts';
import { TestServer } from '../support/server.ts';
import { archiveAs, itemsOf } from './scene.ts';

export interface ServerScene {
  readonly server: TestServer;
  /** For whatever a test writes. */
  readonly folder: string;
  readonly ada: Person;
  readonly newcomer: Person;
  /** Ada's files. */
  readonly original: ReadonlyMap<string, TreeFile>;
  close(): Promise<void>;
}

export async function serverScene(): Promise<ServerScene> {
  const server = await TestServer.start();
  const folder = await temporaryFolder('reader');
  const transport = createFetchTransport({ baseUrl: server.app, credentials: 'omit' });
  const shelf = { url: server.app, transport, shareTransport: transport, pass: () => {}, close: async () => {} };
  const corpus = join(folder, 'corpus');
  await writeCorpus(corpus, { forBrowser: false, files: 60 });
  const ada = await newPerson(shelf, 'ada', portsOn(shelf));
  await archiveAs(ada.session, await itemsOf(corpus));
  const newcomer = await newPerson(shelf, 'newcomer', portsOn(shelf));
  const close = async (): Promise<void> => {
    await server.dispose();
    await removeFolder(folder);
  };
  return { server, folder, ada, newcomer, original: await hashTree(corpus), close };
}

/** The tree as it must come back: names made safe, in the order of the vault's tree. */
function expectedTree(original: ReadonlyMap<string, TreeFile>): Map<string, TreeFile> {
  const paths = [...original.keys()].map((path) => path.split('/'));
  const order = (a: readonly string[], b: readonly string[]): number => {
    for (const [i, name] of a.entries()) if (name !== b[i]) return name < (b[i] ?? '') ? -1 : 1;
    return 0;
  };
  const folders = new Map(
    paths.flatMap((p) => p.slice(1).map((_, i) => [p.slice(0, i + 1).join('/'), p.slice(0, i + 1)])),
  );
  const entries = [
    ...[...folders.values()].map((path) => ({ kind: 'folder' as const, path })),
    ...paths.map((path) => ({ kind: 'file' as const, path })),
  ].sort((a, b) => order(a.path, b.path));
  const safe = safeTree(entries);
  return new Map(
    entries.flatMap(({ kind, path }, i) =>
      kind === 'file' ? [[(safe[i] as string[]).join('/'), original.get(path.join('/')) as TreeFile]] : [],
    ),
  );
}

/** Asserts that a folder holds these files and no others. */
export async function assertRestored(original: ReadonlyMap<string, TreeFile>, to: string): Promise<void> {
  const sorted = (tree: ReadonlyMap<string, TreeFile>) => [...tree].sort(([a], [b]) => (a < b ? -1 : 1));
  assert.deepEqual(sorted(await hashTree(to)), sorted(expectedTree(original)));
}
