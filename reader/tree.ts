/** The vault's state as a tree of paths, and what a path on the command line means in it. */
import { toHex } from '../shared/bytes/index.ts';
import { HoldfastError } from '../shared/errors/index.ts';
import { NODE_KIND } from '../shared/format/index.ts';
import {
  type NodeState,
  nodesOf,
  ROOT,
  type VaultState,
  type VersionState,
  versionsOf,
} from '../shared/vault/index.ts';
import { shownPath } from './output.ts';

export interface TreeEntry {
  /** Names from the top, as the vault has them. */
  readonly path: readonly string[];
  readonly kind: 'file' | 'folder';
  /** It, or a folder above it, was deleted. */
  readonly deleted: boolean;
  /** Oldest first, at least one. */
  readonly versions: readonly VersionState[];
}

/** Every file and folder, a folder before what is in it, by name; deleted ones only when asked for. */
export function* treeOf(state: VaultState, withDeleted: boolean): Generator<TreeEntry> {
  const byParent = new Map<string, NodeState[]>();
  for (const node of nodesOf(state)) {
    if (node.deleted && !withDeleted) continue;
    const siblings = byParent.get(node.parent);
    if (siblings === undefined) byParent.set(node.parent, [node]);
    else siblings.push(node);
  }
  yield* below(state, byParent, ROOT, [], false);
}

function* below(
  state: VaultState,
  byParent: ReadonlyMap<string, NodeState[]>,
  parent: string,
  above: readonly string[],
  gone: boolean,
): Generator<TreeEntry> {
  const nodes = [...(byParent.get(parent) ?? [])].sort(byName);
  for (const node of nodes) {
    const path = [...above, node.name];
    const deleted = gone || node.deleted;
    const kind = node.kind === NODE_KIND.folder ? 'folder' : 'file';
    yield { path, kind, deleted, versions: versionsOf(state, node) };
    if (kind === 'folder') yield* below(state, byParent, node.fileId, path, deleted);
  }
}

function byName(a: NodeState, b: NodeState): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.fileId < b.fileId ? -1 : 1;
}

export const newestOf = ({ versions }: TreeEntry): VersionState => versions.at(-1) as VersionState;
export const idOf = ({ versionId }: VersionState): string => toHex(versionId);

/** Whether an entry is, or lies in, one of the paths; with no paths every entry is. */
export function createMatcher(paths: readonly string[]): (entry: TreeEntry) => boolean {
  const wanted = paths.map(comparable);
  if (wanted.length === 0) return () => true;
  return ({ path }) => {
    const own = comparable(path.join('/'));
    return wanted.some((each) => each === '' || own === each || own.startsWith(`${each}/`));
  };
}

/** Composed and decomposed letters are one: keyboards make the one, some systems' file names have the other. */
const comparable = (path: string): string => path.normalize('NFC').replace(/^\/+|\/+$/g, '');

/** E_NOT_FOUND for the first path that is none of these entries. */
export function requireFound(entries: readonly TreeEntry[], paths: readonly string[]): void {
  for (const path of paths)
    if (!entries.some(createMatcher([path])))
      throw new HoldfastError('E_NOT_FOUND', `there is no ${shownPath([path])} in the vault`);
}
