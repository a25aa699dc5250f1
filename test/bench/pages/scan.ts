/** A worker that asks of every file of a large vault whether it is unchanged, as the walk of a folder does. */
import { type ArchiverDeps, createArchiver } from '../../../shared/archiver/index.ts';
import { NODE_KIND } from '../../../shared/format/index.ts';
import { nodesOf, ROOT, type VaultState } from '../../../shared/vault/index.ts';
import { largeState } from '../../support/large-state.ts';

export interface Scan {
  readonly filesPerSecond: number;
  readonly unchanged: number;
}

interface Met {
  readonly path: readonly string[];
  readonly name: string;
  readonly size: number;
  readonly mtime: number;
}

export async function run({ files }: { files: number }): Promise<Scan> {
  const state = largeState(files);
  // the comparison asks the state and whether anything is lost, and nothing else
  const unchanged = createArchiver({
    vault: { state },
    findings: { damaged: async () => new Set() },
  } as unknown as ArchiverDeps).scan();
  const tree = met(state);
  const started = performance.now();
  let found = 0;
  for (const { path, name, size, mtime } of tree) if (await unchanged(path, name, size, mtime)) found++;
  return { filesPerSecond: tree.length / ((performance.now() - started) / 1000), unchanged: found };
}

/** What a walk of the same tree would meet. */
function met(state: VaultState): Met[] {
  const found: Met[] = [];
  const paths = new Map<string, readonly string[]>([[ROOT, []]]);
  for (const { fileId, parent, name, size, mtime, kind } of nodesOf(state)) {
    const path = paths.get(parent) ?? [];
    if (kind === NODE_KIND.folder) paths.set(fileId, [...path, name]);
    else found.push({ path, name, size, mtime });
  }
  return found;
}
